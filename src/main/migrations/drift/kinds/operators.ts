import { comment, noMember, ownSchema, procedureName, roleName, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

const operatorName = (oid: string): string => `case when ${oid} <> 0 then ${oid}::regoperator::text end`
const familyName = (oid: string): string => `
  (select format('%I.%I', fn.nspname, f.opfname) from pg_opfamily as f join pg_namespace as fn on fn.oid = f.opfnamespace where f.oid = ${oid})`

/** Members of a family or class in one order; `owner` is the pg_depend link from member to class or family. */
const members = (catalog: string, oid: string): string => `
  (select string_agg(member, ', ' order by member)
     from (select format('operator %s %s%s', a.amopstrategy, a.amopopr::regoperator,
                         case when a.amopsortfamily <> 0 then ' for order by ' || ${familyName('a.amopsortfamily')} else '' end) as member
             from pg_depend as d join pg_amop as a on d.classid = 'pg_amop'::regclass and a.oid = d.objid
            where d.refclassid = '${catalog}'::regclass and d.refobjid = ${oid}
           union all
           select format('function %s (%s, %s) %s', a.amprocnum, format_type(a.amproclefttype, null),
                         format_type(a.amprocrighttype, null), a.amproc::oid::regprocedure)
             from pg_depend as d join pg_amproc as a on d.classid = 'pg_amproc'::regclass and a.oid = d.objid
            where d.refclassid = '${catalog}'::regclass and d.refobjid = ${oid}) as held)`

/** Operators, their families and classes. */
export const operators: KindReader = () => `
  select 'operator' as kind, o.oid::regoperator::text as identity, quote_ident(n.nspname) as parent,
         'pg_operator' as catalog, o.oid, 0 as part,
         jsonb_build_object(
           'owner',      ${roleName('o.oprowner')},
           'comment',    ${comment('pg_operator', 'o.oid')},
           'function',   ${procedureName('o.oprcode')},
           'commutator', ${operatorName('o.oprcom')},
           'negator',    ${operatorName('o.oprnegate')},
           'restrict',   ${procedureName('o.oprrest')},
           'join',       ${procedureName('o.oprjoin')},
           'hashes',     o.oprcanhash::text,
           'merges',     o.oprcanmerge::text) as attributes,
         jsonb_build_object('name', o.oprname, 'schema', quote_ident(n.nspname),
           'left',  case when o.oprleft <> 0 then format_type(o.oprleft, null) end,
           'right', case when o.oprright <> 0 then format_type(o.oprright, null) end) as definition
    from pg_operator as o join pg_namespace as n on n.oid = o.oprnamespace
   where o.oprcode <> 0 and ${ownSchema('n.nspname')} and ${noMember('pg_operator', 'o.oid')}
  union all
  select 'operator family', format('%I.%I using %I', n.nspname, f.opfname, m.amname), quote_ident(n.nspname),
         'pg_opfamily', f.oid, 0,
         jsonb_build_object('owner', ${roleName('f.opfowner')}, 'comment', ${comment('pg_opfamily', 'f.oid')},
                            'members', ${members('pg_opfamily', 'f.oid')}),
         jsonb_build_object('name', quote_ident(f.opfname), 'schema', quote_ident(n.nspname), 'method', quote_ident(m.amname))
    from pg_opfamily as f
    join pg_namespace as n on n.oid = f.opfnamespace
    join pg_am as m on m.oid = f.opfmethod
   where ${ownSchema('n.nspname')} and ${noMember('pg_opfamily', 'f.oid')}
  union all
  select 'operator class', format('%I.%I using %I', n.nspname, c.opcname, m.amname), quote_ident(n.nspname),
         'pg_opclass', c.oid, 0,
         jsonb_build_object('owner', ${roleName('c.opcowner')}, 'comment', ${comment('pg_opclass', 'c.oid')},
                            'family', ${familyName('c.opcfamily')}, 'type', format_type(c.opcintype, null),
                            'default', c.opcdefault::text,
                            'storage', case when c.opckeytype <> 0 then format_type(c.opckeytype, null) end,
                            'members', ${members('pg_opclass', 'c.oid')}),
         jsonb_build_object('name', quote_ident(c.opcname), 'schema', quote_ident(n.nspname), 'method', quote_ident(m.amname))
    from pg_opclass as c
    join pg_namespace as n on n.oid = c.opcnamespace
    join pg_am as m on m.oid = c.opcmethod
   where ${ownSchema('n.nspname')} and ${noMember('pg_opclass', 'c.oid')}
  union all
  select 'access method', quote_ident(m.amname), null, 'pg_am', m.oid, 0,
         jsonb_build_object('comment', ${comment('pg_am', 'm.oid')}, 'handler', ${procedureName('m.amhandler')},
                            'type', ${word('m.amtype', { i: 'index', t: 'table' })}),
         jsonb_build_object('name', quote_ident(m.amname))
    from pg_am as m where m.oid >= 16384 and ${noMember('pg_am', 'm.oid')}`

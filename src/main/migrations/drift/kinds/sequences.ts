import { grants } from '../acl.ts'
import { comment, noMember, ownSchema, relationName, roleName, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

/** What a row of pg_sequence says. Where it stands is data, not schema. */
export const sequenceFacts = (alias: string): string => `
  jsonb_build_object('type',      format_type(${alias}.seqtypid, null), 'start', ${alias}.seqstart::text,
                     'increment', ${alias}.seqincrement::text,          'minimum', ${alias}.seqmin::text,
                     'maximum',   ${alias}.seqmax::text,                'cache', ${alias}.seqcache::text,
                     'cycle',     ${alias}.seqcycle::text)`

/** Sequences, without those of identity columns. */
export const sequences: KindReader = () => `
  select 'sequence' as kind, format('%I.%I', n.nspname, c.relname) as identity, quote_ident(n.nspname) as parent,
         'pg_class' as catalog, c.oid, 0 as part,
         jsonb_build_object(
           'owner',       ${roleName('c.relowner')},
           'comment',     ${comment('pg_class', 'c.oid')},
           'persistence', ${word('c.relpersistence', { p: 'permanent', u: 'unlogged' })},
           'owned by',    (select ${relationName('d.refobjid')} || '.' || quote_ident(a.attname)
                             from pg_depend as d
                             join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'a'
                              and d.refclassid = 'pg_class'::regclass))
           || ${sequenceFacts('q')} || ${grants('s', 'c.relacl', 'c.relowner')} as attributes,
         jsonb_build_object('name', quote_ident(c.relname), 'schema', quote_ident(n.nspname)) as definition
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_sequence as q on q.seqrelid = c.oid
   where c.relkind = 'S' and ${ownSchema('n.nspname')} and ${noMember('pg_class', 'c.oid')}
     and not exists (select from pg_depend as d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')`

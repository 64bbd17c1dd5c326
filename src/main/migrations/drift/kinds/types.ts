import { grants } from '../acl.ts'
import { collationName, comment, noMember, ownSchema, procedureName, roleName, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

const labels = `
  (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum as e where e.enumtypid = t.oid)`

const attributeType = `format_type(a.atttypid, a.atttypmod)
  || case when a.attcollation <> at.typcollation then ' COLLATE ' || ${collationName('a.attcollation')} else '' end`

const ofComposites = `
  (select jsonb_build_object('order', string_agg(quote_ident(a.attname), ', ' order by a.attnum))
            || coalesce(jsonb_object_agg('attribute ' || quote_ident(a.attname), ${attributeType}) filter (where a.attname is not null), '{}')
            || coalesce(jsonb_object_agg('comment on ' || quote_ident(a.attname), ${comment('pg_class', 't.typrelid', 'a.attnum')})
                          filter (where a.attname is not null), '{}')
     from pg_attribute as a join pg_type as at on at.oid = a.atttypid
    where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)`

const ofRanges = `
  (select jsonb_build_object(
            'subtype',        format_type(r.rngsubtype, null),
            'operator class', (select format('%I.%I', un.nspname, u.opcname)
                                 from pg_opclass as u join pg_namespace as un on un.oid = u.opcnamespace where u.oid = r.rngsubopc),
            'collation',      ${collationName('r.rngcollation')},
            'canonical',      ${procedureName('r.rngcanonical')},
            'difference',     ${procedureName('r.rngsubdiff')},
            'multirange',     format_type(r.rngmultitypid, null))
     from pg_range as r where r.rngtypid = t.oid)`

const ofBaseTypes = `
  jsonb_build_object(
    'input',     ${procedureName('t.typinput')},     'output',  ${procedureName('t.typoutput')},
    'receive',   ${procedureName('t.typreceive')},   'send',    ${procedureName('t.typsend')},
    'typmod in', ${procedureName('t.typmodin')},     'typmod out', ${procedureName('t.typmodout')},
    'analyze',   ${procedureName('t.typanalyze')},   'length',  t.typlen::text,
    'subscript', ${procedureName('t.typsubscript')}, 'by value', t.typbyval::text,
    'alignment', ${word('t.typalign', { c: 'char', s: 'int2', i: 'int4', d: 'double' })},
    'storage',   ${word('t.typstorage', { p: 'plain', e: 'external', m: 'main', x: 'extended' })},
    'category',  t.typcategory::text,                'preferred', t.typispreferred::text,
    'default',   t.typdefault,                       'element', case when t.typelem <> 0 then format_type(t.typelem, null) end,
    'delimiter', t.typdelim::text,                   'collatable', (t.typcollation <> 0)::text)`

const form = `case when not t.typisdefined then 'shell'
  else ${word('t.typtype', { b: 'base', c: 'composite', e: 'enum', r: 'range' })} end`

/** Types that were made as such: those of tables, arrays and multiranges come with what they are made of. */
export const types: KindReader = () => `
  select 'type' as kind, format('%I.%I', n.nspname, t.typname) as identity, quote_ident(n.nspname) as parent,
         -- A composite type is a relation, too; both stand for it.
         'pg_type' as catalog, t.oid, 0 as part,
         jsonb_build_object('form', ${form}, 'owner', ${roleName('t.typowner')}, 'comment', ${comment('pg_type', 't.oid')})
           || case when not t.typisdefined then '{}' else case t.typtype
                when 'e' then jsonb_build_object('labels', ${labels})
                when 'c' then ${ofComposites}
                when 'r' then ${ofRanges}
                when 'b' then ${ofBaseTypes}
                else '{}' end end
           || ${grants('T', 't.typacl', 't.typowner')} as attributes,
         jsonb_build_object('name', quote_ident(t.typname), 'schema', quote_ident(n.nspname)) as definition
    from pg_type as t
    join pg_namespace as n on n.oid = t.typnamespace
    left join pg_class as c on c.oid = t.typrelid
   where t.typtype in ('b', 'c', 'e', 'r', 'p') and (t.typrelid = 0 or c.relkind = 'c')
     and ${ownSchema('n.nspname')} and ${noMember('pg_type', 't.oid')}
     and not exists (select from pg_type as e where e.typarray = t.oid)`

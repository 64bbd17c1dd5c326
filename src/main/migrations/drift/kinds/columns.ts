import { grants } from '../acl.ts'
import { collationName, comment, noMember, options, ownSchema, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'
import { sequenceFacts } from './sequences.ts'

/** From 18 on a NOT NULL may be not valid, or not for children; before, it is always both. Its name makes no difference. */
const notNull = (version: number): string =>
  version < 180000
    ? 'a.attnotnull::text'
    : `case when not a.attnotnull then 'false'
            else coalesce((select nullif(concat_ws(', ', case when not o.convalidated then 'not valid' end,
                                                         case when o.connoinherit then 'no inherit' end), '')
                             from pg_constraint as o
                            where o.conrelid = a.attrelid and o.contype = 'n' and o.conkey = array[a.attnum]), 'true') end`

const columnGrants = `
  (select coalesce(jsonb_object_agg(grantee, privileges), '{}')
     from (select case when x.grantee = 0 then 'grants to PUBLIC' when x.grantee = c.relowner then 'grants to its owner'
                       else 'grants to ' || quote_ident(pg_get_userbyid(x.grantee)) end as grantee,
                  string_agg(distinct x.privilege_type || case when x.is_grantable then ' WITH GRANT OPTION' else '' end, ', ') as privileges
             from aclexplode(a.attacl) as x group by 1) as by_grantee)`

/** The sequence behind an identity is a part of its column: nothing but the column makes or drops it. */
const identitySequence = `
  select d.refobjid, d.refobjsubid,
         jsonb_build_object('sequence', format('%I.%I', n.nspname, s.relname),
                            'sequence persistence', ${word('s.relpersistence', { p: 'permanent', u: 'unlogged' })},
                            'sequence comment', ${comment('pg_class', 's.oid')})
           || (select jsonb_object_agg('sequence ' || fact.key, fact.value)
                 from jsonb_each_text(${sequenceFacts('q')} || ${grants('s', 's.relacl', 's.relowner')}) as fact) as facts
    from pg_depend as d
    join pg_class as s on s.oid = d.objid and s.relkind = 'S'
    join pg_namespace as n on n.oid = s.relnamespace
    join pg_sequence as q on q.seqrelid = s.oid
   where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'`

/** From 17 on a partition has the identity of its parent and none of its own; before, it is the other way round. */
const identity = (version: number): string =>
  version < 170000 ? 'a.attidentity' : `case when c.relispartition then '' else a.attidentity end`

/** Columns of tables and foreign tables; of views what can be said of their columns beside the query. */
export const columns: KindReader = (version) => `
  with identity_sequence as materialized (${identitySequence})
  select 'column' as kind, format('%I.%I.%I', n.nspname, c.relname, a.attname) as identity,
         format('%I.%I', n.nspname, c.relname) as parent, 'pg_class' as catalog, c.oid, a.attnum as part,
         jsonb_build_object(
           'type',    format_type(a.atttypid, a.atttypmod),
           'default', case when a.attgenerated = '' then pg_get_expr(e.adbin, e.adrelid) end,
           'comment', ${comment('pg_class', 'c.oid', 'a.attnum')})
         || case when c.relkind in ('v', 'm') then '{}' else jsonb_build_object(
           'collation',    case when a.attcollation <> t.typcollation then ${collationName('a.attcollation')} end,
           'not null',     ${notNull(version)},
           'generated',    case when a.attgenerated <> '' then pg_get_expr(e.adbin, e.adrelid) end,
           'generated as', ${word('a.attgenerated', { s: 'stored', v: 'virtual', '': null })},
           'identity',     ${word(identity(version), { a: 'always', d: 'by default', '': null })}) end
         || case when c.relkind = 'v' then '{}' else jsonb_build_object(
           'storage',     case when a.attstorage <> t.typstorage
                               then ${word('a.attstorage', { p: 'plain', e: 'external', m: 'main', x: 'extended' })} end,
           'compression', ${word('a.attcompression', { p: 'pglz', l: 'lz4', '': null })},
           'statistics',  nullif(a.attstattarget, -1)::text) end
         || coalesce(i.facts, '{}')
         || case when a.attoptions is null then '{}' else ${options('a.attoptions')} end
         || case when a.attfdwoptions is null then '{}' else ${options('a.attfdwoptions')} end
         || case when a.attacl is null then '{}' else ${columnGrants} end as attributes,
         jsonb_build_object('name', quote_ident(a.attname), 'position', a.attnum::text,
                            -- How it came to the table: what it is follows from the parents.
                            'inherited', (not a.attislocal)::text,
                            'default storage', ${word('t.typstorage', { p: 'plain', e: 'external', m: 'main', x: 'extended' })}) as definition
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type as t on t.oid = a.atttypid
    left join pg_attrdef as e on e.adrelid = a.attrelid and e.adnum = a.attnum
    left join identity_sequence as i on i.refobjid = c.oid and i.refobjsubid = a.attnum
   where c.relkind in ('r', 'p', 'f', 'v', 'm') and ${ownSchema('n.nspname')} and ${noMember('pg_class', 'c.oid')}`

import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import type { Findings } from './findings.ts'
import { countSeals } from './read-trail.ts'

/** Tables that show some people other rows than they show others. */
const tablesAltered = `
  with kept as (
    select relid as oid, case isleaf when true then 'r' else 'p' end as kind from pg_partition_tree(to_regclass('audit.event'))
     union select to_regclass('audit.event'), 'p'
     union select to_regclass('audit.' || name), 'r' from unnest('{seal,seal_part,retired}'::text[]) name)
  select c.relname as name,
         case when c.relkind <> k.kind then 'is no table of the trail, but shows something else in its place'
              when c.relrowsecurity then 'has row security, and may show others other rows'
              when r.oid is not null then format('is rewritten by rule %I', r.rulename)
              else 'has a child' end as fault
    from kept k
    join pg_class c on c.oid = k.oid
    left join pg_rewrite r on r.ev_class = c.oid
   where c.relkind <> k.kind or c.relrowsecurity or r.oid is not null
      or (k.kind = 'r' and exists (select from pg_inherits i where i.inhparent = c.oid))
   order by 1, 2`

/** No transaction has had these numbers yet, so no seal will ever see them. */
const unbornCount = `
  select count(*)::float8 as count from audit.event e
   where e.sysid = (select system_identifier from pg_control_system())
     and e.xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint`

const plural = (count: number, one: string): string =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`

const countOf = async (client: pg.ClientBase, sql: string, values: unknown[] = []): Promise<number> => {
  const { rows } = await client.query<{ count: number }>(`${newTag()} ${sql}`, values)
  return rows[0]?.count ?? 0
}

/**
 * What a superuser put where neither the chain nor the ranges of its seals look.
 *
 * @param read how many seals were read, from the one of number `from` on; null: from the beginning
 */
export const findHidden = async (
  client: pg.ClientBase,
  { read, from }: { read: number; from: string | null },
  findings: Findings,
): Promise<void> => {
  const { rows } = await client.query<{ name: string; fault: string }>(`${newTag()} ${tablesAltered}`)
  for (const { name, fault } of rows) findings.add('table', null, `audit.${name} ${fault}.`)
  const seals = (await countSeals(client, from)) - read
  if (seals > 0) {
    findings.add(
      'chain',
      null,
      `${plural(seals, 'seal')} beside those of the chain: numbers were given twice, or are none.`,
    )
  }
  const unborn = await countOf(client, unbornCount)
  if (unborn > 0) {
    findings.add(
      'uncovered',
      null,
      `${plural(unborn, 'event')} of transactions that have not begun yet: no seal would ever cover that.`,
    )
  }
}

import type pg from 'pg'
import type { TrailCheck } from '../../../shared/audit-check.ts'
import { trailLooks } from '../../../shared/trail-looks.ts'
import { newTag } from '../../session/tag.ts'

/** Rows of one table that are listed one by one. */
const listed = 20

/** Live rows beside the last image that the trail has of each, table by table. */
const reconcile = async (client: pg.ClientBase, report: (table: string) => void): Promise<string[]> => {
  const { rows: tables } = await client.query<{ name: string }>(`${newTag()}
    select format('%I.%I', p.schema_name, p.table_name) as name
      from audit.policy p join pg_index i on i.indrelid = to_regclass(format('%I.%I', p.schema_name, p.table_name)) and i.indisprimary
     order by 1`)
  const problems: string[] = []
  for (const { name } of tables) {
    report(name)
    const { rows } = await client.query<{ key: string; problem: string; columns: string[] | null }>(
      `${newTag()} select row_key::text as key, problem, columns from audit.reconcile($1::regclass) order by row_key`,
      [name],
    )
    for (const { key, problem, columns } of rows.slice(0, listed)) {
      problems.push(`${name} ${key}: ${problem}${columns === null ? '' : ` (${columns.join(', ')})`}`)
    }
    if (rows.length > listed)
      problems.push(`${name}: ${(rows.length - listed).toLocaleString('en')} more rows`)
  }
  return problems
}

/**
 * Whether everything is recorded as it should be, and whether live rows are what was recorded of them. Reads only, in one snapshot.
 */
export const checkTrail = async (
  client: pg.ClientBase,
  onTable: (table: string) => void = () => undefined,
): Promise<TrailCheck[]> => {
  await client.query(`${newTag()} begin isolation level repeatable read read only`)
  try {
    await client.query(`${newTag()} set local search_path = pg_catalog, pg_temp`)
    const checks: TrailCheck[] = []
    for (const { sql, ...look } of trailLooks) {
      const { rows } = await client.query<{ problem: string }>(`${newTag()} ${sql}`)
      checks.push({ ...look, problems: rows.map(({ problem }) => problem) })
    }
    checks.push({
      id: 'rows',
      title: 'Rows are as the trail says',
      severity: 'fault',
      problems: await reconcile(client, onTable),
    })
    return checks
  } finally {
    await client.query(`${newTag()} rollback`).catch(() => undefined)
  }
}

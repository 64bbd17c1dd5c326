import { type RawBuilder, sql } from 'kysely'
import type { RowFilter, RowSort } from '../../shared/rows.ts'
import { identifier } from '../session/identifier.ts'
import { filterConditions, where } from './filters.ts'
import { orderBy, partialOrder } from './order.ts'
import { columnsOf, type Relation, tableSql } from './relation.ts'
import { column as cellName, selectRows } from './select-list.ts'
import { createSettingValues } from './values.ts'

export type View = { columns: string[] | null; filters: RowFilter[]; sort: RowSort[] }

/** All rows of a view of a relation as one COPY, cut as in a page. The statement runs with the first pull. */
export const streamStatement = (
  relation: Relation,
  view: View,
): { statement: RawBuilder<unknown>; settings: Record<string, string> } => {
  const columns = columnsOf(relation, view.columns)
  const values = createSettingValues()
  const conditions = filterConditions(relation, view.filters, values.bind)
  const order = partialOrder(relation, view.sort)
  const list = columns.map(({ name }, index) => sql`${identifier('r', name)} as ${cellName(index)}`)
  const asked = list.length === 0 ? sql`` : sql.join(list)
  const source = sql`(select ${asked} from ${tableSql(relation)} as r${where(conditions)}${orderBy(order)}) as rows`
  return { statement: selectRows(source, columns), settings: values.settings() }
}

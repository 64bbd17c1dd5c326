import type { CatalogDetail } from '../../../shared/catalog.ts'
import { Flags } from './flags.tsx'

type Column = CatalogDetail['columns'][number]

const flagsOf = ({ notNull, identity, generated, collation }: Column): string[] => [
  ...(notNull ? ['not null'] : []),
  ...(identity === null ? [] : [`identity ${identity}`]),
  ...(generated === null ? [] : [`generated ${generated}`]),
  ...(collation === null ? [] : [`collate ${collation}`]),
]

/** `n_distinct` of `pg_stats`: a count, or, when negative, a share of the rows. */
const distinctText = (distinct: number | null): string => {
  if (distinct === null) return ''
  if (distinct === -1) return 'all'
  return distinct < 0 ? `${Math.round(-distinct * 100)} % of rows` : Math.round(distinct).toLocaleString('en')
}

export const Columns = ({ columns }: { columns: Column[] }) => (
  <table className="object-table">
    <thead>
      <tr>
        <th className="object-number">#</th>
        <th>name</th>
        <th>type</th>
        <th />
        <th>default</th>
        <th className="object-number" title="Of the last ANALYZE">
          nulls
        </th>
        <th className="object-number" title="Of the last ANALYZE">
          distinct
        </th>
        <th>comment</th>
      </tr>
    </thead>
    <tbody>
      {columns.map((column) => (
        <tr key={column.number}>
          <td className="object-number object-dim">{column.number}</td>
          <td className="object-name">{column.name}</td>
          <td className="object-code">{column.type}</td>
          <td>
            <Flags flags={flagsOf(column)} />
          </td>
          <td className="object-code">{column.defaultExpression}</td>
          <td className="object-number object-dim">
            {column.nullFraction === null ? '' : `${(column.nullFraction * 100).toFixed(0)} %`}
          </td>
          <td className="object-number object-dim">{distinctText(column.distinct)}</td>
          <td className="object-dim">{column.comment}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

import type { CatalogDetail } from '../../../shared/catalog.ts'
import { Flags } from './flags.tsx'

/** Who may do what, and who said so. */
export const Grants = ({ grants }: { grants: CatalogDetail['grants'] }) => (
  <table className="object-table">
    <thead>
      <tr>
        <th>grantee</th>
        <th>privileges</th>
        <th>column</th>
        <th>granted by</th>
      </tr>
    </thead>
    <tbody>
      {grants.map(({ grantee, privileges, grantor, column }) => (
        <tr key={`${grantee} ${grantor} ${column ?? ''}`}>
          <td className="object-name">{grantee}</td>
          <td>
            <Flags flags={privileges} />
          </td>
          <td className="object-code">{column}</td>
          <td className="object-dim">{grantor}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

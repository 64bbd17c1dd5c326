import type { CatalogPart } from '../../../shared/catalog.ts'
import { Bytes } from '../../ui/bytes.tsx'
import { Flags } from './flags.tsx'

/** Constraints, indexes, triggers or policies, each with the server's own text of it. */
export const Parts = ({ parts }: { parts: CatalogPart[] }) => (
  <table className="object-table">
    <thead>
      <tr>
        <th>name</th>
        <th />
        <th>definition</th>
        <th className="object-number">{parts.some(({ bytes }) => bytes !== null) && 'size'}</th>
      </tr>
    </thead>
    <tbody>
      {parts.map((part) => (
        <tr key={`${part.name} ${part.definition}`}>
          <td className="object-name">{part.name}</td>
          <td>
            <Flags flags={part.flags} />
          </td>
          <td className="object-code">
            {part.definition}
            {part.comment !== null && <span className="object-dim"> {part.comment}</span>}
          </td>
          <td className="object-number">{part.bytes !== null && <Bytes value={part.bytes} />}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

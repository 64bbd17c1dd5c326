import type { CatalogDetail } from '../../../shared/catalog.ts'
import { Bytes } from '../../ui/bytes.tsx'

/** Sizes, statistics and settings, label by label. */
export const Facts = ({ facts }: { facts: CatalogDetail['facts'] }) => (
  <dl className="object-facts">
    {facts.map(({ label, text, bytes }) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>{bytes === null ? text : <Bytes value={bytes} />}</dd>
      </div>
    ))}
  </dl>
)

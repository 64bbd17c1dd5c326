import { formatBytes } from '../bytes.tsx'
import { ErrorState } from '../error-state.tsx'
import { JsonText } from '../json/json-text.tsx'
import { SkeletonRows } from '../skeletons.tsx'
import type { RelationRow } from './record.ts'
import { useWholeValue } from './use-whole-value.ts'

/** One JSON value of a row in full, with its name, type and size. */
export const RecordJson = ({ record, column }: { record: RelationRow; column: string }) => {
  const { text, pending, error } = useWholeValue(record, column)
  const type = record.description.columns.find(({ name }) => name === column)?.shortType
  const bytes = text === null ? null : new TextEncoder().encode(text).byteLength
  return (
    <section className="record-json" aria-label={column}>
      <h3>
        {column}{' '}
        <span className="record-type">
          {type}
          {bytes !== null && ` · ${formatBytes(bytes)}`}
        </span>
      </h3>
      {pending && <SkeletonRows rows={4} label="Reading the whole value" />}
      {error !== null && <ErrorState variant="line" error={error} />}
      {text !== null && <JsonText text={text} label={`Value of ${column}`} />}
      {text === null && !pending && error === null && <span className="record-none">none</span>}
    </section>
  )
}

import { useState } from 'react'
import { ErrorState } from '../../ui/error-state.tsx'
import { jsonFields } from '../../ui/json/json-tokens.ts'
import type { RelationRow } from '../../ui/records/record.ts'
import { useWholeValue } from '../../ui/records/use-whole-value.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'

type Field = { name: string; before: string | undefined; after: string | undefined }

/** A text without its quotes; any other value as its JSON text. */
const shown = (json: string | undefined): string => {
  if (json === undefined) return ''
  return json.startsWith('"') ? String(JSON.parse(json)) : json
}

/** An update keeps of the new row what it changed: everything else is as it was. */
export const fieldsOf = (before: string | null, after: string | null): Field[] => {
  const old = before === null ? null : jsonFields(before)
  const fresh = after === null ? null : jsonFields(after)
  const names = new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])
  return [...names].map((name) => ({
    name,
    before: old?.get(name),
    after: fresh?.has(name) === true || fresh === null ? fresh?.get(name) : old?.get(name),
  }))
}

/** What an event changed, field by field: before and after. PII stands here as the server masks it. */
export const ChangedFields = ({ row }: { row: RelationRow }) => {
  const old = useWholeValue(row, 'old_row')
  const fresh = useWholeValue(row, 'new_row')
  const [all, setAll] = useState(false)
  const error = old.error ?? fresh.error
  if (error !== null) return <ErrorState variant="line" error={error} />
  if (old.pending || fresh.pending) return <SkeletonRows rows={5} label="Reading the change" />
  const fields = fieldsOf(old.text, fresh.text)
  if (fields.length === 0) return null
  const changed = fields.filter(({ before, after }) => before !== after)
  const same = fields.length - changed.length
  const listed = all ? fields : changed
  return (
    <>
      <table className="changes">
        <thead>
          <tr>
            <th scope="col">Field</th>
            {old.text !== null && <th scope="col">Before</th>}
            {fresh.text !== null && <th scope="col">After</th>}
          </tr>
        </thead>
        <tbody>
          {listed.map(({ name, before, after }) => {
            const isChanged = before !== after
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                {old.text !== null && (
                  <td data-change={isChanged && before !== undefined ? 'before' : undefined}>
                    {shown(before)}
                  </td>
                )}
                {fresh.text !== null && (
                  <td data-change={isChanged && after !== undefined ? 'after' : undefined}>{shown(after)}</td>
                )}
              </tr>
            )
          })}
          {listed.length === 0 && (
            <tr>
              <td colSpan={3}>No field has another value than before.</td>
            </tr>
          )}
        </tbody>
      </table>
      {same > 0 && (
        <button type="button" className="link" onClick={() => setAll(!all)}>
          {all ? 'Only what changed' : `${same} more that did not change`}
        </button>
      )}
    </>
  )
}

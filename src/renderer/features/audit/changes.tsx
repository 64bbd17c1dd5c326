import { useState } from 'react'
import { jsonFields } from '../../ui/json/json-tokens.ts'

type Field = { name: string; before: string | undefined; after: string | undefined }

/** A text without its quotes; any other value as its JSON text. */
const shown = (json: string | undefined): string => {
  if (json === undefined) return ''
  return json.startsWith('"') ? String(JSON.parse(json)) : json
}

/** An update keeps of the new row what it changed: everything else is as it was. */
const fieldsOf = (before: string | null, after: string | null): Field[] => {
  const old = before === null ? null : jsonFields(before)
  const fresh = after === null ? null : jsonFields(after)
  const names = new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])
  return [...names].map((name) => ({
    name,
    before: old?.get(name),
    after: fresh?.has(name) === true || fresh === null ? fresh?.get(name) : old?.get(name),
  }))
}

type ChangesProps = {
  /** Images of the row as JSON; null: there was none. */
  before: string | null
  after: string | null
}

/** Two images of a row, field by field. */
export const Changes = ({ before, after }: ChangesProps) => {
  const [all, setAll] = useState(false)
  const fields = fieldsOf(before, after)
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
            {before !== null && <th scope="col">Before</th>}
            {after !== null && <th scope="col">After</th>}
          </tr>
        </thead>
        <tbody>
          {listed.map(({ name, before: old, after: fresh }) => {
            const isChanged = old !== fresh
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                {before !== null && (
                  <td data-change={isChanged && old !== undefined ? 'before' : undefined}>{shown(old)}</td>
                )}
                {after !== null && (
                  <td data-change={isChanged && fresh !== undefined ? 'after' : undefined}>{shown(fresh)}</td>
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

import { ErrorState } from '../../ui/error-state.tsx'
import { jsonFields } from '../../ui/json/json-tokens.ts'
import type { RelationRow } from '../../ui/records/record.ts'
import { useWholeValue } from '../../ui/records/use-whole-value.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Changes } from './changes.tsx'
import { Reveal } from './reveal.tsx'

/** Whether a value has the form that a mask leaves: nothing, or the first and the last character. */
const hasMasked = (image: string | null): boolean =>
  image !== null && [...(jsonFields(image)?.values() ?? [])].some((json) => /^"(?:…|.….)"$/u.test(json))

/** What an event changed: before and after. Personal data stands here as the server masks it, until it is revealed. */
export const ChangedFields = ({ row }: { row: RelationRow }) => {
  const old = useWholeValue(row, 'old_row')
  const fresh = useWholeValue(row, 'new_row')
  const error = old.error ?? fresh.error
  if (error !== null) return <ErrorState variant="line" error={error} />
  if (old.pending || fresh.pending) return <SkeletonRows rows={5} label="Reading the change" />
  return (
    <>
      <Changes before={old.text} after={fresh.text} />
      {(hasMasked(old.text) || hasMasked(fresh.text)) && <Reveal row={row} />}
    </>
  )
}

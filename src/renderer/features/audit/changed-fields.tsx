import { skipToken, useQuery } from '@tanstack/react-query'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { jsonFields } from '../../ui/json/json-tokens.ts'
import type { RelationRow } from '../../ui/records/record.ts'
import { useWholeValue } from '../../ui/records/use-whole-value.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Changes } from './changes.tsx'
import { Reveal } from './reveal.tsx'

/** Whether an image has something in one of these columns, which stands there masked. */
const hasMasked = (image: string | null, masks: readonly string[]): boolean => {
  const fields = image === null ? null : jsonFields(image)
  return masks.some((name) => (fields?.get(name) ?? 'null') !== 'null')
}

/** What an event changed: before and after. Personal data stands here as the server masks it, until it is revealed. */
export const ChangedFields = ({ row }: { row: RelationRow }) => {
  const old = useWholeValue(row, 'old_row')
  const fresh = useWholeValue(row, 'new_row')
  const { sessionId } = useSession()
  const [schema, table] = [row.text('schema_name'), row.text('table_name')]
  const masks = useQuery(
    trpc.audit.masks.queryOptions(
      schema === null || table === null ? skipToken : { sessionId, schema, table },
      abortable,
    ),
  )
  const error = old.error ?? fresh.error ?? masks.error
  if (error !== null) return <ErrorState variant="line" error={error} />
  if (old.pending || fresh.pending) return <SkeletonRows rows={5} label="Reading the change" />
  return (
    <>
      <Changes before={old.text} after={fresh.text} />
      {[old.text, fresh.text].some((image) => hasMasked(image, masks.data ?? [])) && <Reveal row={row} />}
    </>
  )
}

import { Radio } from '@mantine/core'
import { useState } from 'react'
import type { MaintenanceKind } from '../../../shared/operations-actions.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'

const words: Record<MaintenanceKind, { title: string; effect: string }> = {
  'vacuum-analyze': {
    title: 'VACUUM and ANALYZE',
    effect:
      'Makes the room of dead rows free for new ones, and reads the statistics anew. Reads and writes go on.',
  },
  vacuum: {
    title: 'VACUUM',
    effect:
      'Makes the room of dead rows free for new ones. The file does not become smaller. Reads and writes go on.',
  },
  analyze: {
    title: 'ANALYZE',
    effect: 'Reads a sample of the rows, so that the planner knows them. Reads and writes go on.',
  },
  'reindex-concurrently': {
    title: 'REINDEX CONCURRENTLY',
    effect:
      'Builds the index anew beside the old one, which takes its room a second time until it is done. Reads and writes go on.',
  },
}

type MaintainDialogProps = {
  /** As SQL writes it, with its schema. */
  relation: string
  kinds: readonly MaintenanceKind[]
  onClose: () => void
}

/** Queues work on one table or index. One runs at a time, so that the server is not busy with nothing else. */
export const MaintainDialog = ({ relation, kinds, onClose }: MaintainDialogProps) => {
  const { sessionId } = useSession()
  const [what, setWhat] = useState<MaintenanceKind>(kinds[0] ?? 'analyze')
  const begin = async (reason: string) => {
    await rpc.operations.maintain.mutate({ sessionId, relation, what, reason })
    await queryClient.invalidateQueries(trpc.jobs.list.pathFilter())
    onClose()
  }
  return (
    <ChangeDialog title={`Maintain ${relation}`} verb={words[what].title} onChange={begin} onClose={onClose}>
      <Radio.Group
        label="What to do"
        value={what}
        onChange={(value) => setWhat(kinds.find((kind) => kind === value) ?? what)}
      >
        <div className="end-ways">
          {kinds.map((kind) => (
            <Radio key={kind} value={kind} label={words[kind].title} />
          ))}
        </div>
      </Radio.Group>
      <p className="form-text">{words[what].effect} It waits until earlier work of this session is done.</p>
    </ChangeDialog>
  )
}

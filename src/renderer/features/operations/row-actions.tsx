import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { ProbeReport } from '../../../shared/operations.ts'
import { type MaintenanceKind, statementRef } from '../../../shared/operations-actions.ts'
import { useSession } from '../../app/session-context.tsx'
import { DropSlotDialog } from './drop-slot-dialog.tsx'
import { EndBackendDialog } from './end-backend-dialog.tsx'
import { ExplainDialog } from './explain-dialog.tsx'
import { MaintainDialog } from './maintain-dialog.tsx'
import { ReplayDialog } from './replay-dialog.tsx'

type Row = ProbeReport['rows'][number]

/** Called, not mounted: what it makes stays the same dialog while its row is read anew. */
type Dialog = (props: { onClose: () => void; onDone: () => void }) => ReactNode

/** What can be done with a row: the button and its dialog, or why it cannot be done. */
type Action = { label: string; writes: boolean; dialog: Dialog } | { refused: string }

const maintain = (
  relation: Row[string] | undefined,
  row: Row,
  kinds: readonly MaintenanceKind[],
): Action | null => {
  if (typeof relation !== 'string') return null
  if (row.mayMaintain === false) {
    return { refused: 'Its owner may maintain it, and since PostgreSQL 17 who has MAINTAIN on it.' }
  }
  return {
    label: 'Maintain…',
    writes: true,
    dialog: ({ onClose }) => <MaintainDialog relation={relation} kinds={kinds} onClose={onClose} />,
  }
}

const endBackend = ({ pid, since }: Row): Action | null =>
  typeof pid === 'number' && pid > 0 && typeof since === 'string'
    ? {
        label: 'Cancel or end…',
        writes: true,
        dialog: (props) => <EndBackendDialog pid={pid} since={since} {...props} />,
      }
    : null

const actions: Readonly<Record<string, (row: Row) => Action | null>> = {
  locks: endBackend,
  backends: endBackend,
  vacuum: (row) => maintain(row.table, row, ['vacuum-analyze', 'vacuum', 'analyze', 'reindex-concurrently']),
  bloat: (row) => maintain(row.table, row, ['vacuum-analyze', 'vacuum', 'reindex-concurrently']),
  'index-bloat': (row) => maintain(row.index, row, ['reindex-concurrently']),
  indexes: (row) => maintain(row.index, row, ['reindex-concurrently']),
  statements(row) {
    const statement = statementRef.safeParse(row).data
    if (statement === undefined) return null
    return {
      label: 'Explain',
      writes: false,
      dialog: ({ onClose }) => <ExplainDialog statement={statement} onClose={onClose} />,
    }
  },
  slots({ name, isActive }) {
    if (typeof name !== 'string') return null
    if (isActive === true) return { refused: 'It is in use: a slot is dropped once nobody streams from it.' }
    return {
      label: 'Drop…',
      writes: true,
      dialog: (props) => <DropSlotDialog name={name} {...props} />,
    }
  },
  receiver: () => ({
    label: 'Pause or resume…',
    // A standby takes no writes, and this is none.
    writes: false,
    dialog: (props) => <ReplayDialog {...props} />,
  }),
}

type RowActionsProps = { probe: string; row: Row; onDone: () => void }

/** What can be done with a row here and now; why not, where it cannot. */
export const RowActions = ({ probe, row, onDone }: RowActionsProps) => {
  const { writes } = useSession()
  const [isOpen, setOpen] = useState(false)
  const action = actions[probe]?.(row) ?? null
  if (action === null) return null
  const refused =
    'refused' in action
      ? action.refused
      : action.writes && writes === 'refused'
        ? 'This connection is read-only: nothing is changed from here.'
        : null
  if (refused !== null) return <p className="form-text">{refused}</p>
  if ('refused' in action) return null
  const { label, dialog } = action
  return (
    <div className="row-actions">
      <Button onClick={() => setOpen(true)}>{label}</Button>
      {isOpen && dialog({ onClose: () => setOpen(false), onDone })}
    </div>
  )
}

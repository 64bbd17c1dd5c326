import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { ProbeReport } from '../../../shared/operations.ts'
import type { MaintenanceKind } from '../../../shared/operations-actions.ts'
import { useSession } from '../../app/session-context.tsx'
import { EndBackendDialog } from './end-backend-dialog.tsx'
import { MaintainDialog } from './maintain-dialog.tsx'

type Row = ProbeReport['rows'][number]

const kindsOf: Readonly<Record<string, readonly MaintenanceKind[]>> = {
  vacuum: ['vacuum-analyze', 'vacuum', 'analyze', 'reindex-concurrently'],
  bloat: ['vacuum-analyze', 'vacuum', 'reindex-concurrently'],
  indexes: ['reindex-concurrently'],
}

type RowActionsProps = { probe: string; row: Row; onDone: () => void }

/** What can be done with a row here and now; why not, where it cannot. */
export const RowActions = ({ probe, row, onDone }: RowActionsProps): ReactNode => {
  const { writes } = useSession()
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  const { pid, since } = row
  const kinds = kindsOf[probe]
  const relation = probe === 'indexes' ? row.index : row.table
  const isBackend = (probe === 'locks' || probe === 'backends') && typeof pid === 'number' && pid > 0
  if (!isBackend && (kinds === undefined || typeof relation !== 'string')) return null
  if (writes === 'refused') {
    return (
      <p className="form-text">This connection is read-only: nothing is ended or maintained from here.</p>
    )
  }
  if (isBackend) {
    if (typeof since !== 'string') return null
    return (
      <div className="row-actions">
        <Button onClick={() => setOpen(true)}>Cancel or end…</Button>
        {isOpen && <EndBackendDialog pid={pid} since={since} onClose={close} onDone={onDone} />}
      </div>
    )
  }
  if (row.mayMaintain === false) {
    return (
      <p className="form-text">Its owner may maintain it, and since PostgreSQL 17 who has MAINTAIN on it.</p>
    )
  }
  return (
    <div className="row-actions">
      <Button onClick={() => setOpen(true)}>Maintain…</Button>
      {isOpen && typeof relation === 'string' && (
        <MaintainDialog relation={relation} kinds={kinds ?? []} onClose={close} />
      )}
    </div>
  )
}

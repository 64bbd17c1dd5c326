import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ProbeFinding } from '../../../shared/operations.ts'
import { notifyDone } from '../../app/notify.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'
import { utcDay } from '../../ui/utc-day.ts'

type WaiveFindingProps = { probe: string; finding: ProbeFinding; onDone: () => void }

/** Accepts a finding until a day, or lets it count again, for a reason. Only where this session may write. */
export const WaiveFinding = ({ probe, finding, onDone }: WaiveFindingProps) => {
  const { sessionId, writes } = useSession()
  const [isOpen, setOpen] = useState(false)
  const [until, setUntil] = useState(utcDay(90))
  const isAccepted = finding.waiver !== null
  if (writes === 'refused' || !finding.isWaivable) return null
  const isFuture = until >= utcDay()
  const waive = async (reason: string) => {
    const { text } = await rpc.operations.waiveFinding.mutate({
      sessionId,
      probe,
      finding: finding.text,
      until: isAccepted ? null : until,
      reason,
    })
    notifyDone(text)
    setOpen(false)
    onDone()
  }
  return (
    <>
      <Button size="compact-xs" onClick={() => setOpen(true)}>
        {isAccepted ? 'Take back…' : 'Accept…'}
      </Button>
      {isOpen && (
        <ChangeDialog
          title={isAccepted ? 'Let the finding count again' : 'Accept the finding'}
          verb={isAccepted ? 'Count again' : `Accept until ${until}`}
          isComplete={isAccepted || isFuture}
          onChange={waive}
          onClose={() => setOpen(false)}
        >
          <p className="form-text">{finding.text}</p>
          {!isAccepted && (
            <TextInput
              type="date"
              label="Until"
              description="Through this day it is shown as accepted, and no part of the verdict."
              min={utcDay()}
              value={until}
              error={isFuture ? undefined : 'This day has passed.'}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
          )}
        </ChangeDialog>
      )}
    </>
  )
}

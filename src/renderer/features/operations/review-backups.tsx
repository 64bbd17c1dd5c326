import { Button, Checkbox, Radio, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ProbeReport } from '../../../shared/operations.ts'
import { notifyDone } from '../../app/notify.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'
import { count } from '../../ui/count.ts'
import { Timestamp } from '../../ui/timestamp.tsx'
import { utcDay } from '../../ui/utc-day.ts'

type ReviewBackupsProps = {
  backups: ProbeReport['rows']
  /** Undefined: it was not asked yet. */
  reviews: ProbeReport | undefined
  onDone: () => void
}

const proofOf = ({
  outcome,
  verification,
  verificationPassed,
  restoredAt,
  restorePassed,
}: ProbeReport['rows'][number]) =>
  [
    String(outcome),
    ...(typeof verification === 'string'
      ? [`${verification} ${verificationPassed === true ? 'verified' : 'did not verify'}`]
      : ['not verified']),
    ...(typeof restoredAt === 'string' ? [restorePassed === true ? 'restored' : 'restore failed'] : []),
  ].join(', ')

/** Records that somebody looked at backups: at which, what they found, and until when somebody looks again. */
export const ReviewBackups = ({ backups, reviews, onDone }: ReviewBackupsProps) => {
  const { sessionId, writes } = useSession()
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null)
  const [verdict, setVerdict] = useState<'accepted' | 'objected'>('accepted')
  const [nextDue, setNextDue] = useState(() => utcDay(7))
  // Not checked: the table is not there, or not for this role.
  if (
    writes === 'refused' ||
    backups.length === 0 ||
    reviews === undefined ||
    reviews.verdict === 'not-checked'
  )
    return null
  const open = () => {
    // Those that nobody looked at before, or the newest one.
    const last = reviews.rows[0]?.reviewedAt
    const fresh = backups.filter(({ startedAt }) => typeof last !== 'string' || String(startedAt) > last)
    setChosen(new Set((fresh.length > 0 ? fresh : backups.slice(0, 1)).map(({ id }) => String(id))))
  }
  const review = async (reason: string) => {
    const { text } = await rpc.operations.reviewBackups.mutate({
      sessionId,
      backups: [...(chosen ?? [])],
      verdict,
      nextDue,
      reason,
    })
    notifyDone(text)
    setChosen(null)
    onDone()
  }
  return (
    <>
      <Button onClick={open}>Review backups…</Button>
      {chosen !== null && (
        <ChangeDialog
          title="Review backups"
          verb="Record the review"
          isComplete={chosen.size > 0 && nextDue >= utcDay()}
          onChange={review}
          onClose={() => setChosen(null)}
        >
          <fieldset className="review-backups">
            <legend>{count(chosen.size, 'backup')} looked at</legend>
            {backups.map((row) => {
              const id = String(row.id)
              return (
                <Checkbox
                  key={id}
                  checked={chosen.has(id)}
                  label={
                    <>
                      <span className="data">{String(row.label)}</span> {String(row.kind)},{' '}
                      <Timestamp value={String(row.startedAt)} />: {proofOf(row)}
                    </>
                  }
                  onChange={(event) => {
                    const next = new Set(chosen)
                    if (event.currentTarget.checked) next.add(id)
                    else next.delete(id)
                    setChosen(next)
                  }}
                />
              )
            })}
          </fieldset>
          <Radio.Group
            label="Verdict"
            value={verdict}
            onChange={(value) => setVerdict(value === 'objected' ? 'objected' : 'accepted')}
          >
            <Radio value="accepted" label="Accepted" />
            <Radio value="objected" label="Objected: something has to be followed up" />
          </Radio.Group>
          <TextInput
            type="date"
            label="Next review at the latest"
            min={utcDay()}
            value={nextDue}
            onChange={(event) => setNextDue(event.currentTarget.value)}
          />
        </ChangeDialog>
      )}
    </>
  )
}

import { Button, Modal, Radio } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type ReviewCoverage, reviewVerdicts } from '../../../shared/audit-review.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { count } from '../../ui/count.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { between, momentWords, type Period } from '../../ui/period.ts'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { ReadOnlyNote } from './read-only-note.tsx'

const sealsOf = ({ fromSeal, toSeal }: { fromSeal: string; toSeal: string }): string =>
  fromSeal === toSeal ? `seal ${fromSeal}` : `seals ${fromSeal} to ${toSeal}`

/** `25 events, 8 of them retired`. */
const eventsOf = ({ events, retired }: { events: number; retired: number }): string =>
  `${count(events, 'event')}${retired === 0 ? '' : `, ${retired.toLocaleString('en')} of them retired`}`

const Reviews = ({ reviews }: Pick<ReviewCoverage, 'reviews'>) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
  <ul className="reviews" aria-label="Reviews of this period" tabIndex={0}>
    {reviews.map((review) => (
      <li key={`${review.reviewer} ${review.at}`}>
        <span className="dot" data-tone={review.verdict === 'accepted' ? 'ok' : 'warn'} /> {review.reviewer}{' '}
        {review.verdict} {sealsOf(review)}, {eventsOf(review)},{' '}
        <Timestamp value={review.at} format="relative" />
        <span className="dim">{review.note}</span>
      </li>
    ))}
  </ul>
)

type UnreviewedProps = Pick<ReviewCoverage, 'unreviewed'> & { onPeriod: (period: Period) => void }

const Unreviewed = ({ unreviewed, onPeriod }: UnreviewedProps) => (
  <section>
    <h3 className="reviews-title">Not reviewed</h3>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it */}
    <ul className="reviews" aria-label="Seals that are not reviewed" tabIndex={0}>
      {unreviewed.map((run) => (
        <li key={run.fromSeal} className="reviews-run">
          <span>
            {sealsOf(run)}, {count(run.events, 'event')}
            <span className="dim">
              {run.from === null ? 'up to ' : `${momentWords(run.from)} to `}
              {momentWords(run.to)}
            </span>
          </span>
          <Button size="compact-xs" onClick={() => onPeriod(between(run.from, run.to))}>
            Show only these
          </Button>
        </li>
      ))}
    </ul>
  </section>
)

type SignOffProps = { seals: { fromSeal: string; toSeal: string } }

const SignOff = ({ seals }: SignOffProps) => {
  const { sessionId } = useSession()
  const askToWrite = useAskToWrite()
  const [verdict, setVerdict] = useState<(typeof reviewVerdicts)[number]>('accepted')
  const [note, setNote] = useState('')
  const signing = useMutation({
    mutationFn: async () =>
      (await askToWrite()) ? rpc.trail.signOff.mutate({ sessionId, ...seals, verdict, note }) : null,
    onSuccess: (signed) => {
      if (signed !== null) setNote('')
      void queryClient.invalidateQueries(trpc.trail.pathFilter())
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signing.mutate()
  }
  const signed = signing.data ?? null
  if (signed !== null) {
    return (
      <p className="form-text" role="status">
        Signed off: {sealsOf(seals)}, {eventsOf(signed)}. That is an event of the log, too.
      </p>
    )
  }
  return (
    <form className="form" onSubmit={submit}>
      <Radio.Group
        label="Verdict"
        value={verdict}
        onChange={(value) => setVerdict(reviewVerdicts.find((known) => known === value) ?? 'accepted')}
      >
        <div className="verdicts">
          <Radio value="accepted" label="Accepted: nothing has to be followed up" />
          <Radio value="objected" label="Objected: something has, as the note says" />
        </div>
      </Radio.Group>
      <ReasonField
        value={note}
        onChange={setNote}
        kept="Kept with the review, for good"
        hint="What was looked at, and what follows from it"
      />
      {signing.error !== null && <ErrorState variant="line" error={signing.error} />}
      <div className="form-buttons">
        <Button type="submit" variant="filled" loading={signing.isPending} disabled={!isReason(note)}>
          Sign off {sealsOf(seals)}
        </Button>
      </div>
    </form>
  )
}

type ReviewDialogProps = {
  coverage: ReviewCoverage
  onPeriod: (period: Period) => void
  onClose: () => void
}

/** What of the period is sealed and reviewed, by whom, and the sign-off of the rest for reviewers. */
export const ReviewDialog = ({ coverage, onPeriod, onClose }: ReviewDialogProps) => {
  const { writes } = useSession()
  const { fromSeal, toSeal, events, reviewed, retired, maySignOff, reviews, unreviewed } = coverage
  const seals = fromSeal === null || toSeal === null ? null : { fromSeal, toSeal }
  return (
    <Modal
      opened
      onClose={onClose}
      title="Review of this period"
      size={560}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="form">
        <p className="form-text">
          {seals === null
            ? 'Nothing of this period is sealed, and only what is sealed can be signed off.'
            : `This period is covered by ${sealsOf(seals)} with ${count(events, 'event')}: ${reviewed.toLocaleString('en')} reviewed, ${(events - reviewed).toLocaleString('en')} not yet. Seals are signed off whole, also with what they hold of the time before.`}
        </p>
        {retired > 0 && (
          <p className="form-text">
            {retired.toLocaleString('en')} of these events are retired: packages hold them, not the log. Look
            there, also whether you had a part in them.
          </p>
        )}
        {unreviewed.length > 0 && <Unreviewed unreviewed={unreviewed} onPeriod={onPeriod} />}
        {reviews.length > 0 && <Reviews reviews={reviews} />}
        {seals !== null && maySignOff && writes === 'refused' && (
          <ReadOnlyNote what="A sign-off is written to the database" />
        )}
        {seals !== null && maySignOff && writes !== 'refused' && <SignOff seals={seals} />}
        {seals !== null && !maySignOff && <p className="form-text">Reviewers sign off; this role is none.</p>}
      </div>
    </Modal>
  )
}

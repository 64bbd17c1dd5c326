import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReviewCoverage } from '../../../shared/audit-review.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import type { Period } from '../../ui/period.ts'
import { ReviewDialog } from './review-dialog.tsx'

/** `reviewed 96 %`; never rounded up to all of it. */
const shareOf = ({ events, reviewed }: ReviewCoverage): string => {
  if (events === 0) return 'Nothing sealed to review'
  if (reviewed === 0) return 'Not reviewed'
  return reviewed === events ? 'Reviewed' : `Reviewed ${Math.floor((reviewed / events) * 100)} %`
}

type ReviewButtonProps = { period: Period; onPeriod: (period: Period) => void }

/** How much of the period was reviewed; opens by whom, and the way to sign it off. */
export const ReviewButton = ({ period: { from, to }, onPeriod }: ReviewButtonProps) => {
  const { sessionId } = useSession()
  const [opened, setOpened] = useState(false)
  const { data } = useQuery(trpc.trail.coverage.queryOptions({ sessionId, from, to }, abortable))
  if (data === undefined || data === null) return null
  return (
    <>
      <Button onClick={() => setOpened(true)}>{shareOf(data)}</Button>
      {opened && (
        <ReviewDialog
          coverage={data}
          onPeriod={(period) => {
            setOpened(false)
            onPeriod(period)
          }}
          onClose={() => setOpened(false)}
        />
      )}
    </>
  )
}

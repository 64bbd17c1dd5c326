import { Button } from '@mantine/core'
import { type SignaturesReport, signaturesReport } from '../../../shared/signatures.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { type Job, useJob } from '../../app/use-job.ts'
import { formatBytes } from '../../ui/bytes.tsx'
import { count } from '../../ui/count.ts'
import { ErrorState } from '../../ui/error-state.tsx'

const nothing = () => undefined

export type Verification = Job<SignaturesReport> & { begin: () => void }

export const useVerification = (): Verification => {
  const { sessionId } = useSession()
  const job = useJob({ kind: 'verify-signatures', result: signaturesReport, watch: false, onEnd: nothing })
  return { ...job, begin: () => job.start(() => rpc.signatures.verify.mutate({ sessionId })) }
}

/** How far the verification of all images is, and what it found. */
export const VerificationBar = ({ verification }: { verification: Verification }) => {
  const { isRunning, state, result, error, cancel, dismiss, begin } = verification
  if (error !== null) return <ErrorState variant="line" error={error} onRetry={begin} />
  if (isRunning) {
    const progress = state?.progress ?? null
    return (
      <section className="verification" aria-label="Verification">
        <span role="status">
          Holding images against their hashes
          {progress !== null &&
            `: ${progress.done.toLocaleString('en')}${progress.total === null ? '' : ` of ${progress.total.toLocaleString('en')}`}`}
        </span>
        <Button size="compact-xs" onClick={cancel}>
          Stop
        </Button>
      </section>
    )
  }
  if (result === null) return null
  return (
    <section className="verification" aria-label="Verification">
      <div>
        <span role="status">
          <span className="dot" data-tone={result.findings === 0 ? 'ok' : 'crit'} />{' '}
          {result.findings === 0
            ? `All ${count(result.verified, 'image')} (${formatBytes(result.bytes)}) are what their hashes were taken of.`
            : `${count(result.findings, 'signature')} of ${result.verified.toLocaleString('en')} ${result.findings === 1 ? 'is' : 'are'} not as stored.`}
        </span>
        {result.listed.length > 0 && (
          <ul>
            {result.listed.map(({ id, problem }) => (
              <li key={id}>
                Signature {id}: {problem}
              </li>
            ))}
          </ul>
        )}
      </div>
      <Button size="compact-xs" onClick={dismiss}>
        Close
      </Button>
    </section>
  )
}

import { ConsoleError } from '../../shared/errors.ts'
import type { CertificateSummary } from '../../shared/profiles.ts'
import { type StorageStep, type StorageStepName, storageSteps } from '../../shared/storage-diagnosis.ts'
import { isDenied, storageError } from './storage-errors.ts'

/** What a step found. A failure is thrown as `ConsoleError`. */
export type Found = { seen: string; warning?: string; certificates?: CertificateSummary[] }

/** Milliseconds that one step may take. */
const limit = 20_000

/** A failure that still has certificates to show. */
export class UntrustedChain extends ConsoleError {
  readonly certificates: CertificateSummary[]

  constructor(error: ConsoleError, certificates: CertificateSummary[]) {
    super(error.code, error.message, error.remedy, error)
    this.certificates = certificates
  }
}

const tookTooLong = () =>
  new ConsoleError(
    'STORAGE_UNREACHABLE',
    `The storage did not answer within ${limit / 1000} s.`,
    'Check endpoint, network and firewalls.',
  )

/** The steps of a test as they come. */
export const startLog = (signal: AbortSignal) => {
  const taken: StorageStep[] = []

  /**
   * Does one step and writes down what came of it; false after a failure. Fails with `CANCELLED` only.
   * @param needs what the key must be allowed, for the remedy of a refusal
   */
  const take = async (
    step: StorageStepName,
    work: (limited: AbortSignal) => Promise<Found>,
    needs?: string,
  ): Promise<boolean> => {
    const started = performance.now()
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(tookTooLong()), limit)
    const write = (outcome: StorageStep['outcome'], found: Omit<Found, 'warning'>, remedy: string) =>
      taken.push({ step, outcome, ...found, remedy, milliseconds: Math.round(performance.now() - started) })
    const limited = AbortSignal.any([signal, deadline.signal])
    try {
      const { warning, ...found } = await work(limited)
      write(warning === undefined ? 'ok' : 'warning', found, warning ?? '')
      return true
    } catch (thrown) {
      const error = limited.aborted ? storageError(thrown, 'go on', limited) : thrown
      if (!(error instanceof ConsoleError) || error.code === 'CANCELLED') throw error
      const remedy = needs !== undefined && isDenied(error) ? `Allow ${needs}.` : error.remedy
      const certificates = error instanceof UntrustedChain ? { certificates: error.certificates } : {}
      write('failed', { seen: error.message, ...certificates }, remedy)
      return false
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    take,
    /** All steps in their order; those that were not taken as skipped. */
    steps: (): StorageStep[] =>
      storageSteps.map(
        (step) =>
          taken.find((one) => one.step === step) ?? {
            step,
            outcome: 'skipped',
            seen: 'Not tried, since a step that it needs failed.',
            remedy: '',
            milliseconds: 0,
          },
      ),
  }
}

export type DiagnosisLog = ReturnType<typeof startLog>

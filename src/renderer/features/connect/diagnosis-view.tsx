import type { CertificateSummary, DiagnosisStep, Finding } from '../../../shared/profiles.ts'
import type { StorageStepName } from '../../../shared/storage-diagnosis.ts'
import type { Tone } from '../../ui/chip.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import type { RunningDiagnosis, RunningStorageDiagnosis } from './use-diagnosis.ts'

const stepTitles = {
  dns: 'Name',
  tcp: 'Network',
  tls: 'Encryption',
  authentication: 'Log-in',
  database: 'Database',
  privileges: 'Privileges',
} as const satisfies Record<DiagnosisStep['step'], string>

const storageStepTitles = {
  dns: 'Name',
  tcp: 'Network',
  tls: 'Encryption',
  clock: 'Clock',
  credentials: 'Key',
  bucket: 'Bucket',
  list: 'List',
  put: 'Store',
  head: 'Look at',
  get: 'Read',
  history: 'List versions',
  hold: 'Legal hold',
  checksum: 'Checksums',
  multipart: 'Parts',
  parts: 'List parts',
  unfinished: 'List uploads',
  abort: 'Abort',
  encryption: 'At rest',
  versions: 'Versions',
  lock: 'Object Lock',
  public: 'Public',
  delete: 'Clean up',
  cors: 'CORS',
} as const satisfies Record<StorageStepName, string>

const tones = { ok: 'ok', warning: 'warn', failed: 'crit', skipped: 'neutral' } as const satisfies Record<
  Finding['outcome'],
  Tone
>

const Certificate = ({ certificate }: { certificate: CertificateSummary }) => (
  <dl className="facts certificate">
    {(
      [
        ['Subject', certificate.subject],
        ['Issued by', certificate.issuer],
        ['Valid', null],
        ['Names', certificate.names.join(', ') || 'none'],
        ['SHA-256', certificate.fingerprint],
      ] as const
    ).map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd className={label === 'SHA-256' ? 'data' : undefined}>
          {value ?? (
            <>
              <Timestamp value={certificate.validFrom} /> to <Timestamp value={certificate.validTo} />
            </>
          )}
        </dd>
      </div>
    ))}
  </dl>
)

const Step = ({ title, step }: { title: string; step: Finding }) => (
  <li className="diagnosis-step" data-outcome={step.outcome}>
    <span className="dot" data-tone={tones[step.outcome]} />
    <span className="diagnosis-title">{title}</span>
    <div className="diagnosis-words">
      <span>{step.seen}</span>
      {step.remedy !== '' && <span className="diagnosis-remedy">{step.remedy}</span>}
      {step.certificates !== undefined && step.certificates.length > 0 && (
        <details open={step.outcome !== 'ok'}>
          <summary>
            {step.certificates.length === 1
              ? 'The certificate'
              : `The chain of ${step.certificates.length} certificates, the server's first`}
          </summary>
          {step.certificates.map((certificate) => (
            <Certificate key={certificate.fingerprint} certificate={certificate} />
          ))}
        </details>
      )}
    </div>
    <span className="diagnosis-time">
      {step.outcome === 'skipped' ? 'not tried' : `${Math.round(step.milliseconds)} ms`}
    </span>
  </li>
)

type Steps<Name extends string> = { titles: Record<Name, string>; steps: (Finding & { step: Name })[] }

const Section = <Name extends string>({
  heading,
  label,
  titles,
  steps,
}: Steps<Name> & { heading: string; label: string }) => (
  <section className="diagnosis" aria-label={label}>
    <h3>{heading}</h3>
    <ol>
      {steps.map((step) => (
        <Step key={step.step} title={titles[step.step]} step={step} />
      ))}
    </ol>
  </section>
)

/** How a test went, host by host and step by step, with the certificates that were shown. */
export const DiagnosisView = ({ diagnosis }: { diagnosis: RunningDiagnosis }) => {
  if (diagnosis.pending) return <SkeletonRows rows={6} label="Testing the connection" />
  if (diagnosis.error !== null) return <ErrorState variant="line" error={diagnosis.error} />
  return diagnosis.result?.map(({ host, steps }) => (
    <Section
      key={`${host.host}:${host.port}`}
      heading={`${host.host}:${host.port}`}
      label={`Test of ${host.host}`}
      titles={stepTitles}
      steps={steps}
    />
  ))
}

/** It is long, and begins below what the form shows. */
const intoView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: 'nearest' })

/** How the test of a storage went, permission by permission. */
export const StorageDiagnosisView = ({ diagnosis }: { diagnosis: RunningStorageDiagnosis }) => {
  const { pending, error, result } = diagnosis
  if (pending) return <SkeletonRows rows={6} label="Testing the storage" />
  if (error !== null) return <ErrorState variant="line" error={error} />
  if (result === undefined) return null
  const { host, steps } = result
  return (
    <div ref={intoView}>
      <Section heading={host} label="Test of the storage" titles={storageStepTitles} steps={steps} />
    </div>
  )
}

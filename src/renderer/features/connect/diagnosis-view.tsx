import type { CertificateSummary, DiagnosisStep } from '../../../shared/profiles.ts'
import type { Tone } from '../../ui/chip.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import type { RunningDiagnosis } from './use-diagnosis.ts'

const stepTitles = {
  dns: 'Name',
  tcp: 'Network',
  tls: 'Encryption',
  authentication: 'Log-in',
  database: 'Database',
  privileges: 'Privileges',
} as const satisfies Record<DiagnosisStep['step'], string>

const tones = { ok: 'ok', warning: 'warn', failed: 'crit', skipped: 'neutral' } as const satisfies Record<
  DiagnosisStep['outcome'],
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

const Step = ({ step }: { step: DiagnosisStep }) => (
  <li className="diagnosis-step" data-outcome={step.outcome}>
    <span className="dot" data-tone={tones[step.outcome]} />
    <span className="diagnosis-title">{stepTitles[step.step]}</span>
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

/** How a test went, host by host and step by step, with the certificates that were shown. */
export const DiagnosisView = ({ diagnosis }: { diagnosis: RunningDiagnosis }) => {
  if (diagnosis.pending) return <SkeletonRows rows={6} label="Testing the connection" />
  if (diagnosis.error !== null) return <ErrorState variant="line" error={diagnosis.error} />
  return diagnosis.result?.map(({ host, steps }) => (
    <section key={`${host.host}:${host.port}`} className="diagnosis" aria-label={`Test of ${host.host}`}>
      <h3>
        {host.host}:{host.port}
      </h3>
      <ol>
        {steps.map((step) => (
          <Step key={step.step} step={step} />
        ))}
      </ol>
    </section>
  ))
}

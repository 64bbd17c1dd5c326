import type { FailoverRun } from '../../../shared/failover.ts'
import { hostName } from './host-name.ts'

/** All of a failover as text, to be kept with the incident. Holds no secret. */
export const reportText = (run: FailoverRun): string => {
  const { before, after, candidate, steps } = run
  const { lastSeen } = before.primary
  const chosen = before.candidates.find(({ host }) => hostName(host) === hostName(candidate))
  return [
    `Failover to ${hostName(candidate)}`,
    '',
    `Reason: ${run.reason}`,
    `By: ${run.by}`,
    `Begun: ${run.startedAt}`,
    `Primary before: ${lastSeen === null ? 'never seen by this session' : `${hostName(lastSeen.host)}, timeline ${lastSeen.timeline ?? 'unknown'}, seen at ${lastSeen.at}`}`,
    `Fencing: ${before.primary.text}`,
    `Loss: ${chosen?.loss.text ?? 'unknown'}`,
    `Primary now: ${hostName(candidate)}, timeline ${after?.timeline ?? 'unknown'}`,
    ...(run.newUrl === null ? [] : [`DATABASE_URL, without its password: ${run.newUrl}`]),
    '',
    'Servers before',
    ...before.hosts.map(({ host, facts, error }) =>
      facts === null
        ? `  ${hostName(host)}: not reached. ${error?.message ?? ''}`
        : `  ${hostName(host)}: ${facts.inRecovery ? 'standby' : 'primary'}, timeline ${facts.timeline ?? 'unknown'}, WAL until ${facts.walEndLsn}, cluster ${facts.systemIdentifier}`,
    ),
    '',
    'What was done',
    ...steps.map(({ at, verdict, text }) => `  ${at}  ${verdict.padEnd(11)}  ${text}`),
    '',
  ].join('\n')
}

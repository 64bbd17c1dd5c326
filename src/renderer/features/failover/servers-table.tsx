import { Radio } from '@mantine/core'
import type { FailoverAssessment, FailoverHost } from '../../../shared/failover.ts'
import { formatBytes } from '../../../shared/format-quantity.ts'
import type { Tone } from '../../ui/chip.tsx'
import { toneOf } from '../../ui/verdict-tone.ts'
import { hostName } from './host-name.ts'

type ServersTableProps = {
  assessment: FailoverAssessment
  chosen: string | null
  /** Null: nothing can be chosen any more. */
  onChoose: ((host: string) => void) | null
}

const free = ({ used, max }: { used: number; max: number }): string => `${max - used} of ${max}`

const roleOf = ({ facts }: FailoverHost): string => {
  if (facts === null) return 'not reached'
  return facts.inRecovery ? 'standby' : 'primary'
}

/** Every server that was asked, side by side, with what each would lose. */
export const ServersTable = ({ assessment, chosen, onChoose }: ServersTableProps) => {
  const { hosts, candidates } = assessment
  return (
    <div className="failover-servers plain-table-frame">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col">Is</th>
            <th scope="col">Timeline</th>
            <th scope="col">WAL until</th>
            <th scope="col">Would be lost</th>
            <th scope="col">Replay</th>
            <th scope="col">Free senders</th>
            <th scope="col">Free slots</th>
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => {
            const name = hostName(host.host)
            const { facts, error } = host
            const candidate = candidates.find((one) => hostName(one.host) === name)
            const worst = candidate?.warnings[0]?.verdict ?? 'ok'
            const tone: Tone =
              facts === null || candidate?.refusal ? 'crit' : candidate ? toneOf[worst] : 'neutral'
            return (
              <tr key={name} data-chosen={name === chosen || undefined}>
                <th scope="row">
                  {candidate !== undefined && candidate.refusal === null && onChoose !== null ? (
                    <Radio
                      name="candidate"
                      label={<span className="data">{name}</span>}
                      checked={name === chosen}
                      onChange={() => onChoose(name)}
                    />
                  ) : (
                    <span className="data">{name}</span>
                  )}
                </th>
                <td>
                  <span className="failover-role">
                    <span className="dot" data-tone={tone} />
                    {roleOf(host)}
                  </span>
                </td>
                {facts === null ? (
                  <td colSpan={6} className="failover-why">
                    {error?.message}
                  </td>
                ) : (
                  <>
                    <td className="number">{facts.timeline ?? 'unknown'}</td>
                    <td className="data">{facts.walEndLsn}</td>
                    <td className="number">
                      {candidate === undefined
                        ? '–'
                        : candidate.loss.bytes === null
                          ? 'unknown'
                          : formatBytes(candidate.loss.bytes)}
                    </td>
                    <td>{facts.replay ?? '–'}</td>
                    <td className="number">{free(facts.walSenders)}</td>
                    <td className="number">{free(facts.slots)}</td>
                  </>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

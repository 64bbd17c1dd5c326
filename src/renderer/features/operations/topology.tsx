import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'
import type { OperationsRun, ProbeCell, ProbeReport } from '../../../shared/operations.ts'
import { useSession } from '../../app/session-context.tsx'
import { toneOf } from './verdict-words.ts'

type Row = ProbeReport['rows'][number]

const bytes = (value: ProbeCell | undefined): string =>
  typeof value === 'number' ? formatBytes(value) : 'unknown'

const seconds = (value: ProbeCell | undefined): string =>
  typeof value === 'number' ? ` · ${formatSeconds(value)}` : ''

const words = (value: ProbeCell | undefined): string => (typeof value === 'string' ? value : '')

/** The worst that a report says of one of its rows. */
const toneOfRow = (report: ProbeReport | undefined, row: number) =>
  toneOf[report?.findings.find((finding) => finding.row === row)?.verdict ?? 'ok']

const Standby = ({ report, row, place }: { report: ProbeReport; row: Row; place: number }) => {
  const tone = toneOfRow(report, place)
  return (
    <li className="topology-stream">
      <span className="topology-line" data-tone={tone}>
        <span>
          {bytes(row.replayBehind)}
          {seconds(row.replayLag)}
        </span>
        <span>{words(row.syncState)}</span>
      </span>
      <span className="topology-node" data-tone={tone}>
        <span>
          <span className="dot" data-tone={tone} /> <b>{words(row.name)}</b> {words(row.kind)}
        </span>
        <span className="dim">
          {words(row.address)}
          {row.slot === null ? ' · no slot' : ` · slot ${words(row.slot)}`}
        </span>
      </span>
    </li>
  )
}

/** The server of this session, where its WAL comes from, and who gets it. */
export const Topology = ({ run }: { run: OperationsRun }) => {
  const { server } = useSession()
  const standbys = run.reports.find(({ id }) => id === 'standbys')
  const receiver = run.reports.find(({ id }) => id === 'receiver')
  const received = receiver?.rows[0]
  const streams = standbys?.rows ?? []
  const { host, port } = server.host
  return (
    <section className="topology" aria-label="Primary and standbys">
      {received !== undefined && (
        <span className="topology-stream">
          <span className="topology-node">
            <span>
              <b>{words(received.sender) || 'no sender'}</b>
            </span>
            <span className="dim">{words(received.status) || 'nothing is received'}</span>
          </span>
          <span className="topology-line" data-tone={toneOf[receiver?.verdict ?? 'ok']}>
            <span>
              {bytes(received.replayBehind)}
              {seconds(received.secondsBehind)}
            </span>
            <span>behind</span>
          </span>
        </span>
      )}
      <span className="topology-node" data-self>
        <span>
          <span className="dot" data-tone="ok" /> <b>{host}</b>:{port}{' '}
          {run.server.inRecovery ? 'standby' : 'primary'}
        </span>
        <span className="dim">
          {server.version}
          {run.server.timeline === null ? '' : ` · timeline ${run.server.timeline}`}
        </span>
      </span>
      {standbys !== undefined && standbys.verdict !== 'not-checked' && (
        <ul className="topology-streams">
          {streams.map((row, place) => (
            <Standby key={String(row.pid)} report={standbys} row={row} place={place} />
          ))}
          {streams.length === 0 && <li className="dim topology-none">nobody streams from it</li>}
        </ul>
      )}
    </section>
  )
}

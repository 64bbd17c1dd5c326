import type { RawBuilder } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import {
  type FindingWaiver,
  type OperationsRun,
  type OperationsRunInput,
  type ProbeAbout,
  type ProbeFinding,
  type ProbeReport,
  type SetThresholdsInput,
  type Threshold,
  type ThresholdValues,
  verdicts,
  worstOf,
} from '../../shared/operations.ts'
import type { Session } from '../session/session.ts'
import { hideSecrets } from './hide-secrets.ts'
import { counted } from './judging.ts'
import { grantMonitor, missingNeeds } from './needs.ts'
import { type Finding, type Judgement, type Need, type Probe, rowLimit } from './probe.ts'
import { probes } from './probes.ts'
import { readServer, type Server } from './server.ts'
import { findingKey, readWaivers, waiverTable } from './waivers.ts'

/** What a finding of these probes says may be meant so, and somebody may accept it. */
const waivedSection = 'security'
/** Milliseconds after which a probe counts as slow, and is asked less often. */
const slow = 250
/** Share of the time that a slow probe may take. */
const slowShare = 1 / 40
/** Milliseconds that the server gets for an answer, where the probe says nothing else. */
const usualTimeout = 5000

/** The thresholds of a probe, with the values that hold for a connection. */
export const thresholdsOf = ({ id, thresholds }: Probe, values: ThresholdValues): Record<string, Threshold> =>
  Object.fromEntries(
    Object.entries(thresholds).map(([key, data]) => [
      key,
      { key, ...data, value: values[`${id}.${key}`] ?? data.standard },
    ]),
  )

/** What there is to ask, with the thresholds that hold for a connection. */
export const describeProbes = (values: ThresholdValues): ProbeAbout[] =>
  probes.map((probe) => ({
    id: probe.id,
    title: probe.title,
    about: probe.about,
    section: probe.section,
    cadence: probe.cadence,
    interval: probe.interval,
    thresholds: Object.values(thresholdsOf(probe, values)),
    columns: Object.entries(probe.columns).map(([key, { title, kind, note = null, isHidden = false }]) => ({
      key,
      title,
      kind,
      note,
      isHidden,
    })),
  }))

/**
 * A connection's own thresholds with those of one probe changed; what is as by default is not kept.
 * @throws ConsoleError NOT_FOUND for a probe or a threshold that there is not
 */
export const withThresholds = (
  values: ThresholdValues,
  { probe: id, values: changes }: SetThresholdsInput,
): ThresholdValues => {
  const probe = probes.find((one) => one.id === id)
  if (probe === undefined) throw noSuchProbe(id)
  const changed = new Map(Object.entries(values))
  for (const [key, value] of Object.entries(changes)) {
    const data = probe.thresholds[key]
    if (data === undefined) {
      throw new ConsoleError(
        'NOT_FOUND',
        `The probe "${id}" has no threshold "${key}".`,
        'Read the list anew.',
      )
    }
    if (value === null || value === data.standard) changed.delete(`${id}.${key}`)
    else changed.set(`${id}.${key}`, value)
  }
  return Object.fromEntries(changed)
}

const statementOf = ({ id, sql }: Probe, server: Server): RawBuilder<unknown> => {
  const since = Math.max(
    ...Object.keys(sql)
      .map(Number)
      .filter((major) => major <= server.major),
  )
  // Older servers than any it was written for: the oldest words are the likeliest to fit.
  const found = sql[since] ?? Object.values(sql)[0]
  if (found === undefined) throw new Error(`the probe ${id} has no statement`)
  return typeof found === 'function' ? found(server) : found
}

/** Waivers of this server by `findingKey`; null: nobody can write any down. */
type Waivers = ReadonlyMap<string, FindingWaiver> | null

const whole =
  ({ id, section }: Probe, waivers: Waivers) =>
  ({ row = null, threshold = null, remedies = [], ...finding }: Finding): ProbeFinding => {
    const { verdict, text } = finding
    const isWaivable =
      section === waivedSection && waivers !== null && (verdict === 'warn' || verdict === 'critical')
    return {
      ...finding,
      row,
      threshold,
      remedies: [...remedies],
      waiver: (isWaivable && waivers.get(findingKey(id, text))) || null,
      isWaivable,
    }
  }

const withoutSecrets = ({ columns }: Probe, row: ProbeReport['rows'][number]): ProbeReport['rows'][number] =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      columns[key]?.kind === 'sql' && typeof value === 'string' ? hideSecrets(value) : value,
    ]),
  )

/** What nobody accepts comes first. */
const worstFirst = (findings: readonly ProbeFinding[]): ProbeFinding[] =>
  findings.toSorted(
    (one, other) =>
      Number(one.waiver !== null) - Number(other.waiver !== null) ||
      verdicts.indexOf(other.verdict) - verdicts.indexOf(one.verdict),
  )

/** The end of the session, or of the caller's patience, ends the run; whatever else goes wrong is one probe's. */
const endsTheRun = ({ code }: ConsoleError): boolean =>
  code === 'CANCELLED' || code === 'CONNECTION_LOST' || code === 'SESSION_LOST' || code === 'SESSION_CLOSED'

const failed = (error: ConsoleError, server: Server): Judgement => {
  if (error.code === 'PERMISSION_DENIED') {
    const { message } = error
    return {
      summary: 'Not checked: a right is missing.',
      findings: [{ verdict: 'not-checked', text: message, remedies: [grantMonitor(server)] }],
    }
  }
  // What pg_stat_statements says where the server does not load it: object_not_in_prerequisite_state.
  if (error.sqlstate === '55000') {
    return {
      summary: `Not checked: ${error.message}`,
      findings: [
        {
          verdict: 'not-checked',
          text: error.message,
          remedies: [
            {
              text: 'Add it to shared_preload_libraries, and restart the server.',
              sql: "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements';",
            },
          ],
        },
      ],
    }
  }
  return {
    summary: 'The server gave no answer.',
    findings: [{ verdict: 'unknown', text: error.message, remedies: [{ text: error.remedy, sql: null }] }],
  }
}

/** The state of the server by its own views: one probe a question, `probes/`. */
export const createOperations = (
  session: Pick<Session, 'database'>,
  { onRun = () => undefined }: { onRun?: (run: OperationsRun) => void } = {},
) => {
  const { database } = session
  let ownTransactions = 0

  const ask = async (
    probe: Probe,
    server: Server,
    values: ThresholdValues,
    signal: AbortSignal,
  ): Promise<Judgement & { rows: ProbeReport['rows']; error?: ConsoleError }> => {
    const findings = missingNeeds(probe.needs, server)
    if (findings.length > 0) {
      return { summary: `Not checked: ${findings[0]?.text ?? ''}`, findings, rows: [] }
    }
    try {
      ownTransactions += 1
      const rows = await database.query(statementOf(probe, server), {
        signal,
        timeout: probe.timeout ?? usualTimeout,
      })
      return probe.judge(rows, { server, thresholds: thresholdsOf(probe, values) })
    } catch (error) {
      if (!(error instanceof ConsoleError) || endsTheRun(error)) throw error
      return { ...failed(error, server), rows: [], error }
    }
  }

  const report = async (
    probe: Probe,
    server: Server,
    values: ThresholdValues,
    waivers: Waivers,
    signal: AbortSignal,
  ): Promise<ProbeReport> => {
    const started = performance.now()
    const ranAt = new Date().toISOString()
    const { summary, findings: found, rows, error } = await ask(probe, server, values, signal)
    const milliseconds = performance.now() - started
    const findings = worstFirst(found.map(whole(probe, waivers)))
    const accepted = findings.filter(({ waiver }) => waiver !== null).length
    return {
      id: probe.id,
      verdict: worstOf(findings.flatMap(({ verdict, waiver }) => (waiver === null ? verdict : []))),
      summary: accepted === 0 ? summary : `${summary} ${counted(accepted, 'finding')} accepted.`,
      findings,
      rows: rows.slice(0, rowLimit).map((row) => withoutSecrets(probe, row)),
      isCut: rows.length > rowLimit,
      ranAt,
      milliseconds,
      waitSeconds:
        milliseconds > slow ? Math.max(probe.interval, milliseconds / 1000 / slowShare) : probe.interval,
      error: error?.toShape() ?? null,
    }
  }

  return {
    list: async ({ thresholds }: { thresholds: ThresholdValues }): Promise<ProbeAbout[]> =>
      describeProbes(thresholds),

    /** One after the other: whoever looks at a server in trouble must not add to it. */
    async run(
      { ids, thresholds }: OperationsRunInput & { thresholds: ThresholdValues },
      signal: AbortSignal,
    ): Promise<OperationsRun> {
      const wanted = [...new Set(ids)].map((id) => {
        const found = probes.find((probe) => probe.id === id)
        if (found === undefined) throw noSuchProbe(id)
        return found
      })
      ownTransactions += 1
      const needs = wanted.flatMap(({ needs, wants = [] }) => [...needs, ...wants])
      const isWaived = wanted.some(({ section }) => section === waivedSection)
      const where: Need[] = isWaived ? [{ kind: 'relation', name: waiverTable }] : []
      const facts = await readServer(database, [...needs, ...where], signal)
      const waivers = facts.has.has(waiverTable) && isWaived ? await readWaivers(database, signal) : null
      const reports: ProbeReport[] = []
      for (const probe of wanted) {
        reports.push(await report(probe, { ...facts, ownTransactions }, thresholds, waivers, signal))
      }
      const { inRecovery, timeline, systemIdentifier, startedAt } = facts
      const run = { server: { inRecovery, timeline, systemIdentifier, startedAt }, reports }
      onRun(run)
      return run
    },
  }
}

const noSuchProbe = (id: string): ConsoleError =>
  new ConsoleError('NOT_FOUND', `There is no probe "${id}".`, 'Take one of the list of probes.')

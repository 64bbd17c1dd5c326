import { styleText } from 'node:util'
import { ConsoleError } from '../../shared/errors.ts'
import {
  cadences,
  type ProbeAbout,
  type ProbeReport,
  type Verdict,
  verdicts,
  worstOf,
} from '../../shared/operations.ts'
import { usageError } from '../api/start-options.ts'
import { createOperations } from '../operations/operations.ts'
import { homeFolder } from '../session/home.ts'
import { openHeadlessSession, targetHelp, targetOptions } from './headless-session.ts'
import { parseWords } from './migrate/words.ts'

/** What `viruj-console doctor` ends with, for schedulers. 1: it could not be asked. */
const exitCodes: Record<Verdict, number> = { ok: 0, warn: 2, critical: 3, unknown: 4, 'not-checked': 5 }

export const doctorHelp = `  --cadence NAME     Probes of this cadence only: ${cadences.join(', ')}. Once for each.
  --probe ID         This probe only. Once for each. --json lists all ids.
  --statements       With --json: with the statements of sessions, which may hold personal data.
  --json             Print reports with findings, rows and thresholds as JSON.
${targetHelp}
  Thresholds are those of the connection. Ends by the worst verdict: 0 ok, 2 warn, 3 critical,
  4 unknown, 5 not checked, for want of a right; 1: the server could not be asked.`

const endSignals = ['SIGINT', 'SIGTERM'] as const

const options = {
  ...targetOptions,
  cadence: { type: 'string', multiple: true },
  probe: { type: 'string', multiple: true },
  statements: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

const colours = {
  ok: 'green',
  'not-checked': 'gray',
  unknown: 'magenta',
  warn: 'yellow',
  critical: 'red',
} as const satisfies Record<Verdict, string>

const width = Math.max(...verdicts.map((verdict) => verdict.length))

/** Colours where it is a terminal, and nobody asked for none with NO_COLOR. */
const shown = (verdict: Verdict): string =>
  styleText(colours[verdict], verdict.replace('-', ' ').padEnd(width), { stream: process.stdout })

const textOf = (
  probe: ProbeAbout,
  { verdict, summary, findings }: ProbeReport,
  titleWidth: number,
): string => {
  const indent = ' '.repeat(width + titleWidth + 4)
  const told = findings
    .filter((finding) => finding.text !== summary && !summary.endsWith(finding.text))
    .slice(0, 20)
    .map(
      ({ verdict: each, text, waiver }) =>
        `${indent}${waiver !== null ? `accepted until ${waiver.until} by ${waiver.by}: ` : each === verdict ? '' : `${each}: `}${text}`,
    )
  const sql = findings.flatMap(({ remedies, waiver }) =>
    (waiver === null ? remedies : []).flatMap((one) => (one.sql === null ? [] : [one.sql])),
  )
  const more = findings.length > 20 ? [`${indent}… and ${findings.length - 20} more`] : []
  return [
    `${shown(verdict)}  ${probe.title.padEnd(titleWidth)}  ${summary}`,
    ...told,
    ...more,
    ...[...new Set(sql)].slice(0, 5).map((one) => `${indent}> ${one}`),
  ].join('\n')
}

/** What people typed stays on the server, unless it is asked for: logs of schedulers keep what is printed. */
const withoutStatements = (report: ProbeReport, { columns }: ProbeAbout): ProbeReport => {
  const hidden = new Set(columns.filter(({ kind }) => kind === 'sql').map(({ key }) => key))
  return {
    ...report,
    rows: report.rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => !hidden.has(key))),
    ),
  }
}

/** `viruj-console doctor`. */
export const doctorCommand = async (words: string[]): Promise<void> => {
  const { values } = parseWords(words, options)
  const wrong = (values.cadence ?? []).find((name) => !cadences.some((cadence) => cadence === name))
  if (wrong !== undefined) throw usageError(`--cadence takes ${cadences.join(', ')}, not "${wrong}".`)
  const stop = new AbortController()
  const abort = () => stop.abort()
  for (const name of endSignals) process.once(name, abort)
  const session = await openHeadlessSession({
    home: values.home ?? homeFolder(),
    profile: values.profile,
    confirm: values.confirm,
    environment: process.env,
    signal: stop.signal,
  })
  try {
    const operations = createOperations(session)
    const { thresholds } = session.profile
    const all = await operations.list({ thresholds })
    const named = new Set(all.flatMap(({ id, thresholds: its }) => its.map(({ key }) => `${id}.${key}`)))
    const misspelt = Object.keys(thresholds).find((name) => !named.has(name))
    if (misspelt !== undefined) {
      throw new ConsoleError(
        'INVALID_INPUT',
        `The connection has a value for "${misspelt}", and no probe has such a threshold.`,
        'Correct the name: docs/operations.md lists them all.',
      )
    }
    const wanted = all.filter(
      ({ id, cadence }) =>
        (values.cadence?.includes(cadence) ?? true) && (values.probe?.includes(id) ?? true),
    )
    const strange = (values.probe ?? []).find((id) => !all.some((probe) => probe.id === id))
    if (strange !== undefined) throw usageError(`There is no probe "${strange}".`)
    if (wanted.length === 0) throw usageError('No probe has this id and this cadence.')
    const { server, reports } = await operations.run(
      { ids: wanted.map(({ id }) => id), thresholds },
      stop.signal,
    )
    const pairs = wanted.flatMap((probe) => {
      const report = reports.find(({ id }) => id === probe.id)
      return report === undefined ? [] : [{ probe, report }]
    })
    const verdict = worstOf(reports.map((report) => report.verdict))
    if (values.json) {
      const { host, database, version } = session.state().server
      const told = pairs.map(({ probe, report }) => ({
        title: probe.title,
        section: probe.section,
        cadence: probe.cadence,
        ...(values.statements ? report : withoutStatements(report, probe)),
      }))
      console.log(
        JSON.stringify({ verdict, server: { ...host, database, version, ...server }, reports: told }),
      )
    } else {
      const titleWidth = Math.max(...wanted.map(({ title }) => title.length))
      for (const { probe, report } of pairs) console.log(textOf(probe, report, titleWidth))
    }
    process.exitCode = exitCodes[verdict]
  } finally {
    for (const signal of endSignals) process.off(signal, abort)
    await session.close('user')
  }
}

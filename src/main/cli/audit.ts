import { resolve } from 'node:path'
import { renderUnicodeCompact } from 'uqr'
import type { TrailCheck } from '../../shared/audit-check.ts'
import { paperSeal, type TrailReport } from '../../shared/audit-trail.ts'
import { toErrorShape } from '../../shared/errors.ts'
import { usageError } from '../api/start-options.ts'
import { showPackage } from '../audit/evidence/open-package.ts'
import { createTrail } from '../audit/trail/trail.ts'
import type { ShownPackage } from '../audit/trail/verify.ts'
import { homeFolder } from '../session/home.ts'
import type { Session } from '../session/session.ts'
import { exportEvidence, exportOptions, exportText, printKey } from './audit-export.ts'
import { initAudit } from './audit-init.ts'
import { retiredText, retireMonth, retireOptions, retireText } from './audit-retire.ts'
import { openHeadlessSession, targetHelp, targetOptions } from './headless-session.ts'
import { millisecondsOf, parseWords, reasonOf } from './migrate/words.ts'

/** What `viruj-console audit` ends with, for schedulers. */
const exitCodes = { clean: 0, error: 1, unsealed: 2, broken: 3, warning: 4, retired: 5 } as const

export const auditHelp = `  status             Which tables are recorded, and how.
  seal               Seal what was recorded since the last seal.
  verify             Whether everything is as it was recorded and sealed.
  paper              The last seal to print and keep: as text, and as a code to scan.
  check              Whether everything is recorded, and rows are as the trail says.
  export             Write evidence to a file that others verify with Node alone. It holds personal
                     data as it was recorded, and the trail records that it was made.
  key                Fingerprint of the key that signs evidence. Made at first use.
  init               Make the trail in a database of others, as a superuser. With --dry-run: print the SQL.
  maintain           Make the months ahead. Sealing does it, too.
  retire             Let a month of the trail go, once a package of evidence holds all of it.
  snapshot [TABLE]   Record the rows of a table, or of all, once more: before months go.
  track TABLE        Record a table from now on. untrack TABLE: no longer.
  --every T          seal: again and again, such as 30s or 1min, until it is stopped.
  --since N          verify: begin after this seal; what is older was verified before.
  --expect N:HEX     verify, retire: a seal as it was published elsewhere. Once for each.
  --from T, --to T   export: the seals of a period, such as 2026-11-01 or 2026-11-01T06:00:00+05:30.
  --seals A..B       export: these seals with all their events.
  --table S.T        export: with --row, the history of one row. That proves what is in it,
  --row KEY          not that it is everything.
  --out FILE         export: a file that is not there yet, such as evidence.zip.
  --unsigned         export: without a signature, where the keychain has no key. retire: take one.
  --month YYYY-MM    retire: this month, by UTC, the oldest that there is.
  --package FILE     retire: evidence that holds the month. verify: of a retired month. Once for each.
  --key HEX          retire: fingerprint of a key that may have signed it, beside this console's.
  --dry-run          retire: only tell what would go. init: print the SQL.
  --ahead N          maintain: months from now (12).
  --reason-required  track: refuse changes without a reason.
  --secret COLUMN    track: keep this column's length and digest only. Once for each.
  --reason TEXT      Why, for the trail. Wanted by init, track, untrack, snapshot, export and retire.
  --json             Print the outcome as JSON.
${targetHelp}
  Ends with 0: clean, 1: error, 2: nothing is sealed yet, 3: the trail is broken (export: the
  file was made, and its verifier refuses it), 4: check has warnings only, 5: nothing contradicts
  the trail, and packages of retired months were not given.`

const none: string[] = []
const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const options = {
  ...targetOptions,
  json: { type: 'boolean', default: false },
  every: { type: 'string' },
  since: { type: 'string' },
  expect: { type: 'string', multiple: true, default: none },
  ahead: { type: 'string', default: '12' },
  'reason-required': { type: 'boolean', default: false },
  secret: { type: 'string', multiple: true, default: none },
  reason: { type: 'string' },
  ...exportOptions,
  ...retireOptions,
} as const

const parse = (words: string[]) => parseWords(words, options, { max: 1 })
type Values = ReturnType<typeof parse>['values']

type Place = {
  session: Session
  home: string
  trail: ReturnType<typeof createTrail>
  values: Values
  /** The word after the subcommand. */
  table: string | undefined
  signal: AbortSignal
  print: (outcome: unknown, text: string) => void
}

const seconds = (value: number): string =>
  value < 120 ? `${value.toFixed(0)} s` : `${(value / 60).toFixed(0)} min`
const count = (value: number, one: string, many = `${one}s`): string =>
  `${value.toLocaleString('en')} ${value === 1 ? one : many}`

/** The report in words, the verdict first. */
export const reportText = (report: TrailReport): string => {
  const { verdict, seals, events, head, tail, anchors, eras, listed, findings, since, retired } = report
  const lines = [
    {
      intact: `Intact: ${count(events, 'event')} below ${count(seals, 'seal')}${since === null ? '' : ` after seal ${since}`} are as they were sealed.`,
      broken: `BROKEN: ${count(findings, 'finding')}.`,
      unsealed: 'Nothing is sealed yet: nothing can be verified.',
      retired: `As sealed: ${count(events, 'event')} below ${count(seals, 'seal')}${since === null ? '' : ` after seal ${since}`}. NOT proven here: what was retired.`,
    }[verdict],
    ...retired.map(retiredText),
    ...listed.map(({ message }) => `  ${message}`),
    ...(findings > listed.length ? [`  … and ${count(findings - listed.length, 'more', 'more')}`] : []),
    ...(head === null ? [] : [`Last seal: ${head.sealNo}:${head.hash} of ${head.sealedAt}`]),
    tail.events === 0
      ? 'Every event is sealed.'
      : `Not sealed yet: ${count(tail.events, 'event')}, the oldest ${seconds(tail.age ?? 0)} old. Until then a change of them shows nowhere.`,
    anchors.checked === 0
      ? 'No seal was published before: who can rewrite all seals would not be noticed.'
      : `${count(anchors.checked, 'published seal')} compared, up to ${anchors.newest?.sealNo}.`,
    ...(eras.length > 1
      ? [`Eras: ${eras.map(({ sysid, fromSeal }) => `from seal ${fromSeal} cluster ${sysid}`).join(', ')}.`]
      : []),
  ]
  return lines.join('\n')
}

const checkText = ({ title, problems, severity }: TrailCheck): string =>
  [
    `${problems.length === 0 ? 'ok     ' : severity === 'fault' ? 'FAULT  ' : 'warning'}  ${title}`,
    ...problems.map((problem) => `           ${problem}`),
  ].join('\n')

const expected = (words: readonly string[]) =>
  words.map((word) => {
    const seal = paperSeal.safeParse(word)
    if (seal.success) return seal.data
    throw usageError('--expect takes the number of a seal and its hash, as verify prints them: 12:3f5a….')
  })

const tableOf = ({ table }: Place): string => {
  if (table !== undefined) return table
  throw usageError('Name the table, such as public.orders.')
}

const subcommands: Record<string, (place: Place) => Promise<number>> = {
  async status({ trail, signal, print }) {
    const tables = await trail.tracked(signal)
    print(
      tables,
      tables.length === 0
        ? 'No table is recorded.'
        : tables
            .map(({ schema, table, reasonRequired, secrets }) =>
              [
                `${schema}.${table}`,
                ...(reasonRequired ? ['reason required'] : []),
                ...(secrets.length === 0 ? [] : [`secret: ${secrets.join(', ')}`]),
              ].join('  '),
            )
            .join('\n'),
    )
    return exitCodes.clean
  },
  async seal({ trail, values, signal, print }) {
    const every = values.every === undefined ? null : millisecondsOf('every', values.every, 3_600_000)
    await trail.seal(every, signal, (seal) =>
      print(
        seal,
        `Seal ${seal.sealNo}:${seal.hash} ${seal.n === 0 ? 'is a heartbeat: no new events' : `over ${count(seal.n, 'event')}`}.`,
      ),
    )
    return exitCodes.clean
  },
  async verify({ trail, values, signal, print }) {
    const since = values.since ?? null
    if (since !== null && !/^[0-9]{1,18}$/.test(since))
      throw usageError('--since takes the number of a seal.')
    const packages: ShownPackage[] = []
    for (const file of values.package) packages.push(await showPackage(resolve(file), signal))
    const report = await trail.verify(
      { since, expected: expected(values.expect), packages },
      { signal, report: () => undefined },
    )
    print(report, reportText(report))
    const { verdict } = report
    const known = report.retired.flatMap((month) => month.packages.map(({ sha256 }) => sha256))
    const strange = values.package.filter((_, at) => !known.includes(packages[at]?.sha256 ?? ''))
    if (verdict !== 'broken' && strange.length > 0)
      throw usageError(`${strange.join(', ')}: of no month that was retired here, as the file is now.`)
    return verdict === 'intact' ? exitCodes.clean : exitCodes[verdict]
  },
  async paper({ trail, signal, print }) {
    const { where, seal } = await trail.lastSeal(signal)
    if (seal === null) {
      print(null, 'Nothing is sealed yet.')
      return exitCodes.unsealed
    }
    const text = `${seal.sealNo}:${seal.hash}`
    print(
      { ...seal, ...where },
      [
        renderUnicodeCompact(text, { border: 2 }),
        `Seal ${seal.sealNo} of ${where.database} at ${where.host}:${where.port}, ${seal.sealedAt}, cluster ${seal.sysid}`,
        text,
      ].join('\n'),
    )
    return exitCodes.clean
  },
  async check({ trail, signal, print }) {
    const checks = await trail.check(signal)
    print(checks, checks.map(checkText).join('\n'))
    const bad = checks.filter(({ problems }) => problems.length > 0)
    if (bad.length === 0) return exitCodes.clean
    return bad.some(({ severity }) => severity === 'fault') ? exitCodes.broken : exitCodes.warning
  },
  async export({ session, home, values, signal, print }) {
    const report = await exportEvidence(session, home, values, signal)
    print(report, exportText(report))
    return report.verdict === 'refused' ? exitCodes.broken : exitCodes.clean
  },
  async init({ session, values, signal, print }) {
    const { made, text } = await initAudit(
      session,
      { dryRun: values['dry-run'], reason: () => reasonOf(values.reason) },
      signal,
    )
    print({ made }, text)
    return exitCodes.clean
  },
  async retire({ session, home, values, signal, print }) {
    const report = await retireMonth(session, home, { ...values, expected: expected(values.expect) }, signal)
    print(report, retireText(report))
    return exitCodes.clean
  },
  async snapshot({ trail, table, values, signal, print }) {
    const taken = await trail.snapshot(table ?? null, reasonOf(values.reason), signal)
    print(
      taken,
      taken.length === 0
        ? 'No table is compared with its rows.'
        : taken.map((one) => `${one.table}: ${count(one.rows, 'row')} recorded.`).join('\n'),
    )
    return exitCodes.clean
  },
  async maintain({ trail, values, signal, print }) {
    if (!/^[0-9]{1,3}$/.test(values.ahead)) throw usageError('--ahead takes a number of months.')
    const made = await trail.maintain(Number(values.ahead), signal)
    print({ made }, made === 0 ? 'All months are there.' : `${count(made, 'month')} made.`)
    return exitCodes.clean
  },
  async track(place) {
    const { trail, values, signal, print } = place
    const name = tableOf(place)
    const rows = await trail.track(
      { name, reasonRequired: values['reason-required'], secrets: values.secret },
      reasonOf(values.reason),
      signal,
    )
    print(
      { table: name, rows },
      `${name} is recorded from now on, with a snapshot of its ${count(rows, 'row')}.`,
    )
    return exitCodes.clean
  },
  async untrack(place) {
    const name = tableOf(place)
    await place.trail.untrack(name, reasonOf(place.values.reason), place.signal)
    place.print({ table: name }, `${name} is no longer recorded. What was recorded stays.`)
    return exitCodes.clean
  },
}

const printer =
  ({ json }: Pick<Values, 'json'>) =>
  (outcome: unknown, text: string): void =>
    console.log(json ? JSON.stringify(outcome) : text)

const runSubcommand = async (name: string, words: string[]): Promise<number> => {
  if (name === 'key') {
    // The only one without a database.
    const { values } = parse(words)
    await printKey(values.home ?? homeFolder(), printer(values))
    return exitCodes.clean
  }
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  if (subcommand === undefined) {
    throw usageError(
      name === '' ? 'audit takes a subcommand, such as verify.' : `There is no "audit ${name}".`,
    )
  }
  const { values, positionals } = parse(words)
  const home = values.home ?? homeFolder()
  const stop = new AbortController()
  const abort = () => stop.abort()
  for (const signal of endSignals) process.once(signal, abort)
  const session = await openHeadlessSession({
    home,
    profile: values.profile,
    confirm: values.confirm,
    environment: process.env,
    signal: stop.signal,
  })
  try {
    return await subcommand({
      session,
      home,
      trail: createTrail(session, { home }),
      values,
      table: positionals[0],
      signal: stop.signal,
      print: printer(values),
    })
  } finally {
    for (const signal of endSignals) process.off(signal, abort)
    await session.close('user')
  }
}

/** `viruj-console audit …`. Sets the exit code; an error is printed where the outcome would be, with --json. */
export const auditCommand = async ([name = '', ...words]: string[]): Promise<void> => {
  try {
    process.exitCode = await runSubcommand(name, words)
  } catch (error) {
    const shape = toErrorShape(error)
    process.exitCode = exitCodes.error
    if (words.includes('--json')) console.log(JSON.stringify({ error: shape }))
    else console.error(`${shape.message} ${shape.remedy}`)
  }
}

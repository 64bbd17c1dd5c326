import type { GatedStatement, GateFinding } from '../../../shared/migrations.ts'
import { lockModes } from '../../../shared/migrations.ts'
import type { SqlStatement } from '../statements.ts'
import { adviceFor } from './advice.ts'
import type { Figures, Known } from './known.ts'
import { blocksReads, blocksWrites } from './lock-modes.ts'
import { type RuleId, rules } from './rules.ts'
import type { Touched, Verdict } from './verdict.ts'
import { type Severity, waitText, weighLock, weighWork, worst } from './weigh.ts'
import { listText, sizeText } from './words.ts'

type Weighed = {
  key: string
  severity: Severity
  figures: Figures | undefined
  touched: Touched
  why: string
}

export const finding = (
  rule: RuleId,
  severity: Severity,
  line: number | null,
  detail: string,
): GateFinding => ({ rule, severity, line, title: rules[rule], detail })

const figuresText = ({ key, figures, touched }: Weighed): string => {
  const size = figures === undefined ? 'size not known' : sizeText(figures.bytes)
  const writes = figures?.writesPerSecond ?? null
  const traffic =
    writes === null ? 'traffic not known' : `${writes.toFixed(writes < 10 ? 1 : 0)} writes a second`
  return `${key} (${size}, ${traffic}): ${waitText(touched.mode)}`
}

/** One finding for each kind of work, whatever the number of partitions. */
const workFindings = (touched: [string, Touched][], line: number, known: Known): GateFinding[] => {
  const byRule = new Map<RuleId, Weighed[]>()
  for (const [key, each] of touched) {
    if (each.oid === null) continue
    const figures = known.figures.get(each.oid)
    for (const { rule, why } of each.works) {
      // TRUNCATE and plain reading say what there is to say elsewhere.
      if (rule === 'destructive' || rule === 'reads-rows') continue
      const severity = weighWork(figures, each.mode)
      byRule.set(rule, [...(byRule.get(rule) ?? []), { key, severity, figures, touched: each, why }])
    }
  }
  return [...byRule].map(([rule, all]) => {
    const severity = worst(all.map((each) => each.severity))
    const whys = [...new Set(all.map(({ why }) => why))].slice(0, 2).join(' ')
    const sorted = all.toSorted((a, b) => (b.figures?.bytes ?? 0) - (a.figures?.bytes ?? 0))
    const where = listText([...new Set(sorted.map(figuresText))])
    const advice = severity === 'ok' ? '' : adviceFor(rule, known.versionNumber)
    return finding(
      rule,
      severity,
      line,
      [`${whys} ${where}.`, advice].filter((text) => text !== '').join(' '),
    )
  })
}

/** Tables that are locked for a moment only, and who waits for that. */
const lockFindings = (touched: [string, Touched][], line: number, known: Known): GateFinding[] => {
  const idle = touched.filter(
    ([, { oid, works, mode }]) =>
      oid !== null && blocksWrites(mode) && works.every(({ rule }) => rule === 'reads-rows'),
  )
  const groups = [
    ['blocks-reads', idle.filter(([, { mode }]) => blocksReads(mode))],
    ['blocks-writes', idle.filter(([, { mode }]) => !blocksReads(mode))],
  ] as const
  return groups.flatMap(([rule, members]) => {
    if (members.length === 0) return []
    const severity = worst(
      members.map(([, { oid, mode }]) => weighLock(oid === null ? undefined : known.figures.get(oid), mode)),
    )
    const names = listText(members.map(([key]) => key))
    const who = rule === 'blocks-reads' ? 'who reads or writes' : 'who writes'
    const detail = `${names}: ${who} waits from here until the transaction ends, and so does whoever queues behind. There is nothing long to do.`
    return [finding(rule, severity, line, detail)]
  })
}

/** A statement's verdict with the sizes and traffic of what it touches. */
export const describeStatement = (
  statement: SqlStatement,
  verdict: Verdict,
  known: Known,
): GatedStatement => {
  const touched = [...verdict.touched].toSorted(
    ([, a], [, b]) => lockModes.indexOf(b.mode) - lockModes.indexOf(a.mode),
  )
  const works = touched.flatMap(([, each]) => (each.oid === null ? [] : each.works))
  const { line, sql } = statement
  return {
    line,
    sql,
    locks: touched.map(([relation, { oid, mode }]) => {
      const figures = oid === null ? undefined : known.figures.get(oid)
      return {
        relation,
        mode,
        bytes: figures?.bytes ?? null,
        writesPerSecond: figures?.writesPerSecond ?? null,
      }
    }),
    rewrites: works.some(({ kind }) => kind === 'rewrite'),
    scans: works.some(({ kind }) => kind === 'scan'),
    findings: [
      ...verdict.said.map(({ rule, severity, detail }) => finding(rule, severity, line, detail)),
      ...workFindings(touched, line, known),
      ...lockFindings(touched, line, known),
    ],
  }
}

import { type AuditFilters, type AuditTimeline, noAuditFilters } from '../../src/shared/audit.ts'
import { auditRowFilters } from '../../src/shared/audit-row-filters.ts'
import type { RowCursor, RowSort } from '../../src/shared/rows.ts'
import { makeAuditLog } from './audit-log.ts'
import { type Figure, type Measurement, median, milliseconds, timed } from './figure.ts'
import { type Host, openHost } from './host.ts'

const limit = { time: 150, ratio: 1.3 }
const rounds = 5
const newestFirst: RowSort[] = [{ column: 'ts', direction: 'desc' }]
const day = 86_400_000
const ago = (days: number): string => new Date(Date.now() - days * day).toISOString()
const hours = { zone: 'Asia/Kolkata', days: [1, 2, 3, 4, 5], from: '08:00', to: '19:00' }
const allTime = { from: null, to: null }

type Period = { from: string | null; to: string | null }
/**
 * What a screen asks for, the newest events first. Lists hold against the first page of 1,000 events, what shows one thing against itself there;
 * what counts the events of a period has that many more to count.
 */
type Screen = { what: string; kind: 'list' | 'one' | 'count'; open: () => Promise<unknown> }

const screensOf = async (host: Host, events: number): Promise<Screen[]> => {
  const [relation] = await host.ask<{ oid: string }[]>('catalog.search', { text: 'audit_logs', limit: 1 })
  if (relation === undefined) throw new Error('There is no audit log.')
  const page = (period: Period, filters: Partial<AuditFilters> = {}, from: RowCursor | null = null) =>
    host.page(relation.oid, from, {
      filters: auditRowFilters(period, { ...noAuditFilters, ...filters }),
      sort: newestFirst,
    })
  const month = { from: ago(30), to: null }
  const users = { schema: 'public', table: 'users' }
  const seldom = { schema: 'public', table: 'plant_access' }
  const deep: RowCursor = [ago(690), '0']
  const row = String(Math.floor(events / 320))
  const figures = (
    procedure: string,
    period: Period,
    filters: Partial<AuditFilters>,
    more: Record<string, unknown>,
  ) => host.ask<AuditTimeline>(procedure, { ...period, filters: { ...noAuditFilters, ...filters }, ...more })
  const timeline = (period: Period, part: { first: number; last: number } | null) =>
    figures('audit.timeline', period, {}, { buckets: 90, part })
  const unusual = (period: Period) =>
    host.ask('audit.unusual', { ...period, bulk: 100, hours }).catch((error: unknown) => {
      // It is given up after its limit, and the screen says so: that is the time it takes.
      if (!String(error).includes('STATEMENT_TIMEOUT')) throw error
    })
  return [
    { kind: 'list', what: 'first page, all time', open: () => page(allTime) },
    { kind: 'list', what: 'first page, 30 days', open: () => page(month) },
    { kind: 'list', what: 'page at 95 % depth', open: () => page(allTime, {}, deep) },
    { kind: 'list', what: 'a table', open: () => page(allTime, { tables: [users] }) },
    { kind: 'list', what: 'a table seldom changed', open: () => page(allTime, { tables: [seldom] }) },
    { kind: 'list', what: 'a busy person', open: () => page(allTime, { actors: ['person-1'] }) },
    { kind: 'list', what: 'a person seldom there', open: () => page(allTime, { actors: ['person-rare'] }) },
    { kind: 'list', what: 'changes of the schema, 30 days', open: () => page(month, { ops: ['DDL'] }) },
    { kind: 'list', what: 'a row', open: () => page(allTime, { tables: [users], row }) },
    { kind: 'one', what: 'biography of a row', open: () => host.ask('audit.biography', { ...users, row }) },
    {
      kind: 'one',
      what: 'days of a person seldom there',
      open: () => figures('audit.days', allTime, { actors: ['person-rare'] }, { zone: hours.zone }),
    },
    { kind: 'one', what: 'integrity', open: () => host.ask('trail.state', {}) },
    {
      kind: 'count',
      what: 'days of a busy person, 30 days',
      open: () => figures('audit.days', month, { actors: ['person-1'] }, { zone: hours.zone }),
    },
    { kind: 'count', what: 'time line, 30 days', open: () => timeline(month, null) },
    {
      kind: 'count',
      what: 'time line, newest part of all time',
      open: () => timeline(allTime, { first: 75, last: 89 }),
    },
    { kind: 'count', what: 'time line, all time', open: () => timeline(allTime, null) },
    { kind: 'count', what: 'facets, 30 days', open: () => host.ask('audit.facets', month) },
    { kind: 'count', what: 'facets, all time', open: () => host.ask('audit.facets', allTime) },
    {
      kind: 'count',
      what: 'unusual activity, 30 days',
      open: () => unusual(month),
    },
    {
      kind: 'count',
      what: 'unusual activity, all time',
      open: () => unusual(allTime),
    },
  ]
}

/** What the audit log's screens ask the server for, as a reviewer, on logs of three sizes that take turns. */
export const figure: Figure = {
  id: 'audit-screens',
  limit: `<= ${limit.time} ms; lists <= ${limit.ratio}`,
  async run(stand) {
    const large = stand.scale * 1_000_000
    await using stack = new AsyncDisposableStack()
    const open = async (events: number): Promise<Screen[]> =>
      screensOf(stack.use(await openHost(stack.use(await makeAuditLog(stand, events)))), events)
    const [tiny, small, big] = [await open(1000), await open(large / 10), await open(large)]
    const firstOfTiny = tiny[0]
    const measurements: Measurement[] = []
    for (const [at, { what, kind, open: ofBig }] of big.entries()) {
      const peer = kind === 'list' ? firstOfTiny : tiny[at]
      const times: { big: number[]; small: number[]; tiny: number[] } = { big: [], small: [], tiny: [] }
      for (let round = -1; round < rounds; round += 1) {
        const taken = {
          big: await timed(ofBig),
          small: await timed(async () => small[at]?.open()),
          tiny: await timed(async () => peer?.open()),
        }
        // The first round gets everything warm.
        if (round >= 0) for (const size of ['big', 'small', 'tiny'] as const) times[size].push(taken[size])
      }
      const time = median(times.big)
      const ofTiny = median(times.tiny)
      const ratio = kind === 'count' ? null : time / ofTiny
      measurements.push({
        what: `${what}, ${large / 1_000_000} M events`,
        measured: `${milliseconds(time)}; exponent from a tenth ${Math.log10(time / median(times.small)).toFixed(2)}`,
        peer: ratio === null ? null : `1,000 events ${milliseconds(ofTiny)}`,
        ratio,
        holds: time <= limit.time && (ratio === null || ratio <= limit.ratio),
      })
    }
    return measurements
  },
}

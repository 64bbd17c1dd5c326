import type { RawBuilder } from 'kysely'
import type { z } from 'zod'
import type {
  Cadence,
  ProbeCell,
  ProbeFinding,
  Quantity,
  Remedy,
  Threshold,
} from '../../shared/operations.ts'
import type { Server } from './server.ts'

/** What the role needs, or has to be there. Where it is missing the probe is not run, and not called well. */
export type Need =
  | { kind: 'role'; name: 'pg_read_all_stats' | 'pg_stat_scan_tables' }
  | { kind: 'extension'; name: string }
  /** `schema.name`, read as a whole. */
  | { kind: 'relation'; name: string }
  /** As `regprocedure` takes it, with its schema. */
  | { kind: 'function'; name: string }
  | { kind: 'version'; since: number }

type Column = {
  title: string
  kind: Quantity
  note?: string
  isHidden?: boolean
}

type ThresholdData = Pick<Threshold, 'title' | 'unit' | 'verdict'> & { standard: number }

/** A finding as a probe words it; what it leaves out is null or empty. */
export type Finding = Pick<ProbeFinding, 'verdict' | 'text'> &
  Partial<Pick<ProbeFinding, 'row' | 'threshold'>> & { remedies?: readonly Remedy[] }

export type Judgement = { summary: string; findings: readonly Finding[] }

/** What a verdict may look at besides the rows. */
export type Judging<Key extends string> = {
  server: Server
  thresholds: Readonly<Record<Key, Threshold>>
}

/** One statement of the server; alike for all versions, or since a major one. */
export type ProbeSql = RawBuilder<unknown> | ((server: Server) => RawBuilder<unknown>)

/**
 * One question to the server: what it asks, what it shows, and when that is well. Data, from which the API, the screens, `doctor` and the
 * table of docs/operations.md are made. Adding one means adding a file and its line in `probes.ts`.
 */
export type ProbeData<Row extends Record<string, ProbeCell>, Key extends string> = {
  id: string
  title: string
  /** What it looks at, in one sentence. */
  about: string
  section: string
  cadence: Cadence
  /** Seconds between polls of a screen that shows it. */
  interval: number
  /** Milliseconds that the server gets to answer. */
  timeout?: number
  needs: readonly Need[]
  /** What it can do without: its statement and its verdict look at `server.has`. */
  wants?: readonly Need[]
  /**
   * By the first major version that each is for. They run with `search_path` pinned to `pg_catalog`. At most `rowLimit` rows are shown, so
   * that a statement that could find more asks for one more.
   */
  sql: Readonly<Record<number, ProbeSql>>
  row: z.ZodType<Row>
  /** Puts what was found into the order, and with the figures, that it is shown with. */
  arrange?: (rows: readonly Row[], server: Server) => Row[]
  columns: Readonly<Record<keyof Row & string, Column>>
  thresholds: Readonly<Record<Key, ThresholdData>>
  /** Pure. */
  judge(rows: readonly Row[], judging: Judging<Key>): Judgement
}

/** A probe in a list of probes, whose rows are known to itself only. */
export type Probe = Omit<
  ProbeData<Record<string, ProbeCell>, string>,
  'judge' | 'row' | 'arrange' | 'columns'
> & {
  columns: Readonly<Record<string, Column>>
  /** Fails where the server's rows are not as the probe says. */
  judge(rows: readonly unknown[], judging: Judging<string>): Judgement & { rows: Record<string, ProbeCell>[] }
}

/** Rows that a report holds at most. */
export const rowLimit = 500

export const defineProbe = <Row extends Record<string, ProbeCell>, Key extends string>({
  row,
  arrange = (rows) => [...rows],
  judge,
  ...data
}: ProbeData<Row, Key>): Probe => ({
  ...data,
  judge(found, judging) {
    const rows = arrange(
      found.map((one) => row.parse(one)),
      judging.server,
    )
    return { ...judge(rows, judging), rows }
  },
})

import { sql } from 'kysely'
import { z } from 'zod'
import { counted } from '../judging.ts'
import { defineProbe, type ProbeSql } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  backendType: z.string(),
  object: z.string(),
  context: z.string(),
  hits: z.number().nullable(),
  readBytes: z.number().nullable(),
  readTime: z.number().nullable(),
  writtenBytes: z.number().nullable(),
  writeTime: z.number().nullable(),
  extendedBytes: z.number().nullable(),
  evictions: z.number().nullable(),
  fsyncs: z.number().nullable(),
})

/** Since 18 an operation may be of several pages, and says its bytes. */
const statement = (major: number): ProbeSql => {
  const bytes = (counter: string, measured: string) =>
    major >= 18 ? sql.ref(`i.${measured}`) : sql`${sql.ref(`i.${counter}`)} * i.op_bytes`
  return sql`
    SELECT i.backend_type AS "backendType",
           i.object,
           i.context,
           i.hits::float8 AS "hits",
           (${bytes('reads', 'read_bytes')})::float8 AS "readBytes",
           i.read_time AS "readTime",
           (${bytes('writes', 'write_bytes')})::float8 AS "writtenBytes",
           i.write_time AS "writeTime",
           (${bytes('extends', 'extend_bytes')})::float8 AS "extendedBytes",
           i.evictions::float8 AS "evictions",
           i.fsyncs::float8 AS "fsyncs"
      FROM pg_stat_io AS i
     WHERE coalesce(i.reads, 0) + coalesce(i.writes, 0) + coalesce(i.extends, 0) + coalesce(i.hits, 0) > 0
     ORDER BY 5 DESC NULLS LAST
     ${shown}`
}

export const io = defineProbe({
  id: 'io',
  title: 'I/O',
  about: 'Who reads and writes, and whether sessions must do what the checkpointer is for.',
  section: 'server',
  cadence: 'daily',
  interval: 60,
  needs: [{ kind: 'version', since: 16 }],
  sql: { 16: statement(16), 18: statement(18) },
  row,
  columns: {
    backendType: { title: 'Who', kind: 'text' },
    object: { title: 'What', kind: 'text' },
    context: { title: 'How', kind: 'text' },
    hits: { title: 'Found in memory', kind: 'count' },
    readBytes: { title: 'Read', kind: 'bytes' },
    readTime: { title: 'Reading', kind: 'milliseconds', note: 'Where track_io_timing is on' },
    writtenBytes: { title: 'Written', kind: 'bytes' },
    writeTime: { title: 'Writing', kind: 'milliseconds', note: 'Where track_io_timing is on' },
    extendedBytes: { title: 'Extended', kind: 'bytes' },
    evictions: { title: 'Evictions', kind: 'count' },
    fsyncs: { title: 'Syncs', kind: 'count' },
  },
  thresholds: {},
  judge(rows) {
    // WAL is synced by whoever commits; relations are the checkpointer's.
    const syncing = rows.flatMap((one, index) =>
      one.backendType === 'client backend' && one.object === 'relation' && (one.fsyncs ?? 0) > 0
        ? [{ fsyncs: one.fsyncs ?? 0, index }]
        : [],
    )
    return {
      summary: `${counted(rows.length, 'kind')} of reading and writing since the counters began.`,
      findings: syncing.map(({ fsyncs, index }) => ({
        verdict: 'warn',
        text: `Sessions had to sync files themselves ${counted(fsyncs, 'time')}: the checkpointer’s queue was full.`,
        row: index,
        remedies: [
          { text: 'Faster storage, or a larger shared_buffers, whose size is that of the queue.', sql: null },
        ],
      })),
    }
  },
})

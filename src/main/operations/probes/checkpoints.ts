import { sql } from 'kysely'
import { z } from 'zod'
import { iso } from '../../session/iso.ts'
import { judged } from '../judging.ts'
import { defineProbe } from '../probe.ts'

const row = z.object({
  timed: z.number(),
  requested: z.number(),
  requestedPercent: z.number().nullable(),
  writeTime: z.number(),
  syncTime: z.number(),
  buffersCheckpoint: z.number(),
  buffersBackground: z.number(),
  buffersBackend: z.number().nullable(),
  resetAt: z.string().nullable(),
})

/** Since 17 checkpoints have a view of their own, and what backends write is in pg_stat_io. */
export const checkpoints = defineProbe({
  id: 'checkpoints',
  title: 'Checkpoints',
  about: 'Whether checkpoints come by the clock, or because WAL has no room.',
  section: 'server',
  cadence: 'daily',
  interval: 60,
  needs: [],
  sql: {
    14: sql`
      SELECT checkpoints_timed::float8 AS "timed",
             checkpoints_req::float8 AS "requested",
             (100.0 * checkpoints_req / nullif(checkpoints_timed + checkpoints_req, 0))::float8 AS "requestedPercent",
             checkpoint_write_time AS "writeTime",
             checkpoint_sync_time AS "syncTime",
             buffers_checkpoint::float8 AS "buffersCheckpoint",
             buffers_clean::float8 AS "buffersBackground",
             buffers_backend::float8 AS "buffersBackend",
             ${iso(sql`stats_reset`)} AS "resetAt"
        FROM pg_stat_bgwriter`,
    17: sql`
      SELECT c.num_timed::float8 AS "timed",
             c.num_requested::float8 AS "requested",
             (100.0 * c.num_requested / nullif(c.num_timed + c.num_requested, 0))::float8 AS "requestedPercent",
             c.write_time AS "writeTime",
             c.sync_time AS "syncTime",
             c.buffers_written::float8 AS "buffersCheckpoint",
             b.buffers_clean::float8 AS "buffersBackground",
             NULL::float8 AS "buffersBackend",
             ${iso(sql`c.stats_reset`)} AS "resetAt"
        FROM pg_stat_checkpointer AS c, pg_stat_bgwriter AS b`,
  },
  row,
  columns: {
    timed: { title: 'By the clock', kind: 'count' },
    requested: {
      title: 'On request',
      kind: 'count',
      note: 'By max_wal_size, CHECKPOINT, a backup or a shutdown',
    },
    requestedPercent: { title: 'On request', kind: 'percent' },
    writeTime: { title: 'Writing', kind: 'milliseconds' },
    syncTime: { title: 'Syncing', kind: 'milliseconds' },
    buffersCheckpoint: { title: 'Pages by checkpoints', kind: 'count' },
    buffersBackground: { title: 'Pages by the background writer', kind: 'count' },
    buffersBackend: { title: 'Pages by backends', kind: 'count', note: 'Up to 16; later in I/O' },
    resetAt: { title: 'Since', kind: 'timestamp' },
  },
  thresholds: {
    requestedWarn: { title: 'Checkpoints on request', unit: 'percent', verdict: 'warn', standard: 50 },
    countFrom: {
      title: 'Checkpoints from which the share counts',
      unit: 'count',
      verdict: null,
      standard: 20,
    },
  },
  judge([found], { thresholds: { requestedWarn, countFrom } }) {
    if (found === undefined) return { summary: 'Nothing was said.', findings: [] }
    const { timed, requested, requestedPercent } = found
    const summary = `${requested.toLocaleString('en')} of ${(timed + requested).toLocaleString('en')} checkpoints came on request.`
    return {
      summary,
      findings: judged(timed + requested >= countFrom.value ? requestedPercent : null, [requestedWarn], {
        text: summary,
        row: 0,
        remedies: [
          {
            text: 'Give WAL more room, so that the clock decides.',
            sql: "ALTER SYSTEM SET max_wal_size = '4GB'; SELECT pg_reload_conf();",
          },
        ],
      }),
    }
  },
})

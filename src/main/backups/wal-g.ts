import { z } from 'zod'
import { digits, notOfTool, type ReportedBackup, timelineOf } from './report.ts'

const time = z.string().transform((text, context) => {
  const parsed = new Date(text)
  if (!Number.isNaN(parsed.getTime())) return parsed
  context.addIssue({ code: 'custom', message: 'no time' })
  return z.NEVER
})

/** `wal-g backup-list --detail --json`: https://wal-g.readthedocs.io/PostgreSQL/#backup-list. Only backups that ended are in it. */
const list = z.array(
  z.looseObject({
    backup_name: z.string().min(1),
    wal_file_name: z.string().nullish(),
    storage_name: z.string().nullish(),
    start_time: time,
    finish_time: time,
    start_lsn: digits.nullish(),
    finish_lsn: digits.nullish(),
    system_identifier: digits.nullish(),
    uncompressed_size: digits.nullish(),
    compressed_size: digits.nullish(),
  }),
)

/** WAL-G has positions as numbers. */
const lsnOf = (position: string | null | undefined): string | null => {
  if (position == null || position === '0') return null
  const number = BigInt(position)
  return `${(number >> 32n).toString(16)}/${(number & 0xffff_ffffn).toString(16)}`.toUpperCase()
}

export const readWalG = (report: unknown): ReportedBackup[] => {
  const parsed = list.safeParse(report)
  if (!parsed.success) throw notOfTool('wal-g', parsed.error)
  return parsed.data.map((one) => ({
    tool: 'wal-g',
    repository: one.storage_name == null || one.storage_name === 'default' ? '' : one.storage_name,
    label: one.backup_name,
    // base_…_D_… is a delta of the backup it names.
    kind: one.backup_name.includes('_D_') ? 'incremental' : 'full',
    outcome: 'succeeded',
    failure: null,
    startedAt: one.start_time,
    finishedAt: one.finish_time,
    bytes: one.uncompressed_size ?? null,
    storedBytes: one.compressed_size ?? null,
    timeline: timelineOf(one.wal_file_name ?? one.backup_name.replace(/^base_/, '')),
    startLsn: lsnOf(one.start_lsn),
    stopLsn: lsnOf(one.finish_lsn),
    systemIdentifier: one.system_identifier ?? null,
    verification: null,
    report: one,
  }))
}

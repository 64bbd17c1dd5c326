import { z } from 'zod'
import { digits, epoch, lsn, notOfTool, type ReportedBackup } from './report.ts'

const status = z.enum(['EMPTY', 'STARTED', 'FAILED', 'DONE', 'WAITING_FOR_WALS', 'SYNCING'])

const backup = z.looseObject({
  backup_id: z.string().regex(/^\d{8}T\d{6}/),
  status,
  backup_type: z.string().nullish(),
  error: z.string().nullish(),
  system_id: digits.nullish(),
  systemid: digits.nullish(),
  // Of list-backups.
  end_time_timestamp: epoch.nullish(),
  size_bytes: digits.nullish(),
  // Of show-backup.
  base_backup_information: z
    .looseObject({
      begin_time_timestamp: epoch.nullish(),
      end_time_timestamp: epoch.nullish(),
      timeline: z.coerce.number().int().positive().nullish(),
      begin_lsn: lsn.nullish(),
      end_lsn: lsn.nullish(),
      disk_usage_bytes: digits.nullish(),
      incremental_size_bytes: digits.nullish(),
    })
    .nullish(),
})

/** `barman --format json show-backup` and `list-backups`: servers by name, with one backup or with several. Words of Barman begin with _. */
const servers = z.record(z.string(), z.unknown()).transform((all) =>
  Object.entries(all)
    .filter(([name]) => !name.startsWith('_'))
    .map(([name, found]) => ({ name, backups: Array.isArray(found) ? found : [found] })),
)

const outcomes = {
  EMPTY: 'running',
  STARTED: 'running',
  SYNCING: 'running',
  FAILED: 'failed',
  DONE: 'succeeded',
  WAITING_FOR_WALS: 'succeeded',
} as const

/** A backup's id is its start by the clock of Barman's machine, which is where this runs. */
const startOf = (id: string): Date => {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(id)?.slice(1).map(Number) ?? []
  return new Date(year, month - 1, day, hour, minute, second)
}

export const readBarman = (report: unknown): ReportedBackup[] => {
  const parsed = servers
    .pipe(z.array(z.object({ name: z.string(), backups: z.array(backup) })))
    .safeParse(report)
  if (!parsed.success) throw notOfTool('barman', parsed.error)
  return parsed.data.flatMap(({ name, backups }) =>
    backups.map((one): ReportedBackup => {
      const base = one.base_backup_information ?? null
      const outcome = outcomes[one.status]
      const ended = base?.end_time_timestamp ?? one.end_time_timestamp ?? null
      const said = base?.begin_time_timestamp ?? startOf(one.backup_id)
      const startedAt = ended !== null && ended < said ? ended : said
      return {
        tool: 'barman',
        repository: name,
        label: one.backup_id,
        kind: one.backup_type === 'incremental' ? 'incremental' : 'full',
        outcome,
        failure: outcome === 'failed' ? (one.error ?? 'Barman says no reason.') : null,
        startedAt,
        // Of one that failed Barman does not say when.
        finishedAt: outcome === 'running' ? null : (ended ?? startedAt),
        bytes: base?.disk_usage_bytes ?? one.size_bytes ?? null,
        storedBytes: base?.incremental_size_bytes ?? null,
        timeline: base?.timeline ?? null,
        startLsn: base?.begin_lsn ?? null,
        stopLsn: base?.end_lsn ?? null,
        systemIdentifier: one.system_id ?? one.systemid ?? null,
        verification: null,
        // Its words of WAL change with each segment.
        report: { backup_id: one.backup_id, status: one.status, base_backup_information: base },
      }
    }),
  )
}

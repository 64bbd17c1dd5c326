import { z } from 'zod'
import { digits, epoch, lsn, notOfTool, type ReportedBackup, timelineOf } from './report.ts'

/** `pgbackrest info --output=json`: https://pgbackrest.org/command.html#command-info. Only backups that ended are in it. */
const stanzas = z.array(
  z.looseObject({
    name: z.string().min(1),
    db: z
      .array(z.looseObject({ id: z.int(), 'repo-key': z.int().default(1), 'system-id': digits }))
      .default([]),
    backup: z
      .array(
        z.looseObject({
          label: z.string().min(1),
          type: z.enum(['full', 'diff', 'incr']),
          timestamp: z.looseObject({ start: epoch, stop: epoch }),
          archive: z.looseObject({ start: z.string().nullable(), stop: z.string().nullable() }).nullish(),
          database: z.looseObject({ id: z.int(), 'repo-key': z.int().default(1) }),
          /** Whether a page did not match its checksum when it was copied. Since 2.36. */
          error: z.boolean().nullish(),
          info: z
            .looseObject({
              size: digits.nullish(),
              repository: z.looseObject({ size: digits.nullish(), delta: digits.nullish() }).nullish(),
            })
            .nullish(),
          lsn: z.looseObject({ start: lsn, stop: lsn }).nullish(),
        }),
      )
      .default([]),
  }),
)

const kinds = { full: 'full', diff: 'differential', incr: 'incremental' } as const

export const readPgbackrest = (report: unknown): ReportedBackup[] => {
  const parsed = stanzas.safeParse(report)
  if (!parsed.success) throw notOfTool('pgbackrest', parsed.error)
  return parsed.data.flatMap(({ name, db, backup }) =>
    backup.map((one): ReportedBackup => {
      const { label, type, timestamp, archive, database, info, error } = one
      const repo = database['repo-key']
      return {
        tool: 'pgbackrest',
        repository: `${name}/repo${repo}`,
        label,
        kind: kinds[type],
        outcome: 'succeeded',
        failure: null,
        startedAt: timestamp.start,
        finishedAt: timestamp.stop,
        bytes: info?.size ?? null,
        // Where files are bundled in blocks, only what this backup added is known.
        storedBytes: info?.repository?.size ?? info?.repository?.delta ?? null,
        timeline: timelineOf(archive?.start),
        startLsn: one.lsn?.start ?? null,
        stopLsn: one.lsn?.stop ?? null,
        systemIdentifier:
          db.find((cluster) => cluster.id === database.id && cluster['repo-key'] === repo)?.['system-id'] ??
          null,
        verification: error === true ? { kind: 'checksums', passed: false } : null,
        report: one,
      }
    }),
  )
}

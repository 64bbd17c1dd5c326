import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ConsoleError } from '../../shared/errors.ts'
import { digits, lsn, notOfTool, parseReport, type ReportedBackup } from './report.ts'

/** https://www.postgresql.org/docs/current/backup-manifest-format.html */
const manifest = z.looseObject({
  'PostgreSQL-Backup-Manifest-Version': z.int().min(1).max(2),
  /** Since 17. */
  'System-Identifier': digits.optional(),
  Files: z
    .array(
      z.looseObject({
        Path: z.string().optional(),
        'Encoded-Path': z.string().optional(),
        Size: z.int().nonnegative(),
        'Last-Modified': z
          .string()
          .transform((text) => new Date(text.replace(/ GMT$/, 'Z').replace(' ', 'T'))),
      }),
    )
    .min(1),
  'WAL-Ranges': z.array(z.object({ Timeline: z.int().positive(), 'Start-LSN': lsn, 'End-LSN': lsn })).min(1),
  'Manifest-Checksum': z.string().regex(/^[0-9a-f]{64}$/),
})

/** The checksum is on the last line, of all lines before it, as `pg_verifybackup` looks at it. */
const isWhole = (text: string, checksum: string): boolean => {
  const end = text.lastIndexOf('"Manifest-Checksum"')
  return createHash('sha256').update(text.slice(0, end)).digest('hex') === checksum
}

/**
 * A manifest says neither when the backup began nor what it is called. The first file that it writes is `backup_label`, the last one
 * `global/pg_control`; and the checksum is a name that the same backup always has.
 */
export const readManifest = (
  text: string,
  named: { label: string | null; repository: string },
): ReportedBackup[] => {
  const parsed = manifest.safeParse(parseReport(text))
  if (!parsed.success) throw notOfTool('pg_basebackup', parsed.error)
  const { Files: files, 'WAL-Ranges': ranges, 'Manifest-Checksum': checksum } = parsed.data
  if (!isWhole(text, checksum)) {
    throw new ConsoleError(
      'CHECKSUM_MISMATCH',
      'The manifest is not as pg_basebackup wrote it: its own checksum does not match.',
      'Take the file backup_manifest of the backup itself. If it is that one, the backup is damaged: make another.',
    )
  }
  const changed = (path: string): number | undefined =>
    files.find((file) => file.Path === path)?.['Last-Modified'].getTime()
  const newest = Math.max(...files.map((file) => file['Last-Modified'].getTime()))
  const startedAt = changed('backup_label') ?? newest
  const last = ranges.at(-1)
  return [
    {
      tool: 'pg_basebackup',
      repository: named.repository,
      label: named.label ?? `manifest-${checksum.slice(0, 16)}`,
      kind: files.some((file) => /(^|\/)INCREMENTAL\.[^/]+$/.test(file.Path ?? '')) ? 'incremental' : 'full',
      outcome: 'succeeded',
      failure: null,
      startedAt: new Date(startedAt),
      finishedAt: new Date(Math.max(startedAt, newest)),
      bytes: String(files.reduce((sum, file) => sum + file.Size, 0)),
      storedBytes: null,
      timeline: last?.Timeline ?? null,
      startLsn: ranges[0]?.['Start-LSN'] ?? null,
      stopLsn: last?.['End-LSN'] ?? null,
      systemIdentifier: parsed.data['System-Identifier'] ?? null,
      verification: null,
      report: { 'Manifest-Checksum': checksum, 'WAL-Ranges': ranges, files: files.length },
    },
  ]
}

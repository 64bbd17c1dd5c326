import { z } from 'zod'
import { ConsoleError } from '../../shared/errors.ts'

export const backupTools = ['pgbackrest', 'wal-g', 'barman', 'pg_basebackup'] as const
export type BackupTool = (typeof backupTools)[number]

/** One backup as its tool reported it, a row of `ops.backup_run`. Null: the tool does not say. */
export type ReportedBackup = {
  tool: BackupTool
  repository: string
  label: string
  kind: 'full' | 'differential' | 'incremental'
  outcome: 'running' | 'succeeded' | 'failed'
  failure: string | null
  startedAt: Date
  /** Null while it runs, and only then. */
  finishedAt: Date | null
  bytes: string | null
  storedBytes: string | null
  timeline: number | null
  startLsn: string | null
  stopLsn: string | null
  systemIdentifier: string | null
  /** What the tool found while it made the backup; null: it did not look. */
  verification: { kind: 'sizes' | 'checksums'; passed: boolean } | null
  /** What it reported, without lists of files. */
  report: unknown
}

/** A number of any size, exactly: those beyond 2^53 come as text from `parseReport`. */
export const digits = z.union([z.int().nonnegative().transform(String), z.string().regex(/^[0-9]+$/)])

/** Seconds since 1970, as a number or as digits. */
export const epoch = z
  .union([z.number(), z.string().regex(/^[0-9]+(\.[0-9]+)?$/)])
  .transform((seconds) => new Date(Number(seconds) * 1000))

export const lsn = z.string().regex(/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/)

/** Of a WAL file's name. */
export const timelineOf = (segment: string | null | undefined): number | null => {
  const [, timeline] = /^([0-9A-F]{8})[0-9A-F]{16}/.exec(segment ?? '') ?? []
  return timeline === undefined ? null : Number.parseInt(timeline, 16)
}

/** JSON whose large numbers, such as a cluster's identifier, keep all their digits, as text. */
export const parseReport = (text: string): unknown => {
  try {
    return JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && /^[0-9]+$/.test(context?.source ?? '')
        ? context?.source
        : value,
    )
  } catch (cause) {
    throw new ConsoleError(
      'INVALID_INPUT',
      'What was given is not JSON.',
      'Give what the backup tool prints with its option for JSON. A report that was cut off is refused as a whole.',
      { cause },
    )
  }
}

/** Input that is JSON, and no report of the tool. Names places, never values. */
export const notOfTool = (tool: BackupTool, error: z.ZodError): ConsoleError =>
  new ConsoleError(
    'INVALID_INPUT',
    `This is no report of ${tool}: ${error.issues
      .slice(0, 3)
      .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
      .join('; ')}.`,
    'Name the tool with --tool, and look at docs/operations.md for the command that prints its report.',
  )

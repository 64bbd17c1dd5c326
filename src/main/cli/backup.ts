import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { ConsoleError } from '../../shared/errors.ts'
import { usageError } from '../api/start-options.ts'
import { createBackups, readBackups, type Trial, toolOf } from '../backups/backups.ts'
import { type BackupTool, backupTools } from '../backups/report.ts'
import { homeFolder } from '../session/home.ts'
import { openHeadlessSession, targetHelp, targetOptions } from './headless-session.ts'
import { parseWords, reasonOf } from './migrate/words.ts'

export const backupHelp = `  record             Record the backups of a report, from the standard input or --file. Again, it changes nothing.
  verified LABEL     Note that a backup was verified: --by checksums or sizes, --failed when it did not pass.
  restored LABEL     Note that a restore of a backup was tried, --failed when it did not work.
  --tool NAME        ${backupTools.join(', ')}. record: by the report's shape, where it is not named.
  --file FILE        record: the report, such as backup_manifest.
  --repository NAME  Where the backup is: pgBackRest STANZA/repoN, Barman SERVER, otherwise empty.
  --label NAME       record: name of a pg_basebackup, whose manifest has none.
  --by WHAT          verified: sizes finds missing files only; checksums finds damaged ones, too (checksums).
  --failed           verified, restored: it did not pass.
  --at TIME          verified, restored: when, such as 2026-11-23T04:00:00Z (now).
  --reason TEXT      Why, for the audit trail (Report of the backup job).
  --json             Print the outcome as JSON.
${targetHelp}`

const endSignals = ['SIGINT', 'SIGTERM'] as const

const options = {
  ...targetOptions,
  tool: { type: 'string' },
  file: { type: 'string' },
  repository: { type: 'string', default: '' },
  label: { type: 'string' },
  by: { type: 'string', default: 'checksums' },
  failed: { type: 'boolean', default: false },
  at: { type: 'string' },
  reason: { type: 'string', default: 'Report of the backup job' },
  json: { type: 'boolean', default: false },
} as const

const toolNamed = (name: string | undefined): BackupTool | null => {
  if (name === undefined) return null
  const found = backupTools.find((tool) => tool === name)
  if (found === undefined) throw usageError(`--tool takes ${backupTools.join(', ')}, not "${name}".`)
  return found
}

const reportOf = async (file: string | undefined): Promise<string> => {
  if (file === undefined) {
    if (process.stdin.isTTY) throw usageError('record reads a report: name a --file, or pipe it in.')
    return text(process.stdin)
  }
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new ConsoleError(
      'NOT_FOUND',
      `The file "${file}" cannot be read.`,
      'Name the report of the backup tool.',
      {
        cause,
      },
    )
  }
}

const trialOf = (
  kind: Trial['kind'],
  values: { by: string; failed: boolean; at?: string | undefined },
): Trial => {
  const at = values.at === undefined ? new Date() : new Date(values.at)
  if (Number.isNaN(at.getTime())) throw usageError(`--at takes a time, not "${values.at}".`)
  const passed = !values.failed
  if (kind === 'restored') return { kind, passed, at }
  const { by } = values
  if (by !== 'sizes' && by !== 'checksums') throw usageError(`--by takes sizes or checksums, not "${by}".`)
  return { kind, by, passed, at }
}

/** `viruj-console backup …`. */
export const backupCommand = async ([name = '', ...words]: string[]): Promise<void> => {
  const { values, positionals } = parseWords(words, options, { max: 1 })
  const tool = toolNamed(values.tool)
  const reason = reasonOf(values.reason)
  const [label] = positionals
  const stop = new AbortController()
  const abort = () => stop.abort()
  for (const signal of endSignals) process.once(signal, abort)
  /** What is wrong with the words is said before anything is connected to. */
  const prepare = async () => {
    if (name === 'record') {
      if (label !== undefined) throw usageError(`"${label}" is one word too many.`)
      const report = await reportOf(values.file)
      const found = tool ?? toolOf(report)
      if (found === null)
        throw usageError('This report is of none of the tools that are known. Name one with --tool.')
      const named = { label: values.label ?? null, repository: values.repository }
      const backups = readBackups(found, report, named)
      return async (recorder: ReturnType<typeof createBackups>) => {
        const recorded = await recorder.record(backups, reason, stop.signal)
        const of = (outcome: string) => recorded.filter((one) => one.outcome === outcome).length
        console.log(
          values.json
            ? JSON.stringify({ tool: found, recorded })
            : `${found}: ${of('added')} added, ${of('changed')} changed, ${of('known')} known before.`,
        )
      }
    }
    if (name !== 'verified' && name !== 'restored') {
      throw usageError(
        name === '' ? 'backup takes a subcommand, such as record.' : `There is no "backup ${name}".`,
      )
    }
    if (label === undefined) throw usageError(`${name} takes the label of a backup.`)
    if (tool === null) throw usageError(`${name} takes the tool of the backup: --tool.`)
    const trial = trialOf(name, values)
    return async (recorder: ReturnType<typeof createBackups>) => {
      await recorder.tried({ tool, repository: values.repository, label }, trial, reason, stop.signal)
      const how = trial.passed ? 'passed' : 'failed'
      console.log(values.json ? JSON.stringify({ label, ...trial }) : `${label}: ${name}, ${how}.`)
    }
  }
  const run = await prepare()
  const session = await openHeadlessSession({
    home: values.home ?? homeFolder(),
    profile: values.profile,
    confirm: values.confirm,
    environment: process.env,
    signal: stop.signal,
  })
  try {
    await run(createBackups(session))
  } finally {
    for (const signal of endSignals) process.off(signal, abort)
    await session.close('user')
  }
}

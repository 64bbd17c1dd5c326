import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { toErrorShape } from '../../shared/errors.ts'
import { type Finding, findingTitles, type ReconcileReport, stuckHours } from '../../shared/reconcile.ts'
import { usageError } from '../api/start-options.ts'
import { createDocuments } from '../documents/documents.ts'
import { homeFolder } from '../session/home.ts'
import { openHeadlessSession, targetHelp, targetOptions } from './headless-session.ts'
import { parseWords } from './migrate/words.ts'
import { storageHelp, storageOf, storageOptions } from './storage-options.ts'

/** What `viruj-console documents` ends with, for schedulers. */
const exitCodes = { clean: 0, error: 1, differences: 3 } as const

export const documentsHelp = `  reconcile          Hold all documents and their bucket against each other, by what a listing tells. Changes nothing.
  verify             The same, and each object's SHA-256 as the storage knows it.
  --read             verify: read and hash those of which the storage has no SHA-256.
  --stuck-after H    Hours after which a pending document is a finding (${stuckHours.usual}).
  --per-second N     Questions to the storage in a second, beside the listing (200).
  --report FILE      Write every finding to a new file, one JSON object a line, and the summary as its last.
  --json             Print the summary as JSON.
${targetHelp}
${storageHelp}

  Exit codes: 0 no differences, 1 the comparison was not made, 3 differences.`

const options = {
  ...targetOptions,
  ...storageOptions,
  read: { type: 'boolean', default: false },
  'stuck-after': { type: 'string', default: String(stuckHours.usual) },
  'per-second': { type: 'string', default: '200' },
  report: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Findings of a kind that are printed. */
const printed = 10

const numberOf = (word: string, text: string, { min, max }: { min: number; max: number }): number => {
  const number = /^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  throw usageError(`--${word} takes a number from ${min} to ${max}, not "${text}".`)
}

const count = (value: number, one: string): string =>
  `${value.toLocaleString('en')} ${one}${value === 1 ? '' : 's'}`

const lineOf = ({ key, documentId, filename, uploadId, kind, seen }: Finding): string => {
  const what = documentId === null ? key : `${documentId} "${filename}", ${key}`
  return `  ${what}${kind === 'upload-unknown' ? `, upload ${uploadId}` : ''}: ${seen}`
}

const reportText = (report: ReconcileReport, file: string | undefined): string => {
  const { differences, documents, objects, uploads, verified, read, counts, listed, notes, bucket, prefix } =
    report
  const kinds = [...new Set(listed.map(({ kind }) => kind))]
  return [
    differences === 0 ? 'No differences.' : `DIFFERENCES: ${differences.toLocaleString('en')}.`,
    `${count(documents, 'document')} and ${count(objects, 'object')} of ${bucket}${prefix === '' ? '' : ` below "${prefix}"`} compared, ${count(uploads, 'unfinished upload')} looked at.`,
    ...(report.depth === 'listing'
      ? []
      : [
          `The content of ${count(verified, 'document')} was held against its SHA-256; ${read.toLocaleString('en')} of them were read.`,
        ]),
    ...kinds.flatMap((kind) => [
      `${findingTitles[kind]}: ${counts[kind].toLocaleString('en')}`,
      ...listed
        .filter((one) => one.kind === kind)
        .slice(0, printed)
        .map(lineOf),
      ...(counts[kind] > printed
        ? [
            `  … and ${(counts[kind] - printed).toLocaleString('en')} more${file === undefined ? ': see them with --report' : `, in ${file}`}`,
          ]
        : []),
    ]),
    ...notes.map((note) => `Note: ${note}`),
  ].join('\n')
}

const compare = async (name: string, words: string[]): Promise<number> => {
  const { values } = parseWords(words, options)
  if (name !== 'reconcile' && name !== 'verify') {
    throw usageError(`documents takes one word: reconcile or verify${name === '' ? '' : `, not "${name}"`}.`)
  }
  if (values.read && name === 'reconcile') throw usageError('--read goes with verify.')
  const hours = numberOf('stuck-after', values['stuck-after'], stuckHours)
  const perSecond = numberOf('per-second', values['per-second'], { min: 1, max: 10_000 })
  const stop = new AbortController()
  const abort = () => stop.abort()
  for (const signal of endSignals) process.once(signal, abort)
  await using ends = new AsyncDisposableStack()
  ends.defer(() => {
    for (const signal of endSignals) process.off(signal, abort)
  })
  const session = await openHeadlessSession({
    home: values.home ?? homeFolder(),
    profile: values.profile,
    confirm: values.confirm,
    environment: process.env,
    storage: storageOf(values),
    signal: stop.signal,
  })
  ends.defer(() => session.close('user'))
  const { report: file } = values
  const lines: FileHandle | null = file === undefined ? null : ends.use(await openReport(file))
  const write = async (line: unknown): Promise<void> => {
    await lines?.write(`${JSON.stringify(line)}\n`)
  }
  const report = await createDocuments(session).compare(
    {
      depth: name === 'reconcile' ? 'listing' : values.read ? 'read' : 'checksum',
      stuckHours: hours,
      perSecond,
    },
    { signal: stop.signal, report: () => undefined, found: write },
  )
  const { listed, ...summary } = report
  await write({ summary })
  console.log(values.json ? JSON.stringify(report) : reportText(report, file))
  return report.differences === 0 ? exitCodes.clean : exitCodes.differences
}

/** A file that is there stays as it is. */
const openReport = async (file: string): Promise<FileHandle> => {
  try {
    return await open(resolve(file), 'wx', 0o600)
  } catch (error) {
    throw usageError(
      `The report cannot be written to ${file}: ${error instanceof Error && 'code' in error && error.code === 'EEXIST' ? 'there is one already' : 'the file cannot be made'}.`,
    )
  }
}

/** `viruj-console documents …`. Sets the exit code; an error is printed where the outcome would be, with --json. */
export const documentsCommand = async ([name = '', ...words]: string[]): Promise<void> => {
  try {
    process.exitCode = await compare(name, words)
  } catch (error) {
    const shape = toErrorShape(error)
    process.exitCode = exitCodes.error
    if (words.includes('--json')) console.log(JSON.stringify({ error: shape }))
    else console.error(`${shape.message} ${shape.remedy}`)
  }
}

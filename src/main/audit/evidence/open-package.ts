import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openPromise } from 'yauzl'
import { type Manifest, openLines, readEvent, sumOf, verifyPackage } from '../../../../resources/verify.mjs'
import { type Published, published } from '../../../shared/audit-trail.ts'
import { ConsoleError } from '../../../shared/errors.ts'
import type { ShownPackage } from '../trail/verify.ts'

/** A package that its verifier proved, unpacked. `head`: the last seal of its chain. */
export type OpenPackage = { folder: string; sha256: string; manifest: Manifest; head: Published }

const unusable = (file: string, cause: unknown): ConsoleError =>
  new ConsoleError(
    'INVALID_INPUT',
    `"${file}" cannot be read as a package of evidence.`,
    'Name a file that "viruj-console audit export" made, in a folder where you may write.',
    { cause },
  )

const unpack = async (file: string, folder: string, signal: AbortSignal): Promise<void> => {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false })
  try {
    for await (const entry of zip.eachEntry()) {
      // All that a package has lies beside each other; the verifier refuses what does not belong.
      if (!/^[a-z]+\.[a-z]+$/.test(entry.fileName)) throw new Error(`The zip has "${entry.fileName}".`)
      await pipeline(
        await zip.openReadStreamPromise(entry),
        createWriteStream(join(folder, entry.fileName), { flags: 'wx', mode: 0o600 }),
        { signal },
      )
    }
  } finally {
    zip.close()
  }
}

const headOf = async (folder: string): Promise<Published> => {
  const file = openLines(folder, 'seals.ndjson')
  let last: Buffer | null = null
  for (let line = await file.next(); line !== null; line = await file.next()) last = line
  return published.parse(JSON.parse(String(last)))
}

/**
 * Unpacks a package beside its file, verifies it with verify.mjs, and takes it away again after the work. Fails with `INVALID_INPUT`
 * where the file is none, and with `CHECKSUM_MISMATCH` where it does not prove what it says.
 */
export const withPackage = async <Value>(
  file: string,
  signal: AbortSignal,
  work: (opened: OpenPackage) => Promise<Value>,
): Promise<Value> => {
  const folder = await mkdtemp(join(dirname(file), `.${basename(file)}-`)).catch((cause: unknown) => {
    throw unusable(file, cause)
  })
  try {
    const { verdict, words } = await unpack(file, folder, signal)
      .then(() => verifyPackage(folder))
      .catch((cause: unknown) => {
        throw signal.aborted ? cause : unusable(file, cause)
      })
    if (verdict === 'refused') {
      throw new ConsoleError(
        'CHECKSUM_MISMATCH',
        `"${file}" does not prove what it says. ${words.join(' ')}`,
        'Take another copy of it, or export once more.',
      )
    }
    const manifest: Manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
    const { sha256 } = await sumOf(dirname(file), basename(file))
    return await work({ folder, sha256, manifest, head: await headOf(folder) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The month of an event by UTC, such as 2026-08. */
export const monthOf = (line: Buffer): string => (readEvent(line).ts ?? '').slice(0, 7)

/** The same with several, all of them open at once. */
export const withPackages = async <Value>(
  files: readonly string[],
  signal: AbortSignal,
  work: (opened: readonly OpenPackage[]) => Promise<Value>,
): Promise<Value> => {
  const [file, ...rest] = files
  if (file === undefined) return work([])
  return withPackage(file, signal, (one) => withPackages(rest, signal, (others) => work([one, ...others])))
}

/** What a package has to show of retired months. */
export const showPackage = (file: string, signal: AbortSignal): Promise<ShownPackage> =>
  withPackage(file, signal, async ({ sha256, head }) => ({ sha256, head }))

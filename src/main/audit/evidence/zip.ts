import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** Packs files of a folder, in this order, into a new file. Streams: nothing is held whole. */
export const writeZip = async (
  folder: string,
  names: readonly string[],
  target: string,
  signal: AbortSignal,
): Promise<void> => {
  const zip = new ZipFile()
  const failed = new Promise<never>((_, reject) => zip.once('error', reject))
  for (const name of names) zip.addFile(join(folder, name), name, { mode: 0o100600 })
  zip.end()
  await Promise.race([
    pipeline(zip.outputStream, createWriteStream(target, { flags: 'wx', mode: 0o600 }), { signal }),
    failed,
  ])
}

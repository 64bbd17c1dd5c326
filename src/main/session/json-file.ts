import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { z } from 'zod'
import { ConsoleError } from '../../shared/errors.ts'

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

const fileError = (verb: string, path: string, cause: unknown): ConsoleError => {
  const code = codeOf(cause)
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new ConsoleError(
        'DISK_FULL',
        `The disk is full: "${path}" was not changed.`,
        'Free some space and try again.',
        {
          cause,
        },
      )
    : new ConsoleError(
        'FORBIDDEN',
        `"${path}" cannot be ${verb}${typeof code === 'string' ? ` (${code})` : ''}.`,
        'Check who owns the folder of the console, or choose another one with VIRUJ_CONSOLE_HOME.',
        { cause },
      )
}

/** What a file held. `keptAside`: it could not be understood and now lies there. */
export type Read<Content> = { content: Content | null; keptAside: string | null }

/**
 * Reads a file of the console. One that does not exist has no content; one that is damaged is renamed, never overwritten.
 */
export const readJsonFile = async <Content>(
  path: string,
  schema: z.ZodType<Content>,
): Promise<Read<Content>> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return { content: null, keptAside: null }
    throw fileError('read', path, cause)
  }
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return { content: parsed.data, keptAside: null }
  const keptAside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
  try {
    await rename(path, keptAside)
  } catch (cause) {
    throw fileError('moved aside', path, cause)
  }
  return { content: null, keptAside }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // No schema accepts it: it is damaged like any other file that does not fit.
    return undefined
  }
}

/** Replaces a file as a whole, readable by its owner only: after a crash it is either the old or the new one. */
export const writeJsonFile = async (path: string, content: unknown): Promise<void> => {
  const folder = dirname(path)
  const draft = join(folder, `.${basename(path)}.${randomUUID()}`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(content, null, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw fileError('written', path, cause)
  }
}

import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type Published, published } from '../../../shared/audit-trail.ts'
import { ConsoleError } from '../../../shared/errors.ts'
import { createLockedSeals, type SealBucket } from './locked-seals.ts'

/** Where a database is, as a person names it; its own word on who it is may be part of an attack. */
export type Whereabouts = { host: string; port: number; database: string }

const line = published.extend({ host: z.string(), port: z.number(), database: z.string() })

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

const unusable = (path: string, cause: unknown): ConsoleError =>
  new ConsoleError(
    'FORBIDDEN',
    `The console's memory of seals, "${path}", cannot be used.`,
    'Check who owns the folder of the console: without it a trail that was written anew is not noticed.',
    { cause },
  )

/** A line that a crash cut off says nothing. */
const parse = (text: string): z.infer<typeof line>[] => {
  try {
    const parsed = line.safeParse(JSON.parse(text))
    return parsed.success ? [parsed.data] : []
  } catch {
    return []
  }
}

/** What is needed to publish: the console's own folder, and the bucket of the connection. */
export type Publishing = SealBucket & { home: string }

/** Seals that were published of a database, wherever: in the console's own memory and, where the connection asks for it, in its bucket. */
export const createPublishedSeals = (options: Publishing) => {
  const memory = createRememberedSeals(options)
  const locked = createLockedSeals(options)
  return {
    /** In the order of their numbers. Two of one number, when they do not agree. */
    async of(where: Whereabouts, signal: AbortSignal): Promise<Published[]> {
      const remembered = await memory.of(where)
      const known = new Set(remembered.map(({ sealNo, hash }) => `${sealNo} ${hash}`))
      const others = (await locked.of(where, signal)).filter(
        ({ sealNo, hash }) => !known.has(`${sealNo} ${hash}`),
      )
      return [...remembered, ...others].sort((a, b) => (BigInt(a.sealNo) < BigInt(b.sealNo) ? -1 : 1))
    },
    async add(where: Whereabouts, seal: Published, signal: AbortSignal): Promise<void> {
      await memory.add(where, seal)
      await locked.add(where, seal, signal)
    },
  }
}

/**
 * The console's own memory of seals, a line each, in a file that is only ever appended to: by the console's sessions and by commands, all
 * at once. What the database says later has to lead there. Fails with `ConsoleError` when the file cannot be read or written.
 */
const createRememberedSeals = ({ home }: { home: string }) => {
  const path = join(home, 'seals.ndjson')
  const read = async (): Promise<string> => {
    try {
      return await readFile(path, 'utf8')
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return ''
      throw unusable(path, cause)
    }
  }
  const of = async (where: Whereabouts): Promise<Published[]> => {
    const seals = new Map<string, Published>()
    for (const { host, port, database, ...seal } of (await read()).split('\n').flatMap(parse)) {
      const isThere = host === where.host && port === where.port && database === where.database
      // What was published first is not unsaid.
      if (isThere && !seals.has(seal.sealNo)) seals.set(seal.sealNo, seal)
    }
    return [...seals.values()].sort((a, b) => (BigInt(a.sealNo) < BigInt(b.sealNo) ? -1 : 1))
  }
  return {
    /** In the order of their numbers. */
    of,
    async add(where: Whereabouts, seal: Published): Promise<void> {
      if ((await of(where)).some(({ sealNo }) => sealNo === seal.sealNo)) return
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        await appendFile(path, `${JSON.stringify({ ...where, ...seal })}\n`, { mode: 0o600 })
      } catch (cause) {
        throw unusable(path, cause)
      }
    },
  }
}

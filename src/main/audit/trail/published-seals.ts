import { join } from 'node:path'
import { z } from 'zod'
import { type Published, published } from '../../../shared/audit-trail.ts'
import { readJsonFile, writeJsonFile } from '../../session/json-file.ts'

/** Seals of one database that this console saw, the last of them. */
const kept = 1000
const content = z.record(z.string(), z.array(published))

/** Where a database is, as a person names it; its own word on who it is may be part of an attack. */
export type Whereabouts = { host: string; port: number; database: string }

const keyOf = ({ host, port, database }: Whereabouts): string => `${host}:${port}/${database}`

/**
 * The console's own memory of seals, in a file of its home folder: what the database says later has to lead there. Fails with
 * `ConsoleError` when the file cannot be read or written.
 */
export const createPublishedSeals = ({ home }: { home: string }) => {
  const path = join(home, 'seals.json')
  const load = async () => (await readJsonFile(path, content)).content ?? {}
  return {
    async of(where: Whereabouts): Promise<Published[]> {
      return (await load())[keyOf(where)] ?? []
    },
    /** Remembers a seal. One of the same number stays as it is: what was published once is not unsaid. */
    async add(where: Whereabouts, seal: Published): Promise<void> {
      const all = await load()
      const known = all[keyOf(where)] ?? []
      if (known.some(({ sealNo }) => sealNo === seal.sealNo)) return
      const seals = [...known, seal]
        .sort((a, b) => (BigInt(a.sealNo) < BigInt(b.sealNo) ? -1 : 1))
        .slice(-kept)
      await writeJsonFile(path, { ...all, [keyOf(where)]: seals })
    },
  }
}

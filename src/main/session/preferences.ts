import { join } from 'node:path'
import { z } from 'zod'
import { ConsoleError } from '../../shared/errors.ts'
import { preferenceKey } from '../../shared/preferences.ts'
import { readJsonFile, writeJsonFile } from './json-file.ts'

type Value = z.infer<ReturnType<typeof z.json>>

/** Screen settings, in a file of their own. A damaged one is set aside: they begin anew. */
export type Preferences = {
  /** Null when it was never set. */
  get(key: string): Promise<Value>
  /** Null removes it. Fails with `INVALID_INPUT` beyond 64 kB a value; the longest unused go when there are 2000. */
  set(key: string, value: Value): Promise<void>
}

const valueLimit = 64 * 1024
const keyLimit = 2000
const content = z.array(z.tuple([preferenceKey, z.json()]))

export const createPreferences = ({ home }: { home: string }): Preferences => {
  const path = join(home, 'preferences.json')
  let loaded: Promise<Map<string, Value>> | null = null
  let writing: Promise<void> = Promise.resolve()

  const load = () => {
    loaded ??= readJsonFile(path, content).then((read) => new Map(read.content ?? []))
    return loaded
  }

  return {
    async get(key) {
      return (await load()).get(key) ?? null
    },
    async set(key, value) {
      if (JSON.stringify(value).length > valueLimit) {
        throw new ConsoleError(
          'INVALID_INPUT',
          `The setting "${key}" is larger than 64 kB and was not saved.`,
          'Reset the layout that it keeps.',
        )
      }
      const all = await load()
      all.delete(key)
      if (value !== null) all.set(key, value)
      const [oldest] = all.keys()
      if (all.size > keyLimit && oldest !== undefined) all.delete(oldest)
      // One write after the other; each writes all that was set until then.
      const written = writing.then(() => writeJsonFile(path, [...all]))
      writing = written.catch(() => undefined)
      await written
    },
  }
}

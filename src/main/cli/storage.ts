import { parseArgs } from 'node:util'
import { ConsoleError } from '../../shared/errors.ts'
import type { StorageSettings } from '../../shared/storage.ts'
import type { StorageStep } from '../../shared/storage-diagnosis.ts'
import { usageError } from '../api/start-options.ts'
import { homeFolder } from '../session/home.ts'
import { createKeychain } from '../session/keychain.ts'
import { createProfiles } from '../session/profiles.ts'
import { diagnoseStorage } from '../storage/diagnosis.ts'
import { chooseProfile } from './headless-session.ts'
import { storageHelp as bucketHelp, storageOf, storageOptions } from './storage-options.ts'

export const storageHelp = `  test               Try all that the console does with the storage, and say what is missing.
  --json             Print the steps as JSON.
  --profile NAME     Connection whose storage is tested, by its name or id.
  --home FOLDER      Folder of the connections.
${bucketHelp}

  Exit codes: 0 all is well or a warning, 1 the test could not be made, 2 a step failed.`

const options = {
  ...storageOptions,
  json: { type: 'boolean', default: false },
  profile: { type: 'string' },
  home: { type: 'string' },
} as const

const parse = (words: string[]) => {
  try {
    return parseArgs({ args: words, options, allowPositionals: true })
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : 'The options cannot be read.')
  }
}

const lineOf = ({ step, outcome, seen, remedy }: StorageStep): string =>
  `${outcome.padEnd(8)}${step.padEnd(13)}${seen}${remedy === '' ? '' : `\n${' '.repeat(21)}${remedy}`}`

const ofProfile = async (
  home: string,
  named: string | undefined,
): Promise<{ settings: StorageSettings; secret: string | null }> => {
  const environment = process.env
  const profiles = createProfiles({ home, environment, keychain: createKeychain(), extra: [] })
  const { profiles: known, problem } = await profiles.list()
  const { id, name, storage: settings } = chooseProfile(known, named, problem)
  if (settings === null) {
    throw new ConsoleError(
      'INVALID_INPUT',
      `The connection "${name}" has no storage.`,
      'Name one with --bucket, or set it up in the console.',
    )
  }
  return { settings, secret: await profiles.storageSecretFor({ id, storage: settings, secret: null }) }
}

/** `viruj-console storage test`. */
export const storageCommand = async (words: string[]): Promise<void> => {
  const { values, positionals } = parse(words)
  if (positionals.length !== 1 || positionals[0] !== 'test') throw usageError('storage takes one word: test.')
  const named = storageOf(values)
  const { settings, secret } =
    named === null
      ? await ofProfile(values.home ?? homeFolder(), values.profile)
      : { settings: named, secret: null }
  const ended = new AbortController()
  process.once('SIGINT', () => ended.abort())
  const { steps } = await diagnoseStorage(settings, secret, ended.signal)
  console.log(values.json ? JSON.stringify(steps, null, 2) : steps.map(lineOf).join('\n'))
  if (steps.some(({ outcome }) => outcome === 'failed')) process.exitCode = 2
}

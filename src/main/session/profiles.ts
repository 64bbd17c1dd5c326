import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { parseConninfo } from '../../shared/conninfo.ts'
import { ConsoleError } from '../../shared/errors.ts'
import type { ThresholdValues } from '../../shared/operations.ts'
import {
  type Diagnosis,
  type Profile,
  type ProfileDraft,
  profile as profileSchema,
  type profilesDiagnoseInput,
  type profilesListOutput,
  type profilesSaveInput,
  type SecretChange,
} from '../../shared/profiles.ts'
import type { StorageSettings } from '../../shared/storage.ts'
import type { storageDiagnoseInput } from '../../shared/storage-diagnosis.ts'
import { diagnose } from './diagnosis.ts'
import { readJsonFile, writeJsonFile } from './json-file.ts'
import type { Keychain } from './keychain.ts'

/** A profile that is not in the file, with the secrets that it brings along. */
export type ExtraProfile = { profile: Profile; password: string | null; storageSecret: string | null }

type SaveInput = Omit<z.infer<typeof profilesSaveInput>, 'storageSecret'> & { storageSecret?: SecretChange }

/** All profiles of this console: those of the file, `DATABASE_URL` and the sandbox's. Fails with `ConsoleError`. */
export type Profiles = {
  list(): Promise<z.infer<typeof profilesListOutput>>
  /** When a secret cannot be saved, nothing is. */
  save(input: SaveInput): Promise<Profile>
  /** A copy that can be edited, without the password. */
  duplicate(id: string): Promise<Profile>
  /** Removes its saved password, too; when the keychain is locked, neither. */
  remove(id: string): Promise<void>
  /**
   * Other hosts after a failover. A saved password stays where all of them were named before; else `password` takes its place, or it is
   * forgotten. What comes from outside is changed for this run only, and not `isSaved`.
   */
  repoint(
    id: string,
    to: Pick<Profile, 'hosts' | 'targetSessionAttrs'> & { password: string | null },
  ): Promise<{ profile: Profile; isSaved: boolean }>
  diagnose(input: z.infer<typeof profilesDiagnoseInput>, signal: AbortSignal): Promise<Diagnosis>
  /**
   * `typed` wins over a saved password. Null: there is none, and the server may not ask for one. A storage's secret that cannot be
   * read is null, too: the database is of use without its documents.
   */
  forConnecting(id: string, typed: string | null): Promise<ExtraProfile>
  /** The secret key to test these settings with. Fails when the saved one belongs to another storage. */
  storageSecretFor(input: z.infer<typeof storageDiagnoseInput>): Promise<string | null>
  /** Minutes, 0 for never; 0 for a profile that is gone. */
  idleDisconnect(id: string): number
  /** Of probes; none of a profile that is gone. */
  thresholds(id: string): ThresholdValues
  /** Replaces a connection's own thresholds. Of one that is not in the file, such as that of the environment, they hold for this run. */
  setThresholds(id: string, values: ThresholdValues): Promise<{ isSaved: boolean }>
}

const storedProfile = profileSchema.extend({ source: z.literal('stored') })
const fileContent = z.object({ version: z.literal(1), profiles: z.array(storedProfile) })
type StoredProfile = z.infer<typeof storedProfile>

/** `DATABASE_URL` as a profile. One that cannot be read is a problem to show, not a reason not to start. */
const environmentProfile = (url: string | undefined): { extra: ExtraProfile[]; problem: string | null } => {
  if (url === undefined || url === '') return { extra: [], problem: null }
  try {
    const { draft, password } = parseConninfo(url, userInfo().username)
    const profile: Profile = {
      ...draft,
      id: 'environment',
      source: 'environment',
      hasSecret: password !== null,
      hasStorageSecret: false,
    }
    return { extra: [{ profile, password, storageSecret: null }], problem: null }
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error
    return { extra: [], problem: `DATABASE_URL is not used. ${error.message} ${error.remedy}` }
  }
}

export const createProfiles = (options: {
  home: string
  environment: Record<string, string | undefined>
  keychain: Keychain
  /** The sandbox's personas. */
  extra: ExtraProfile[]
}): Profiles => {
  const { keychain } = options
  const path = join(options.home, 'profiles.json')
  const fromEnvironment = environmentProfile(options.environment.DATABASE_URL)
  const extra = [...fromEnvironment.extra, ...options.extra].map((one) => ({ ...one }))
  /** Secrets that live for this run only, by account. */
  const inMemory = new Map<string, string>()
  let stored: StoredProfile[] = []
  let keptAside: string | null = null
  let turn: Promise<unknown> = Promise.resolve()

  /** Reads the file and does `work` alone: two changes at once must not undo each other. */
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const result = turn.then(async () => {
      const read = await readJsonFile(path, fileContent)
      stored = read.content?.profiles ?? []
      keptAside = read.keptAside ?? keptAside
      return work()
    })
    turn = result.catch(() => undefined)
    return result
  }

  const write = async (profiles: StoredProfile[]) => {
    await writeJsonFile(path, { version: 1, profiles })
    stored = profiles
  }

  const shown = (profile: Profile): Profile => ({
    ...profile,
    hasSecret: profile.hasSecret || inMemory.has(profile.id),
    hasStorageSecret: profile.hasStorageSecret || inMemory.has(storageAccount(profile.id)),
  })

  const findStored = (id: string): StoredProfile => {
    const found = stored.find((profile) => profile.id === id)
    if (found !== undefined) return found
    if (extra.some(({ profile }) => profile.id === id)) {
      throw new ConsoleError(
        'FORBIDDEN',
        'This profile comes from outside and cannot be changed.',
        'Duplicate it, and change the copy.',
      )
    }
    throw noProfile()
  }

  /** Deletes a saved secret, and makes sure that it is gone. Without a keychain there is nothing to delete. */
  const forget = async (account: string): Promise<void> => {
    try {
      if (await keychain.delete(account)) return
      // Already gone, or locked: only a locked keychain refuses to be written to.
      await keychain.set(account, 'forgotten')
      await keychain.delete(account)
    } catch (error) {
      if (!(error instanceof ConsoleError) || error.code !== 'KEYCHAIN_MISSING') throw error
    }
  }

  /** Does what is asked with the secret; returns whether the keychain holds one now. */
  const changeSecret = async (account: string, had: boolean, secret: SecretChange): Promise<boolean> => {
    switch (secret.kind) {
      case 'keep':
        return had
      case 'keychain':
        await keychain.set(account, secret.password)
        inMemory.delete(account)
        return true
      case 'memory':
        if (had) await forget(account)
        inMemory.set(account, secret.password)
        return false
      case 'forget':
        if (had) await forget(account)
        inMemory.delete(account)
        return false
      default:
        return secret satisfies never
    }
  }

  const savedPassword = async (profile: Profile): Promise<string | null> => {
    const remembered = inMemory.get(profile.id)
    if (remembered !== undefined || !profile.hasSecret) return remembered ?? null
    const password = await keychain.get(profile.id)
    if (password !== null) return password
    throw new ConsoleError(
      'KEYCHAIN_LOCKED',
      `The saved password of "${profile.name}" cannot be read: the keychain is locked, or the entry was removed.`,
      'Unlock the keychain, or type the password.',
    )
  }

  const find = (id: string): Promise<ExtraProfile & { isExtra: boolean }> =>
    inTurn(async () => {
      const outside = extra.find(({ profile }) => profile.id === id)
      if (outside !== undefined) return { ...outside, isExtra: true }
      return { profile: findStored(id), password: null, storageSecret: null, isExtra: false }
    })

  const lastKnown = (id: string): Profile | undefined =>
    [...extra.map(({ profile }) => profile), ...stored].find((profile) => profile.id === id)

  const savedStorageSecret = async ({ id, hasStorageSecret }: Profile): Promise<string | null> => {
    const account = storageAccount(id)
    return inMemory.get(account) ?? (hasStorageSecret ? await keychain.get(account).catch(() => null) : null)
  }

  const forConnecting: Profiles['forConnecting'] = async (id, typed) => {
    const { profile, isExtra, ...secrets } = await find(id)
    const wasTyped = typed !== null && typed !== ''
    if (isExtra) return { profile, ...secrets, ...(wasTyped && { password: typed }) }
    const password = wasTyped ? typed : await savedPassword(profile)
    return { profile, password, storageSecret: await savedStorageSecret(profile) }
  }

  return {
    list: () =>
      inTurn(async () => ({
        profiles: [...extra.map(({ profile }) => profile), ...stored.map(shown)],
        keychain: await keychain.state(stored.find(({ hasSecret }) => hasSecret)?.id ?? null),
        problem:
          keptAside === null
            ? fromEnvironment.problem
            : `The file of profiles was damaged. It was kept as "${keptAside}", and a new one was begun.`,
      })),

    save: ({ id, draft, secret, storageSecret: typed = { kind: 'keep' } }) =>
      inTurn(async () => {
        // A secret that nothing uses could follow the settings to another storage later on.
        const isUsed = draft.storage?.credentials === 'keychain'
        const storageSecret: SecretChange = isUsed ? typed : { kind: 'forget' }
        const before = id === null ? null : findStored(id)
        if (before !== null && secret.kind === 'keep') refuseForAnother(shown(before), draft)
        if (before !== null && storageSecret.kind === 'keep') {
          refuseForAnotherStorage(shown(before), draft.storage)
        }
        const saved: StoredProfile = {
          ...draft,
          id: before?.id ?? randomUUID(),
          source: 'stored',
          hasSecret: before?.hasSecret ?? false,
          hasStorageSecret: before?.hasStorageSecret ?? false,
        }
        saved.hasSecret = await changeSecret(saved.id, saved.hasSecret, secret)
        saved.hasStorageSecret = await changeSecret(
          storageAccount(saved.id),
          saved.hasStorageSecret,
          storageSecret,
        )
        await write(
          before === null
            ? [...stored, saved]
            : stored.map((other) => (other.id === saved.id ? saved : other)),
        )
        return shown(saved)
      }),

    duplicate: (id) =>
      inTurn(async () => {
        const original = extra.find(({ profile }) => profile.id === id)?.profile ?? findStored(id)
        const copy: StoredProfile = {
          ...original,
          id: randomUUID(),
          source: 'stored',
          name: `${original.name.slice(0, 73)} (copy)`,
          hasSecret: false,
          hasStorageSecret: false,
        }
        await write([...stored, copy])
        return copy
      }),

    remove: (id) =>
      inTurn(async () => {
        const { hasSecret, hasStorageSecret } = findStored(id)
        if (hasSecret) await forget(id)
        if (hasStorageSecret) await forget(storageAccount(id))
        inMemory.delete(id)
        inMemory.delete(storageAccount(id))
        await write(stored.filter((profile) => profile.id !== id))
      }),

    repoint: (id, { hosts, targetSessionAttrs, password }) =>
      inTurn(async () => {
        const isKnownTo = (before: Profile) =>
          hosts.every((host) => before.hosts.some((known) => isDeepStrictEqual(known, host)))
        const outside = extra.find(({ profile }) => profile.id === id)
        if (outside !== undefined) {
          if (!isKnownTo(outside.profile)) outside.password = password
          outside.profile = { ...outside.profile, hosts, targetSessionAttrs }
          return { profile: outside.profile, isSaved: false }
        }
        const before = findStored(id)
        const after = { ...before, hosts, targetSessionAttrs }
        if (!isKnownTo(before) && shown(before).hasSecret) {
          const secret: SecretChange =
            password === null
              ? { kind: 'forget' }
              : { kind: before.hasSecret ? 'keychain' : 'memory', password }
          after.hasSecret = await changeSecret(id, before.hasSecret, secret)
        }
        await write(stored.map((other) => (other.id === id ? after : other)))
        return { profile: shown(after), isSaved: true }
      }),

    async diagnose({ id, draft, password }, signal) {
      const known = id === null || password !== null ? null : await forConnecting(id, null)
      if (known?.password != null) refuseForAnother({ ...known.profile, hasSecret: true }, draft)
      return diagnose(draft, password ?? known?.password ?? null, signal)
    },

    forConnecting,

    async storageSecretFor({ id, storage, secret }) {
      if (id === null || secret !== null || storage.credentials !== 'keychain') return secret
      const { profile, isExtra, storageSecret: brought } = await find(id)
      const storageSecret = isExtra ? brought : await savedStorageSecret(profile)
      if (storageSecret !== null) refuseForAnotherStorage({ ...profile, hasStorageSecret: true }, storage)
      return storageSecret
    },

    idleDisconnect: (id) => lastKnown(id)?.idleDisconnect ?? 0,

    thresholds: (id) => lastKnown(id)?.thresholds ?? {},

    setThresholds: (id, thresholds) =>
      inTurn(async () => {
        const outside = extra.find(({ profile }) => profile.id === id)
        if (outside !== undefined) {
          outside.profile = { ...outside.profile, thresholds }
          return { isSaved: false }
        }
        const after = { ...findStored(id), thresholds }
        await write(stored.map((other) => (other.id === id ? after : other)))
        return { isSaved: true }
      }),
  }
}

/** What a saved password is bound to: it goes to no other server, as no other user, and over no weaker protection. */
const boundTo = ({ hosts, user, tlsMode, caFile, allowWeakAuthentication }: ProfileDraft): string =>
  JSON.stringify([
    hosts.map(({ host, port }) => [host, port]),
    user,
    tlsMode,
    caFile,
    allowWeakAuthentication,
  ])

/** A page that was led astray, or a URL pasted by mistake, must not carry a saved password to another server. */
const refuseForAnother = (before: Profile, draft: ProfileDraft): void => {
  if (!before.hasSecret || boundTo(before) === boundTo(draft)) return
  throw new ConsoleError(
    'INVALID_INPUT',
    `The saved password of "${before.name}" belongs to the server, user and encryption it was saved for.`,
    'Type the password again, or forget it.',
  )
}

/** A key pair signs for the server and bucket that it was saved for. */
const refuseForAnotherStorage = (before: Profile, after: StorageSettings | null): void => {
  if (!before.hasStorageSecret) return
  const bound = (to: StorageSettings | null) =>
    JSON.stringify(to && [to.endpoint, to.region, to.bucket, to.accessKeyId, to.caFile])
  if (bound(before.storage) === bound(after)) return
  throw new ConsoleError(
    'INVALID_INPUT',
    `The saved secret key of "${before.name}" belongs to the storage and access key it was saved for.`,
    'Type the secret key again, or forget it.',
  )
}

const storageAccount = (id: string): string => `${id}/storage`

const noProfile = (): ConsoleError =>
  new ConsoleError('NOT_FOUND', 'This profile no longer exists.', 'Reload the list of profiles.')

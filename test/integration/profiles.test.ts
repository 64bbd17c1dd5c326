import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { createKeychain } from '../../src/main/session/keychain.ts'
import { createPreferences } from '../../src/main/session/preferences.ts'
import { createProfiles } from '../../src/main/session/profiles.ts'
import type { ProfileDraft } from '../../src/shared/profiles.ts'
import { newStorage } from '../../src/shared/storage.ts'

const draft: ProfileDraft = {
  name: 'Plant 1',
  environment: 'staging',
  hosts: [{ host: 'db.example.com', port: 5432 }],
  targetSessionAttrs: 'any',
  database: 'erp',
  user: 'anna',
  tlsMode: 'verify-full',
  caFile: null,
  allowWeakAuthentication: false,
  role: null,
  readOnly: true,
  statementTimeout: 60,
  connectTimeout: 10,
  idleDisconnect: 5,
  migrationsFolder: null,
  storage: null,
  thresholds: { 'standbys.lagWarn': 1024 },
}

const newHome = () => mkdtemp(join(inject('runFolder'), 'home-'))
const profilesIn = (home: string, environment: Record<string, string> = {}) =>
  createProfiles({ home, environment, keychain: createKeychain(), extra: [] })

describe('profiles', () => {
  test('pointed at other hosts after a failover keep their password among those they named, and give it to no other', async () => {
    const profiles = profilesIn(await newHome(), {
      DATABASE_URL: 'postgresql://anna:hunter2@one:5432,two:5433/erp',
    })
    const [one, two, three] = ['one', 'two', 'three'].map((host, place) => ({ host, port: 5432 + place }))
    if (one === undefined || two === undefined || three === undefined) throw new Error('three hosts')
    const { id } = await profiles.save({
      id: null,
      draft: { ...draft, hosts: [one, two] },
      secret: { kind: 'memory', password: 'hunter2' },
    })
    const attrs = { targetSessionAttrs: 'primary' } as const
    const passwordOf = async (of: string) => (await profiles.forConnecting(of, null)).password
    expect(await profiles.repoint(id, { hosts: [two, one], ...attrs, password: null })).toMatchObject({
      isSaved: true,
      profile: { hosts: [two, one], targetSessionAttrs: 'primary' },
    })
    expect(await passwordOf(id)).toBe('hunter2')
    await profiles.repoint(id, { hosts: [three, two], ...attrs, password: 'typed' })
    expect(await passwordOf(id)).toBe('typed')
    await profiles.repoint(id, { hosts: [one], ...attrs, password: null })
    expect(await passwordOf(id)).toBeNull()

    const outside = await profiles.repoint('environment', { hosts: [two], ...attrs, password: null })
    expect(outside).toMatchObject({ isSaved: false, profile: { hosts: [two] } })
    expect(await profiles.forConnecting('environment', null)).toMatchObject({
      password: 'hunter2',
      profile: { hosts: [two] },
    })
    await profiles.repoint('environment', { hosts: [three], ...attrs, password: null })
    expect(await passwordOf('environment')).toBeNull()
  })

  test('outlive the console, readable by their owner only, without any password', async () => {
    const home = await newHome()
    const first = profilesIn(home)
    const saved = await first.save({ id: null, draft, secret: { kind: 'memory', password: 'hunter2' } })
    expect(saved.hasSecret).toBe(true)
    expect(await first.forConnecting(saved.id, null)).toMatchObject({ password: 'hunter2' })
    expect(await first.forConnecting(saved.id, 'typed')).toMatchObject({ password: 'typed' })

    const file = join(home, 'profiles.json')
    expect(await readFile(file, 'utf8')).not.toContain('hunter2')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(home)).toEqual(['profiles.json'])

    const second = profilesIn(home)
    const { profiles, problem } = await second.list()
    expect(problem).toBeNull()
    expect(profiles).toEqual([
      { ...draft, id: saved.id, source: 'stored', hasSecret: false, hasStorageSecret: false },
    ])
    expect(second.idleDisconnect(saved.id)).toBe(5)
    expect(second.thresholds(saved.id)).toEqual({ 'standbys.lagWarn': 1024 })
    expect(second.thresholds('gone')).toEqual({})
    expect(await second.forConnecting(saved.id, null)).toMatchObject({ password: null })
  })

  test('never carry a saved password to another server, user or weaker protection', async () => {
    const profiles = profilesIn(await newHome())
    const { id } = await profiles.save({ id: null, draft, secret: { kind: 'memory', password: 'hunter2' } })
    const elsewhere: ProfileDraft[] = [
      { ...draft, hosts: [{ host: '127.0.0.1', port: 5432 }] },
      { ...draft, hosts: [...draft.hosts, { host: '127.0.0.1', port: 5432 }] },
      { ...draft, user: 'eve' },
      { ...draft, tlsMode: 'require' },
      { ...draft, caFile: '/tmp/other.pem' },
      { ...draft, allowWeakAuthentication: true },
    ]
    for (const other of elsewhere) {
      await expect(
        profiles.diagnose({ id, draft: other, password: null }, new AbortController().signal),
      ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await expect(profiles.save({ id, draft: other, secret: { kind: 'keep' } })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      })
    }
    await profiles.save({ id, draft: { ...draft, statementTimeout: 5 }, secret: { kind: 'keep' } })
    expect(await profiles.forConnecting(id, null)).toMatchObject({ password: 'hunter2' })
    const moved = { ...draft, user: 'eve' }
    await profiles.save({ id, draft: moved, secret: { kind: 'memory', password: 'other' } })
    expect(await profiles.forConnecting(id, null)).toMatchObject({ password: 'other' })
  })

  test('never carry a saved secret key to another storage, and forget it with the connection', async () => {
    const profiles = profilesIn(await newHome())
    const storage = {
      ...newStorage,
      bucket: 'documents',
      endpoint: 'https://s3.example.com',
      accessKeyId: 'AK',
    }
    const withStorage: ProfileDraft = { ...draft, storage }
    const keep = { kind: 'keep' } as const
    const { id } = await profiles.save({
      id: null,
      draft: withStorage,
      secret: keep,
      storageSecret: { kind: 'memory', password: 'hunter2' },
    })
    for (const change of [
      { endpoint: 'https://127.0.0.1' },
      { endpoint: null },
      { region: 'eu-west-1' },
      { bucket: 'other' },
      { accessKeyId: 'BK' },
      { caFile: '/tmp/other.pem' },
    ]) {
      const moved = { ...draft, storage: { ...storage, ...change } }
      await expect(profiles.save({ id, draft: moved, secret: keep })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      })
      await expect(
        profiles.storageSecretFor({ id, storage: moved.storage, secret: null }),
      ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(await profiles.storageSecretFor({ id, storage: moved.storage, secret: 'typed' })).toBe('typed')
    }
    expect(await profiles.storageSecretFor({ id, storage, secret: null })).toBe('hunter2')
    const saved = await profiles.save({ id, draft: { ...withStorage, name: 'Plant 2' }, secret: keep })
    expect(saved).toMatchObject({ hasSecret: false, hasStorageSecret: true })
    expect(await profiles.forConnecting(id, null)).toMatchObject({ password: null, storageSecret: 'hunter2' })
    await profiles.save({ id, draft: withStorage, secret: keep, storageSecret: { kind: 'forget' } })
    expect(await profiles.forConnecting(id, null)).toMatchObject({ storageSecret: null })
  })

  test('forget a secret key that nothing uses, so that it cannot follow the settings to another storage', async () => {
    const profiles = profilesIn(await newHome())
    const storage = { ...newStorage, bucket: 'documents', accessKeyId: 'AK' }
    const keep = { kind: 'keep' } as const
    const { id } = await profiles.save({
      id: null,
      draft: { ...draft, storage },
      secret: keep,
      storageSecret: { kind: 'memory', password: 'hunter2' },
    })
    const away = { ...storage, endpoint: 'https://127.0.0.1' }
    await profiles.save({
      id,
      draft: { ...draft, storage: { ...away, credentials: 'chain' } },
      secret: keep,
    })
    await profiles.save({ id, draft: { ...draft, storage: away }, secret: keep })
    expect(await profiles.forConnecting(id, null)).toMatchObject({ storageSecret: null })
  })

  test('are changed, duplicated and removed', async () => {
    const profiles = profilesIn(await newHome())
    const { id } = await profiles.save({ id: null, draft, secret: { kind: 'keep' } })
    await profiles.save({
      id,
      draft: { ...draft, name: 'Plant 2' },
      secret: { kind: 'memory', password: 'x' },
    })
    const copy = await profiles.duplicate(id)
    expect(copy).toMatchObject({ name: 'Plant 2 (copy)', hasSecret: false })
    await profiles.remove(id)
    expect((await profiles.list()).profiles).toEqual([copy])
    await expect(profiles.forConnecting(id, null)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('are all there when many are saved at once', async () => {
    const home = await newHome()
    const profiles = profilesIn(home)
    const names = Array.from({ length: 20 }, (_, n) => `Plant ${n}`)
    await Promise.all(
      names.map((name) => profiles.save({ id: null, draft: { ...draft, name }, secret: { kind: 'keep' } })),
    )
    expect((await profilesIn(home).list()).profiles.map(({ name }) => name)).toEqual(names)
  })

  test('of a damaged file are kept aside and reported, and new ones can be saved', async () => {
    const home = await newHome()
    await writeFile(join(home, 'profiles.json'), '{"version": 1, "profiles": [{"id": 1')
    const profiles = profilesIn(home)
    const { problem } = await profiles.list()
    expect(problem).toMatch(/damaged.*profiles\.json\.damaged-/)
    await profiles.save({ id: null, draft, secret: { kind: 'keep' } })
    const kept = (await readdir(home)).find((name) => name.includes('damaged')) ?? ''
    expect(await readFile(join(home, kept), 'utf8')).toContain('[{"id": 1')
    expect((await profilesIn(home).list()).profiles).toHaveLength(1)
  })

  test('include DATABASE_URL, which cannot be changed but copied', async () => {
    const profiles = profilesIn(await newHome(), { DATABASE_URL: 'postgres://anna:hunter2@127.0.0.1/erp' })
    const { profiles: all } = await profiles.list()
    expect(all).toMatchObject([
      { id: 'environment', source: 'environment', hasSecret: true, tlsMode: 'disable' },
    ])
    expect(JSON.stringify(all)).not.toContain('hunter2')
    expect(await profiles.forConnecting('environment', null)).toMatchObject({ password: 'hunter2' })
    await expect(profiles.remove('environment')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(profiles.save({ id: 'environment', draft, secret: { kind: 'keep' } })).rejects.toMatchObject(
      {
        code: 'FORBIDDEN',
      },
    )
    expect(await profiles.duplicate('environment')).toMatchObject({ source: 'stored', hasSecret: false })
  })

  test('do without a DATABASE_URL that cannot be read, and say why without its password', async () => {
    const profiles = profilesIn(await newHome(), { DATABASE_URL: 'postgres://anna:hunter2@h:x/erp' })
    const { profiles: all, problem } = await profiles.list()
    expect(all).toEqual([])
    expect(problem).toMatch(/^DATABASE_URL is not used\. The URL has a host that cannot be read\./)
    expect(problem).not.toContain('hunter2')
  })
})

describe('preferences', () => {
  test('outlive the console, and begin anew when their file is damaged', async () => {
    const home = await newHome()
    const preferences = createPreferences({ home })
    expect(await preferences.get('theme')).toBeNull()
    await Promise.all([preferences.set('theme', 'dark'), preferences.set('columns/1', { width: [1, 2] })])
    const again = createPreferences({ home })
    expect(await again.get('theme')).toBe('dark')
    expect(await again.get('columns/1')).toEqual({ width: [1, 2] })
    await writeFile(join(home, 'preferences.json'), 'nonsense')
    expect(await createPreferences({ home }).get('theme')).toBeNull()
  })

  test('are bounded', async () => {
    const preferences = createPreferences({ home: await newHome() })
    await expect(preferences.set('a', 'x'.repeat(70_000))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await preferences.get('a')).toBeNull()
  })
})

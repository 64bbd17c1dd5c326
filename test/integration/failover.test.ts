import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { repointAfterFailover } from '../../src/main/api/repoint.ts'
import { createServices } from '../../src/main/api/services.ts'
import { createSessions } from '../../src/main/api/sessions.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createKeychain } from '../../src/main/session/keychain.ts'
import { createProfiles } from '../../src/main/session/profiles.ts'
import type { FailoverPromoteInput } from '../../src/shared/failover.ts'
import type { JobState } from '../../src/shared/jobs.ts'
import type { Profile } from '../../src/shared/profiles.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestServer,
} from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { newHome } from '../support/sandbox.ts'
import { noAbort, openTestSession, profileOf, type TestSession } from '../support/session.ts'
import { follow, replicationHba } from '../support/standby.ts'

const reason = 'INC-9: the primary is gone'
const nobody = { others: [], password: null }

const hostOf = ({ address: { host, port } }: TestServer) => ({ host, port })
const nameOf = ({ address: { host, port } }: TestServer) => `${host}:${port}`

type Pair = {
  primary: TestServer
  standby: TestServer
  database: TestDatabase
  [Symbol.asyncDispose](): Promise<void>
}

/** A primary with the schema of the ERP, and a standby that streams from it; by way of `port`, where one is given. */
const startPair = async (through?: (primary: TestServer) => Promise<number>): Promise<Pair> => {
  // Certificates and passwords of the standby are the primary's, since it is a copy.
  const [primary, standby] = await Promise.all([startServer({ hba: replicationHba }), startServer()])
  const database = await createDatabase({ on: primary.address })
  const client = await database.client()
  await applySchema(client)
  await client.query('create table written (id int primary key, what text)')
  await client.end()
  const port = await through?.(primary)
  await follow(standby, primary, { name: 'second', port })
  return {
    primary,
    standby,
    database,
    async [Symbol.asyncDispose]() {
      await Promise.all([primary.stop(), standby.stop()])
    },
  }
}

const open = async (
  { primary, standby, database }: Pair,
  changes: Partial<Profile> = {},
  password = database.password,
) => {
  const session = await openTestSession(
    database,
    { readOnly: false, hosts: [hostOf(primary), hostOf(standby)], targetSessionAttrs: 'primary', ...changes },
    password,
  )
  const { failover, operations, runbooks, trail } = createServices(session, { home: newHome() })
  return {
    session,
    failover,
    runbooks,
    trail,
    /** What the overview does while somebody looks at it. */
    look: () => operations.run({ ids: ['metrics'], thresholds: {} }, noAbort()),
    assess: (others = nobody.others as { host: string; port: number }[], typed: string | null = null) =>
      failover.assess({ others, password: typed }, noAbort()),
    [Symbol.asyncDispose]: () => session.close('user'),
  }
}

const ended = async (session: TestSession, { id }: JobState): Promise<JobState> => {
  await expect
    .poll(async () => (await session.jobs.get({ jobId: id })).status, { timeout: 30_000 })
    .not.toBe('running')
  return session.jobs.get({ jobId: id })
}

const promotionOf = (
  standby: TestServer,
  changes: Partial<FailoverPromoteInput> = {},
): FailoverPromoteInput => ({
  ...nobody,
  candidate: hostOf(standby),
  confirmation: nameOf(standby),
  isFenced: false,
  unfenced: null,
  reason,
  ...changes,
})

/** Rows that the server said are committed, with where its WAL ended after each, until it is gone. */
const keepWriting = (client: pg.Client) => {
  const acknowledged: { id: number; at: number; walEnd: number }[] = []
  const gone = (async () => {
    for (let id = 1; ; id += 1) {
      await client.query(`insert into written values ($1, repeat('x', 1000))`, [id])
      const at = Date.now()
      const { rows } = await client.query(
        `select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::float8 as "walEnd"`,
      )
      acknowledged.push({ id, at, walEnd: rows[0].walEnd })
    }
  })().catch(() => undefined)
  return { acknowledged, gone }
}

describe('a primary that is killed while it is written to', () => {
  test.each([
    ['keeps up', false],
    ['is cut off before', true],
  ])('loses nothing that is not foretold when its standby %s', async (_, isCutOff) => {
    await using stack = new AsyncDisposableStack()
    const link: { proxy?: Awaited<ReturnType<typeof startProxy>> } = {}
    const pair = stack.use(
      await startPair(async (primary) => {
        const proxy = stack.use(await startProxy(primary.address))
        link.proxy = proxy
        return proxy.port
      }),
    )
    const { primary, standby, database } = pair
    const console = stack.use(await open(pair))
    // Known to be on the standby, before it is cut off.
    const sealed = await console.trail.seal(null, noAbort())
    await expect.poll(async () => (await console.assess()).candidates[0]?.loss.bytes).toBe(0)
    const recorder = await database.client()
    const writing = keepWriting(await database.client())
    const more = (rows: number) => {
      const from = writing.acknowledged.length
      return expect.poll(() => writing.acknowledged.length).toBeGreaterThan(from + rows)
    }
    await more(20)
    await console.look()
    const first = Date.now()
    if (isCutOff) link.proxy?.freeze()
    await recorder.query(`select audit.record_access('look', '{}', 'To be sealed')`)
    const lastSealed = isCutOff ? await console.trail.seal(null, noAbort()) : sealed
    await more(100)
    // A pace takes two looks a second apart.
    await expect.poll(() => Date.now() - first).toBeGreaterThan(1000)
    const seen = await console.look()
    await more(20)
    await primary.kill()
    await writing.gone
    link.proxy?.cut()
    await expect.poll(() => console.session.state().status).toBe('lost')
    await expect.poll(async () => (await console.assess()).hosts[1]?.facts?.receiver).toBeNull()

    const before = await console.assess()
    expect(before.primary).toMatchObject({
      fencing: 'unreached',
      alive: [],
      lastSeen: { walEnd: seen.reports[0]?.rows[0]?.walBytes },
    })
    expect(before.hosts[0]).toMatchObject({ facts: null, error: { code: 'CONNECTION_REFUSED' } })
    const [candidate] = before.candidates
    const walEnd = before.hosts[1]?.facts?.walEnd ?? 0
    const lastSeen = before.primary.lastSeen
    expect(candidate).toMatchObject({ host: hostOf(standby), refusal: null })
    expect(candidate?.loss.bytes).toBe(Math.max(0, (lastSeen?.walEnd ?? 0) - walEnd))

    // Nobody has said that it is fenced.
    await expect(console.failover.promote(promotionOf(standby), noAbort())).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
    })
    await expect(
      console.failover.promote(promotionOf(standby, { isFenced: true, confirmation: 'it' }), noAbort()),
    ).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
    const job = await ended(
      console.session,
      await console.failover.promote(promotionOf(standby, { isFenced: true }), noAbort()),
    )
    expect(job).toMatchObject({ status: 'done', error: null })
    const run = await console.failover.state()
    expect(run).toMatchObject({ stage: 'promoted', reason, after: { inRecovery: false, timeline: 2 } })

    const runId = run?.runId ?? ''
    // The session is not with the new primary yet, where the run is kept.
    expect(await console.runbooks.get({ runId }, noAbort())).toMatchObject({ keeping: { isKept: true } })

    const to = await console.failover.repoint({ old: 'keep' }, noAbort())
    expect(to).toMatchObject({ hosts: [hostOf(standby), hostOf(primary)], targetSessionAttrs: 'primary' })
    expect(console.session.state()).toMatchObject({
      status: 'connected',
      writes: 'allowed',
      server: { host: hostOf(standby), inRecovery: false },
    })
    const promoted = await createClientOn(standby, database)
    stack.defer(() => promoted.end())
    const { rows } = await promoted.query<{ id: number }>('select id from written')
    const there = new Set(rows.map(({ id }) => id))
    const lost = writing.acknowledged.filter(({ id }) => !there.has(id))
    const isSeen = ({ walEnd: end }: { walEnd: number }) => end <= (lastSeen?.walEnd ?? 0)
    expect(lost.filter(({ walEnd: end }) => end <= walEnd)).toEqual([])
    expect(lost.filter((row) => !isSeen(row) && row.at < Date.parse(lastSeen?.at ?? ''))).toEqual([])
    expect(lost.filter(isSeen).length * 1000).toBeLessThanOrEqual(candidate?.loss.bytes ?? 0)
    if (isCutOff) {
      expect(lost.filter(isSeen).length).toBeGreaterThan(90)
      expect(candidate?.loss.bytes).toBeGreaterThan(90_000)
      expect(candidate?.loss.seconds).toBeGreaterThan(0)
      expect(candidate?.loss.atMostBytes).toBeGreaterThan(candidate?.loss.bytes ?? 0)
    } else {
      expect(lost.filter(isSeen)).toEqual([])
      expect(candidate?.loss).toMatchObject({ bytes: 0, seconds: 0 })
    }
    expect(candidate?.loss.unseenSince).toBe(lastSeen?.at)

    const events = await promoted.query(
      'select new_row, reason, actor from audit.event where op = $1 order by id desc limit 1',
      ['ACCESS'],
    )
    expect(events.rows[0]).toMatchObject({
      reason,
      new_row: {
        what: 'promote standby',
        host: nameOf(standby),
        timeline: 2,
        fencing: 'unreached',
        lost_bytes: candidate?.loss.bytes,
      },
    })

    await ended(console.session, await console.failover.check())
    const checked = await console.failover.state()
    expect(checked?.stage).toBe('checked')
    expect(checked?.steps.slice(-2)).toMatchObject([
      // What was made without a history differs from what no migration makes.
      { verdict: 'warn', text: expect.stringMatching(/^Drift: \d+ differences/) },
      isCutOff
        ? {
            verdict: 'critical',
            text: expect.stringMatching(
              new RegExp(
                `^Seal ${lastSealed.sealNo}, .* is not on the new primary, whose last known one is ${sealed.sealNo}:`,
              ),
            ),
          }
        : {
            verdict: 'ok',
            text: expect.stringMatching(
              new RegExp(`^Seal ${sealed.sealNo}, .* is in the trail of the new one`),
            ),
          },
    ])

    const kept = await promoted.query('select id::text, signed_at from ops.runbook_run where runbook = $1', [
      'failover',
    ])
    expect(kept.rows).toEqual([{ id: runId, signed_at: null }])
    const signed = await console.runbooks.sign({ runId, reason: 'All is well again' }, noAbort())
    const found = new Map(signed.steps.map((step) => [step.id, step]))
    const said = (id: string) => found.get(id)?.reports.map(({ summary }) => summary)
    expect(said('reason')).toEqual([reason])
    expect(said('loss')).toContain(candidate?.loss.text)
    expect(said('promotion')).toContain(`${nameOf(standby)} is a primary, on timeline 2, and takes writes.`)
    expect(found.get('checks')).toMatchObject({ reports: [{}, { verdict: isCutOff ? 'critical' : 'ok' }] })
    expect(JSON.stringify(signed)).not.toContain(database.password)
    expect((await console.runbooks.pdf({ runId }, noAbort())).pdf.length).toBeGreaterThan(1000)

    // A trail that was written anew has the number, and another seal.
    await promoted.query('alter table audit.seal disable trigger user')
    await promoted.query(`update audit.seal set hash = sha256(hash) where seal_no = $1`, [sealed.sealNo])
    await ended(console.session, await console.failover.check())
    expect((await console.failover.state())?.steps.slice(-2)).toMatchObject([
      {
        verdict: 'critical',
        text: expect.stringMatching(new RegExp(`^Seal ${sealed.sealNo} of the new primary is another one`)),
      },
      // What is signed stays as it is.
      { verdict: 'warn', text: expect.stringContaining('This run was signed by') },
    ])
  })
})

/** A client of the copied database on its standby. */
const createClientOn = async (standby: TestServer, database: TestDatabase): Promise<pg.Client> => {
  const client = new pg.Client({
    ...hostOf(standby),
    database: database.database,
    user: database.user,
    password: database.password,
    ssl: { ca: readFileSync(database.caFile) },
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

describe('servers that are looked at before a failover', () => {
  let pair: Pair
  let owner: pg.Client
  beforeAll(async () => {
    pair = await startPair()
    owner = await pair.database.client()
  })
  afterAll(() => pair[Symbol.asyncDispose]())

  test('a primary that answers is told from one that does not, and nothing is promoted beside it', async () => {
    const { primary, standby } = pair
    await using console = await open(pair)
    const seen = await console.assess()
    expect(seen.primary).toMatchObject({
      fencing: 'unfenced',
      alive: [nameOf(primary)],
      lastSeen: { host: hostOf(primary), timeline: 1 },
      text: expect.stringMatching(/^NOT FENCED: .* goes on accepting writes/),
    })
    expect(seen.hosts[1]?.facts).toMatchObject({
      inRecovery: true,
      systemIdentifier: seen.hosts[0]?.facts?.systemIdentifier,
      replay: 'running',
      receiver: { status: 'streaming' },
      slots: { used: 0 },
    })
    for (const unfenced of [null, nameOf(standby)]) {
      const promotion = promotionOf(standby, { isFenced: true, unfenced })
      await expect(console.failover.promote(promotion, noAbort())).rejects.toMatchObject({
        code: 'CONFIRMATION_REQUIRED',
        message: expect.stringContaining(`${nameOf(primary)} answers as a primary`),
      })
    }
    expect(await console.failover.state()).toBeNull()
    expect((await console.assess()).hosts[1]?.facts?.inRecovery).toBe(true)
  })

  test('a check of a standby goes with its session, and says so', async () => {
    await using console = await open(pair, { hosts: [hostOf(pair.standby)], targetSessionAttrs: 'any' })
    const { runId, keeping } = await console.runbooks.run({ id: 'daily', thresholds: {} }, noAbort())
    expect(keeping).toMatchObject({ isKept: false, text: expect.stringContaining('is a standby') })
    expect(await console.runbooks.sign({ runId, reason }, noAbort())).toMatchObject({
      signed: { recording: { isRecorded: false } },
    })
  })

  test('a paused replay is told, with what waits behind it', async () => {
    const onStandby = await createClientOn(pair.standby, pair.database)
    try {
      await onStandby.query('select pg_wal_replay_pause()')
      await owner.query(`select pg_logical_emit_message(false, 'a', repeat('x', 3000000))`)
      await using console = await open(pair)
      await expect
        .poll(async () => (await console.assess()).candidates[0]?.warnings.map(({ text }) => text))
        .toEqual(
          expect.arrayContaining([
            'Its replay is paused: a promotion ends that.',
            expect.stringMatching(/MB are received and not replayed yet/),
          ]),
        )
      expect((await console.assess()).candidates[0]?.steps[1]).toContain('pg_wal_replay_resume()')
      // What was received is not lost, replayed or not.
      await expect.poll(async () => (await console.assess()).candidates[0]?.loss.bytes).toBe(0)
    } finally {
      await onStandby.query('select pg_wal_replay_resume()')
      await onStandby.end()
    }
  })

  test('who may not promote is told the grant, and may once it is given', async () => {
    await using role = await createRole({ on: pair.primary.address })
    const as = `"${role.user}"`
    await owner.query(`grant connect on database "${pair.database.database}" to ${as}`)
    await using console = await open(pair, { user: role.user }, role.password)
    const candidate = async () => (await console.assess()).candidates[0]
    await expect
      .poll(async () => (await candidate())?.refusal)
      .toMatchObject({
        code: 'PERMISSION_DENIED',
        remedy: expect.stringContaining(
          `GRANT EXECUTE ON FUNCTION pg_catalog.pg_promote(boolean, integer) TO "${role.user}";`,
        ),
      })
    await expect(
      console.failover.promote(promotionOf(pair.standby, { unfenced: nameOf(pair.primary) }), noAbort()),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await owner.query(`grant execute on function pg_promote(boolean, integer) to ${as}`)
    // The trail wants to know who did it: this role may not tell it.
    await expect
      .poll(async () => (await candidate())?.refusal?.message)
      .toContain('may not record the promotion')
    await owner.query(`grant viruj_dba to ${as}`)
    await expect.poll(async () => (await candidate())?.refusal).toBeNull()
    await owner.query(`drop owned by ${as}`)
  })

  test('what a promotion would lose is not known to who never saw the primary, and not zero', async () => {
    await using console = await open(pair, { hosts: [hostOf(pair.standby)], targetSessionAttrs: 'any' })
    const { primary, candidates } = await console.assess()
    expect(primary).toMatchObject({ fencing: 'unreached', lastSeen: null })
    expect(candidates[0]).toMatchObject({
      loss: { bytes: null, atMostBytes: null, seconds: null },
      warnings: expect.arrayContaining([{ verdict: 'unknown', text: expect.stringMatching(/^Not known/) }]),
    })
  })

  test('a server that the connection does not name gets the password typed for it, never the saved one', async () => {
    const { primary, standby, database } = pair
    await using console = await open(pair, { hosts: [hostOf(primary)] })
    const [, named] = (await console.assess([hostOf(standby), hostOf(primary)])).hosts
    expect(named).toMatchObject({ isOfProfile: false, facts: null, error: { code: 'AUTH_FAILED' } })
    const typed = await console.assess([hostOf(standby)], database.password)
    expect(typed.candidates).toMatchObject([{ host: hostOf(standby), refusal: null }])
    await expect(
      console.session.repoint({ hosts: [hostOf(standby)], targetSessionAttrs: 'primary' }, noAbort()),
    ).rejects.toMatchObject({
      code: 'AUTH_FAILED',
    })
    expect(console.session.state()).toMatchObject({ status: 'connected', server: { host: hostOf(primary) } })
  })

  test('a standby of another cluster is refused, one that is gone is named with why', async () => {
    await using other = await startServer({ elsewhere: true, hba: ['hostssl all all 127.0.0.1/32 trust'] })
    await other.halt()
    writeFileSync(join(other.address.dataDir, 'standby.signal'), '')
    await other.start()
    await using console = await open(pair, { tlsMode: 'require', caFile: null, database: 'postgres' })
    const { candidates } = await console.assess([hostOf(other)])
    expect(candidates.map(({ refusal }) => refusal?.code ?? null)).toEqual([null, 'CONFLICT'])
    expect(candidates[1]?.refusal?.message).toContain('a copy of another cluster')

    await other.kill()
    const { hosts, candidates: left } = await console.assess([hostOf(other)])
    expect(hosts[2]).toMatchObject({ facts: null, error: { code: 'CONNECTION_REFUSED' } })
    expect(left).toHaveLength(1)
    await expect(
      console.failover.promote(
        { ...promotionOf(other), others: [hostOf(other)], unfenced: nameOf(pair.primary) },
        noAbort(),
      ),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('no standby that can be reached'),
    })
  })
})

test('beside a primary that is not fenced a paused standby is promoted for its typed name only, and all sessions are told', async () => {
  await using pair = await startPair()
  const { primary, standby, database } = pair
  const profile = profileOf(database, {
    readOnly: false,
    hosts: [hostOf(primary), hostOf(standby)],
    targetSessionAttrs: 'primary',
  })
  const home = newHome()
  const profiles = createProfiles({
    home,
    environment: {},
    keychain: createKeychain(),
    extra: [{ profile, password: database.password, storageSecret: null }],
  })
  const sessions = createSessions(profiles, { home })
  try {
    const opening = { profileId: profile.id, password: null }
    const { sessionId } = await sessions.open(opening, noAbort())
    const other = await sessions.open(opening, noAbort())
    const { failover } = sessions.get(sessionId).services
    const onStandby = await createClientOn(standby, database)
    await onStandby.query('select pg_wal_replay_pause()')
    await onStandby.end()
    await failover.promote(promotionOf(standby, { unfenced: nameOf(primary) }), noAbort())
    await expect
      .poll(async () => (await failover.state(null, noAbort()))?.stage, { timeout: 30_000 })
      .toBe('promoted')
    expect((await failover.state(null, noAbort()))?.steps).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ verdict: 'critical', text: expect.stringMatching(/^NOT FENCED/) }),
        expect.objectContaining({ text: 'The replay was paused, and was resumed.' }),
        expect.objectContaining({
          verdict: 'critical',
          text: expect.stringContaining(`${nameOf(primary)} still accepts writes`),
        }),
      ]),
    )

    // The session was with the old primary, which lives, and goes over to the new one. Another one does so when its person says it.
    await repointAfterFailover({ profiles, sessions }, { sessionId, old: 'remove' }, noAbort())
    const stateOf = (id: string) => sessions.get(id).state
    const there = { status: 'connected', server: { host: hostOf(standby), inRecovery: false }, movedTo: null }
    expect(stateOf(sessionId)).toMatchObject(there)
    expect(stateOf(other.sessionId)).toMatchObject({
      status: 'connected',
      server: { host: hostOf(primary) },
      movedTo: nameOf(standby),
    })
    expect(await sessions.get(other.sessionId).services.catalog.schemas(null, noAbort())).not.toEqual([])
    expect(await sessions.reconnect(other.sessionId, noAbort())).toMatchObject(there)
    expect(stateOf(other.sessionId)).toMatchObject(there)
    expect(await sessions.open(opening, noAbort())).toMatchObject(there)
  } finally {
    await sessions.closeAll('user')
  }
})

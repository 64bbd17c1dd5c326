import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createSignatures } from '../../src/main/signatures/signatures.ts'
import { signaturesReport } from '../../src/shared/signatures.ts'
import { jpeg, png, pngOfBytes } from '../support/images.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestRole,
} from '../support/postgres.ts'
import { noAbort, openTestSession, type TestSession } from '../support/session.ts'

const groups = ['viruj_operator', 'viruj_dba', 'viruj_reviewer'] as const
type Group = (typeof groups)[number]

describe('signatures', () => {
  let database: TestDatabase
  let owner: pg.Client
  const roles = new Map<Group, TestRole>()
  let people = 0

  beforeAll(async () => {
    database = await createDatabase()
    owner = await database.client()
    await applySchema(owner)
    for (const group of groups) roles.set(group, await createRole({ as: `in role ${group}` }))
  })
  afterAll(async () => {
    await database.drop()
    for (const role of roles.values()) await role.drop()
  })

  const roleOf = (group: Group): TestRole => {
    const role = roles.get(group)
    if (role === undefined) throw new Error(`nobody is in ${group}`)
    return role
  }
  const open = (group: Group = 'viruj_operator', readOnly = false): Promise<TestSession> =>
    openTestSession({ ...database, ...roleOf(group) }, { readOnly })

  /** A new person's id and address. */
  const newPerson = async (): Promise<{ userId: string; email: string }> => {
    people += 1
    const email = `person-${people}@example.com`
    const { rows } = await owner.query<{ id: string }>(
      `insert into users (email, password_hash, role) values ($1, '!', 'operator') returning id`,
      [email],
    )
    return { userId: rows[0]?.id ?? '', email }
  }
  const base64 = (image: Buffer) => image.toString('base64')
  const drawn = (fill: number) => base64(png({ fill }))
  const stored = async (userId: string) =>
    (
      await owner.query(
        `select id::text, superseded_by::text, revoked_at is not null as revoked, width, height, media_type, image
           from signatures where user_id = $1 order by signatures.id`,
        [userId],
      )
    ).rows

  test('limits are the table’s own', async () => {
    await using session = await open()
    expect(await createSignatures(session).access(null, noAbort())).toEqual({
      limits: { bytes: 262_144, mediaTypes: ['image/png', 'image/jpeg'], width: 2400, height: 1200 },
      mayAdd: true,
      mayReplace: true,
      mayRevoke: true,
      maySeeImages: true,
      maySeePeople: true,
      maySeeDocuments: true,
      logsImages: false,
    })
    const client = await database.client()
    await client.query(`alter table signatures drop constraint signatures_image_check`)
    await client.query(
      `alter table signatures add constraint signatures_image_check check (octet_length(image) < 100)`,
    )
    try {
      const signatures = createSignatures(session)
      const { userId } = await newPerson()
      expect((await signatures.access(null, noAbort())).limits.bytes).toBe(99)
      await expect(
        signatures.inspect({ image: base64(pngOfBytes(100)), userId }, noAbort()),
      ).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE', message: expect.stringContaining('99 at most') })
    } finally {
      await client.query(`alter table signatures drop constraint signatures_image_check`)
      await client.query(
        `alter table signatures add constraint signatures_image_check check (octet_length(image) between 1 and 262144)`,
      )
    }
  })

  test('one is stored as it was sent, with its reason in the trail, and the next one takes its place', async () => {
    await using session = await open()
    const signatures = createSignatures(session)
    const { userId, email } = await newPerson()
    const first = await signatures.save(
      { userId, image: base64(jpeg()), replaces: null, reason: 'New signatory, HR-0931' },
      noAbort(),
    )
    expect(first.sha256).toBe(createHash('sha256').update(jpeg()).digest('hex'))
    const second = await signatures.save(
      { userId, image: drawn(0), replaces: first.id, reason: 'Clearer scan, HR-0932' },
      noAbort(),
    )
    expect(await stored(userId)).toEqual([
      {
        id: first.id,
        superseded_by: second.id,
        revoked: false,
        width: 16,
        height: 8,
        media_type: 'image/jpeg',
        image: jpeg(),
      },
      {
        id: second.id,
        superseded_by: null,
        revoked: false,
        width: 4,
        height: 3,
        media_type: 'image/png',
        image: png({ fill: 0 }),
      },
    ])
    const { rows } = await owner.query(
      `select op, row_pk, reason, actor, new_row -> 'image' ->> 'bytes' as bytes, new_row ->> 'superseded_by' as next
         from audit.event where table_name = 'signatures' and row_pk = any ($1) order by id`,
      [[first.id, second.id]],
    )
    const actor = roleOf('viruj_operator').user
    expect(rows).toEqual([
      {
        op: 'INSERT',
        row_pk: first.id,
        reason: 'New signatory, HR-0931',
        actor,
        bytes: String(jpeg().length),
        next: null,
      },
      {
        op: 'INSERT',
        row_pk: second.id,
        reason: 'Clearer scan, HR-0932',
        actor,
        bytes: String(png({ fill: 0 }).length),
        next: null,
      },
      {
        op: 'UPDATE',
        row_pk: first.id,
        reason: 'Clearer scan, HR-0932',
        actor,
        bytes: null,
        next: second.id,
      },
    ])
    const list = await signatures.list({ states: [], text: email, before: null }, noAbort())
    expect(list).toMatchObject({
      isWhole: true,
      signatures: [
        {
          id: second.id,
          email,
          state: 'in force',
          bytes: png({ fill: 0 }).length,
          width: 4,
          supersededAt: null,
        },
        {
          id: first.id,
          email,
          state: 'superseded',
          supersededBy: second.id,
          supersededAt: expect.any(String),
        },
      ],
    })
    expect(await signatures.people({ text: email.toUpperCase() }, noAbort())).toEqual([
      { userId, email, role: 'operator', inForce: second.id },
    ])
    expect(await signatures.image({ id: second.id }, noAbort())).toMatchObject({
      base64: drawn(0),
      isIntact: true,
      problem: null,
      facts: { hasTransparency: true },
    })
  })

  test('what somebody else did meanwhile is a conflict, and changes nothing', async () => {
    await using session = await open()
    await using other = await open('viruj_dba')
    const [signatures, others] = [createSignatures(session), createSignatures(other)]
    const { userId } = await newPerson()
    const saves = (image: string, replaces: string | null) => ({ userId, image, replaces, reason: 'A test' })
    const first = await others.save(saves(drawn(1), null), noAbort())
    const conflict = { code: 'CONFLICT' }
    // Who saw none, and who saw one that is no longer in force.
    await expect(signatures.save(saves(drawn(2), null), noAbort())).rejects.toMatchObject(conflict)
    const second = await others.save(saves(drawn(3), first.id), noAbort())
    await expect(signatures.save(saves(drawn(4), first.id), noAbort())).rejects.toMatchObject(conflict)
    await expect(signatures.revoke({ id: first.id, reason: 'A test' }, noAbort())).rejects.toMatchObject(
      conflict,
    )
    expect((await stored(userId)).map(({ id }) => id)).toEqual([first.id, second.id])

    // Who saw one that was revoked meanwhile would store another without knowing.
    const revoked = await newPerson()
    const gone = await others.save({ ...saves(drawn(5), null), userId: revoked.userId }, noAbort())
    await others.revoke({ id: gone.id, reason: 'A test' }, noAbort())
    await expect(
      signatures.save({ ...saves(drawn(6), gone.id), userId: revoked.userId }, noAbort()),
    ).rejects.toMatchObject(conflict)
    expect(await stored(revoked.userId)).toHaveLength(1)

    const both = await Promise.allSettled([
      signatures.save(saves(drawn(5), second.id), noAbort()),
      others.save(saves(drawn(6), second.id), noAbort()),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await stored(userId)).toHaveLength(3)
  })

  test('a revoked one stays revoked, and its person can have another', async () => {
    await using session = await open()
    const signatures = createSignatures(session)
    const { userId, email } = await newPerson()
    const save = (fill: number) =>
      signatures.save({ userId, image: drawn(fill), replaces: null, reason: 'A test' }, noAbort())
    const first = await save(1)
    await signatures.revoke({ id: first.id, reason: 'Left the company' }, noAbort())
    const next = await save(2)
    const list = await signatures.list({ states: ['revoked'], text: email, before: null }, noAbort())
    expect(list.signatures).toMatchObject([{ id: first.id, state: 'revoked' }])
    expect(list.signatures).toHaveLength(1)
    expect((await stored(userId)).map(({ id }) => id)).toEqual([first.id, next.id])
  })

  test('what does not pass the gate never reaches the server', async () => {
    await using session = await open()
    const signatures = createSignatures(session)
    const { userId } = await newPerson()
    for (const image of [
      pngOfBytes(262_145),
      Buffer.concat([png(), Buffer.from('PK')]),
      Buffer.from('<svg/>'),
    ]) {
      await expect(
        signatures.save({ userId, image: base64(image), replaces: null, reason: 'A test' }, noAbort()),
      ).rejects.toMatchObject({ code: expect.stringMatching(/INVALID_INPUT|VALUE_TOO_LARGE/) })
    }
    expect(await stored(userId)).toEqual([])
    expect(
      (
        await signatures.save(
          { userId, image: base64(pngOfBytes(262_144)), replaces: null, reason: 'A test' },
          noAbort(),
        )
      ).id,
    ).toMatch(/^\d+$/)
  })

  test('a session that only reads, and one whose role may not, store nothing and are told so', async () => {
    const { userId } = await newPerson()
    const save = { userId, image: drawn(7), replaces: null, reason: 'A test' }
    await using reading = await open('viruj_operator', true)
    await expect(createSignatures(reading).save(save, noAbort())).rejects.toMatchObject({ code: 'READ_ONLY' })
    await using reviewer = await open('viruj_reviewer')
    const signatures = createSignatures(reviewer)
    await expect(signatures.save(save, noAbort())).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await stored(userId)).toEqual([])
    expect(await signatures.access(null, noAbort())).toMatchObject({
      mayAdd: false,
      mayReplace: false,
      mayRevoke: false,
      maySeeImages: false,
      maySeePeople: false,
    })
    const list = await signatures.list({ states: [], text: 'person', before: null }, noAbort())
    expect(list.signatures[0]).toMatchObject({ email: null, bytes: null, sha256: expect.any(String) })
    await expect(signatures.image({ id: list.signatures[0]?.id ?? '' }, noAbort())).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test('an operator adds, replaces and revokes by SQL, and does nothing else to one', async () => {
    const client = await database.client(roleOf('viruj_operator'))
    await client.query(`set audit.reason = 'A test'`)
    const { userId } = await newPerson()
    const insert = `insert into signatures (user_id, image, media_type, sha256) values ($1, $2, 'image/png', encode(sha256($2), 'hex')) returning id`
    const add = async () => (await client.query<{ id: string }>(insert, [userId, png()])).rows[0]?.id
    await client.query('begin')
    const first = await add()
    const second = await add()
    await client.query('update signatures set superseded_by = $1 where id = $2', [second, first])
    await client.query('commit')

    const refusedOnes = [
      [
        `insert into signatures (user_id, image, sha256, created_at) values ('${userId}', '', '', now())`,
        '42501',
      ],
      [
        `insert into signatures (user_id, image, sha256, revoked_at) values ('${userId}', '', '', now())`,
        '42501',
      ],
      [`update signatures set image = ''`, '42501'],
      [`update signatures set user_id = user_id`, '42501'],
      [`update signatures set sha256 = ''`, '42501'],
      [`update signatures set created_at = now()`, '42501'],
      [`update signatures set width = default`, '42501'],
      [`delete from signatures`, '42501'],
      [`truncate signatures`, '42501'],
      [`update signatures set revoked_at = now() - interval '1 day' where id = ${second}`, '42501'],
      [`update signatures set revoked_at = now() + interval '1 day' where id = ${second}`, '42501'],
      [`update signatures set superseded_by = ${first} where id = ${second}`, '42501'],
      [`update users set email = 'x'`, '42501'],
      [`alter table signatures disable row level security`, '42501'],
    ] as const
    for (const [statement, code] of refusedOnes) {
      await expect(client.query(statement), statement).rejects.toMatchObject({ code })
    }
    // What has ended is out of reach.
    for (const change of ['superseded_by = null', 'revoked_at = now()']) {
      const { rowCount } = await client.query(`update signatures set ${change} where id = $1`, [first])
      expect([change, rowCount]).toEqual([change, 0])
    }
    // A second one in force shows at the end of the transaction; somebody else's cannot take its place.
    await expect(add()).rejects.toMatchObject({ code: '23P01' })
    const stranger = await newPerson()
    const strangers = (await client.query<{ id: string }>(insert, [stranger.userId, png()])).rows[0]?.id
    await expect(
      client.query('update signatures set superseded_by = $1 where id = $2', [strangers, second]),
    ).rejects.toMatchObject({ code: '23503' })

    await client.query('reset audit.reason')
    const revoke = `update signatures set revoked_at = now() where id = ${second}`
    await expect(client.query(revoke)).rejects.toMatchObject({ code: 'AU001' })
    await client.query(`begin; set local audit.reason = 'A test'; ${revoke}; commit`)
    expect(
      (await client.query(`update signatures set revoked_at = null where id = ${second}`)).rowCount,
    ).toBe(0)
    expect(await stored(userId)).toMatchObject([{ revoked: false }, { revoked: true, superseded_by: null }])
    await client.end()
  })

  test('the whole set is held against its hashes, and a damaged one is named', async () => {
    await using session = await open()
    const signatures = createSignatures(session)
    const { userId } = await newPerson()
    const { id } = await signatures.save(
      { userId, image: drawn(9), replaces: null, reason: 'A test' },
      noAbort(),
    )
    const verified = async () => {
      const { id: jobId } = await signatures.verify()
      await expect.poll(async () => (await session.jobs.get({ jobId })).status).toBe('done')
      return signaturesReport.parse((await session.jobs.get({ jobId })).result)
    }
    // More than are read at once.
    await owner.query(
      `begin; set local audit.reason = 'A test';
       insert into signatures (user_id, image, sha256, revoked_at)
       select '${userId}', i, encode(sha256(i), 'hex'), now()
         from generate_series(1, 600) n, set_byte('\\x${png({ colourType: 0 }).toString('hex')}', 60, n % 256) i;
       commit`,
    )
    const before = await verified()
    const { rows } = await owner.query(
      'select count(*)::int as verified, sum(octet_length(image))::int as bytes from signatures',
    )
    expect(before).toMatchObject({ ...rows[0], findings: 0, listed: [] })
    // As damage below the table would: past its constraint and its trigger.
    await owner.query(`begin; set local session_replication_role = replica; set local audit.reason = 'A test';
      alter table signatures drop constraint signatures_sha256_check;
      update signatures set image = set_byte(image, octet_length(image) - 1, 0) where id = ${id};
      alter table signatures add constraint signatures_sha256_check check (sha256 = encode(sha256(image), 'hex')) not valid; commit`)
    expect(await verified()).toMatchObject({
      findings: 1,
      listed: [{ id, problem: expect.stringContaining('hash') }],
    })
    expect(await signatures.image({ id }, noAbort())).toMatchObject({
      isIntact: false,
      base64: null,
      problem: expect.stringContaining('checksum'),
    })
  })

  test('documents that the person approved meanwhile are where it was used', async () => {
    await using session = await open('viruj_dba')
    const signatures = createSignatures(session)
    const { userId, email } = await newPerson()
    const { id } = await signatures.save(
      { userId, image: drawn(3), replaces: null, reason: 'A test' },
      noAbort(),
    )
    const login = email.split('@', 1)[0] ?? ''
    const approve = (by: string, when: string) =>
      owner.query(
        `insert into documents (filename, plant, bytes, sha256, s3_key, payload, uploaded_by, created_at)
         values ($1, 'HYD-1', 1, repeat('a', 64), gen_random_uuid(), $2, $3, now() + $4::interval)`,
        [`${by} ${when}`, { approvals: [{ by, seq: 1 }] }, userId, when],
      )
    await approve(login, '1 hour')
    await approve(email, '2 hours')
    await approve(login, '-1 hour')
    await approve('somebody', '1 hour')
    expect(await signatures.uses({ id }, noAbort())).toMatchObject({
      count: 2,
      newest: [{ filename: `${email} 2 hours` }, { filename: `${login} 1 hour` }],
    })
    await using reviewer = await open('viruj_reviewer')
    expect(await createSignatures(reviewer).uses({ id }, noAbort())).toBeNull()
  })

  test('no statement that is seen or logged holds an image, and a server that would log it is told of', async () => {
    await using server = await startServer({
      settings: { log_statement: 'all', log_parameter_max_length: 0 },
    })
    await using own = await createDatabase({ on: server.address })
    const superuser = await own.client()
    await applySchema(superuser)
    const { rows } = await superuser.query(
      `insert into users (email, password_hash, role) values ('a@example.com', '!', 'operator') returning id`,
    )
    await using session = await openTestSession(own, { readOnly: false })
    const signatures = createSignatures(session)
    const image = pngOfBytes(200_000)
    const saved = await signatures.save(
      { userId: rows[0].id, image: base64(image), replaces: null, reason: 'A test' },
      noAbort(),
    )
    await signatures.image({ id: saved.id }, noAbort())
    expect((await signatures.access(null, noAbort())).logsImages).toBe(false)
    const longest = await superuser.query(
      `select max(length(query))::int as length from pg_stat_activity where application_name like 'viruj%'`,
    )
    expect(longest.rows[0].length).toBeLessThan(5000)
    const log = readFileSync(`${server.address.dataDir}.log`, 'utf8')
    expect(log).toContain('insert into public.signatures')
    expect(log).not.toContain(Buffer.from('a'.repeat(20)).toString('hex'))
    await superuser.query(`alter system set log_parameter_max_length = -1`)
    await superuser.query(`select pg_reload_conf()`)
    await expect.poll(async () => (await signatures.access(null, noAbort())).logsImages).toBe(true)
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTrailService } from '../../src/main/audit/trail/service.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { reviewCoverage } from '../../src/shared/audit-review.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

describe('reviews of the audit trail', () => {
  let database: TestDatabase
  let owner: pg.Client
  let reviewer: pg.Client
  let name: string
  const roles: TestRole[] = []
  const member = async (group: string): Promise<{ role: TestRole; client: pg.Client }> => {
    const role = await createRole({ as: `in role ${group}` })
    roles.push(role)
    return { role, client: await database.client(role) }
  }
  const addUser = (client: pg.Client, email: string) =>
    client.query(`insert into public.users (email, role, password_hash) values ($1, 'operator', 'x')`, [
      email,
    ])
  const seal = async (): Promise<number> => {
    const { rows } = await owner.query('select seal_no::int from audit.seal()')
    return rows[0].seal_no
  }
  const signOff = 'select * from audit.sign_off($1, $2, $3, $4)'

  beforeAll(async () => {
    database = await createDatabase()
    owner = await database.client()
    await applySchema(owner)
    const made = await member('viruj_reviewer')
    reviewer = made.client
    name = made.role.user
  })
  afterAll(async () => {
    await database.drop()
    for (const role of roles) await role.drop()
  })

  test('sign off what is sealed, tell in numbers what that was, and leave an event', async () => {
    await seal()
    // As long as it is open, what others did before the seal is not older than what its snapshot lacks.
    const open = await database.client()
    await open.query('begin; select pg_current_xact_id()')
    await addUser(owner, 'before@example.com')
    const first = await seal()
    await addUser(owner, 'ann@example.com')
    await addUser(owner, 'bob@example.com')
    const last = await seal()
    await open.query('commit')
    await addUser(owner, 'late@example.com')
    const { rows } = await reviewer.query(signOff, [first + 1, last, 'accepted', '  Looked at all. '])
    expect(rows).toMatchObject([
      {
        reviewer: name,
        from_seal: String(first + 1),
        to_seal: String(last),
        verdict: 'accepted',
        note: 'Looked at all.',
        scope: { events: 2 },
      },
    ])
    const access = await owner.query(
      `select actor, reason, new_row from audit.event where op = 'ACCESS' order by id desc limit 1`,
    )
    expect(access.rows).toMatchObject([
      {
        actor: name,
        reason: 'Looked at all.',
        new_row: { what: 'sign-off', to_seal: last, scope: { events: 2 } },
      },
    ])
    const whole = await reviewer.query(signOff, [1, last, 'objected', 'All of it.'])
    const sealed = await owner.query('select sum(n)::int as n from audit.seal')
    expect(whole.rows[0].scope.events).toBe(sealed.rows[0].n)
  })

  test('read what the seals cover, and not the whole log', async () => {
    await owner.query(
      `insert into audit.event (op, table_name) select 'NOTE', 'long ago' from generate_series(1, 50000)`,
    )
    await seal()
    await owner.query('vacuum (analyze) audit.event')
    await addUser(owner, 'one@example.com')
    const last = await seal()
    await reviewer.query('begin')
    await reviewer.query(signOff, [last, last, 'accepted', 'Seen.'])
    const { rows } = await reviewer.query(
      `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables where schemaname = 'audit' and relname ~ '^event'`,
    )
    await reviewer.query('rollback')
    expect(rows[0].read).toBeLessThan(10_000)
  })

  test('are refused to who had a part in it; that somebody read is no part', async () => {
    await seal()
    await owner.query(
      `grant insert on public.users to ${name}; grant usage on all sequences in schema public to ${name}`,
    )
    await reviewer.query(`select audit.record_access('export', '{}', 'CR-1')`)
    const read = await seal()
    await addUser(reviewer, 'own@example.com')
    const last = await seal()
    await expect(reviewer.query(signOff, [1, last, 'accepted', 'Mine.'])).rejects.toMatchObject({
      code: 'AU008',
    })
    await expect(reviewer.query(signOff, [last, last, 'accepted', 'Mine.'])).rejects.toMatchObject({
      code: 'AU008',
    })
    await reviewer.query(signOff, [read, read, 'accepted', 'Not mine.'])
    const other = await member('viruj_reviewer')
    await other.client.query(signOff, [last, last, 'accepted', 'Not mine.'])
  })

  test('are refused for what is not sealed, without a note, and with a verdict that is none', async () => {
    const last = await seal()
    for (const [from, to] of [
      [1, last + 1],
      [0, 1],
      [2, 1],
      [null, 1],
    ]) {
      await expect(reviewer.query(signOff, [from, to, 'accepted', 'Seen.'])).rejects.toMatchObject({
        code: 'AU007',
      })
    }
    await expect(reviewer.query(signOff, [1, 1, 'accepted', ' '])).rejects.toMatchObject({ code: 'AU001' })
    await expect(reviewer.query(signOff, [1, 1, 'perhaps', 'Seen.'])).rejects.toMatchObject({ code: '23514' })
  })

  test.each(['viruj_dba', 'viruj_operator', 'viruj_service', 'viruj_sealer', 'viruj_verifier'])(
    'are signed by nobody of %s',
    async (group) => {
      const { client } = await member(group)
      await expect(client.query(signOff, [1, 1, 'accepted', 'Seen.'])).rejects.toMatchObject({
        code: '42501',
      })
    },
  )

  test('are changed by nobody, and written by the function only', async () => {
    await seal()
    await reviewer.query(signOff, [1, 1, 'accepted', 'Seen.'])
    const row = `insert into audit.review (reviewer, scope, from_seal, to_seal, verdict, note, at) values ('x', '{}', 1, 1, 'accepted', 'x', now())`
    await expect(reviewer.query(row)).rejects.toMatchObject({ code: '42501' })
    await expect(reviewer.query('delete from audit.review')).rejects.toMatchObject({ code: '42501' })
    for (const change of [
      `update audit.review set verdict = 'accepted'`,
      'delete from audit.review',
      'truncate audit.review',
    ]) {
      await expect(owner.query(change)).rejects.toMatchObject({ code: 'AU003' })
      await expect(
        owner.query(`begin; set local session_replication_role = replica; ${change}; commit`),
      ).rejects.toMatchObject({
        code: 'AU003',
      })
      await owner.query('rollback')
    }
    await expect(applySchema(owner, 'down', { after: '0009', to: '0010' })).rejects.toMatchObject({
      code: 'AU003',
    })
  })

  test('the console signs off and reveals, and tells what of a period is reviewed', async () => {
    const { role } = await member('viruj_reviewer')
    const home = mkdtempSync(join(tmpdir(), 'console-reviews-'))
    await addUser(owner, 'shown@example.com')
    await using session = await openTestSession({ ...database, ...role }, { readOnly: false })
    const trail = createTrailService(session, { home })
    await seal()
    await addUser(owner, 'more@example.com')
    const last = String(await seal())
    const { rows } = await owner.query('select sealed_at from audit.seal where seal_no = $1', [last])
    const period = { from: rows[0].sealed_at.toISOString(), to: null }
    const before = reviewCoverage.parse(await trail.coverage(period, noAbort()))
    expect(before).toMatchObject({
      fromSeal: last,
      toSeal: last,
      events: 1,
      reviewed: 0,
      maySignOff: true,
    })
    expect(await trail.state(null, noAbort())).toMatchObject({ mayReveal: true })
    const input = { fromSeal: last, toSeal: last, verdict: 'accepted' as const, note: 'All seen' }
    expect(await trail.signOff(input, noAbort())).toEqual({ events: 1, retired: 0 })
    const after = reviewCoverage.parse(await trail.coverage(period, noAbort()))
    expect(after).toMatchObject({
      reviewed: 1,
      reviews: [{ reviewer: role.user, verdict: 'accepted', note: 'All seen', events: 1 }],
    })
    const found = await owner.query(
      `select ts::text as at, id::text as event from audit.event where new_row ->> 'email' = 'shown@example.com'`,
    )
    const revealed = await trail.reveal({ ...found.rows[0], reason: 'CR-9' }, noAbort())
    expect(JSON.parse(revealed.after ?? '')).toMatchObject({ email: 'shown@example.com' })
    // Sign-off and reveal.
    expect(await trail.state(null, noAbort())).toMatchObject({
      lastSeal: { sealNo: last },
      tail: { events: 2 },
    })
    await using readOnly = await openTestSession({ ...database, ...role })
    await expect(
      createTrailService(readOnly, { home }).reveal({ ...found.rows[0], reason: 'CR-9' }, noAbort()),
    ).rejects.toMatchObject({ code: 'READ_ONLY' })
    rmSync(home, { recursive: true })
  })

  test('seals of a period that nobody reviewed are named in runs, each with the period that has just them', async () => {
    const { role } = await member('viruj_reviewer')
    const home = mkdtempSync(join(tmpdir(), 'console-reviews-'))
    await using session = await openTestSession({ ...database, ...role })
    const trail = createTrailService(session, { home })
    const start = await seal()
    await addUser(owner, 'run-one@example.com')
    await seal()
    await seal()
    await addUser(owner, 'run-two@example.com')
    const last = await seal()
    const { rows } = await owner.query(
      "select sealed_at + interval '1 ms' as from from audit.seal where seal_no = $1",
      [start],
    )
    const period = { from: rows[0].from.toISOString(), to: null }
    const runs = async (of: { from: string | null; to: string | null }) =>
      reviewCoverage
        .parse(await trail.coverage(of, noAbort()))
        .unreviewed.map(({ fromSeal, toSeal, events }) => [
          Number(fromSeal) - start,
          Number(toSeal) - start,
          events,
        ])
    expect(await runs(period)).toEqual([[1, 3, 2]])
    await reviewer.query(signOff, [start + 2, start + 2, 'accepted', 'Seen.'])
    expect(await runs(period)).toEqual([
      [3, 3, 1],
      [1, 1, 1],
    ])
    const { unreviewed } = reviewCoverage.parse(await trail.coverage(period, noAbort()))
    for (const { from, to, fromSeal, toSeal } of unreviewed)
      expect(await trail.coverage({ from, to }, noAbort())).toMatchObject({
        fromSeal,
        toSeal,
        events: 1,
        reviewed: 0,
      })
    await reviewer.query(signOff, [start + 1, last, 'accepted', 'Seen.'])
    expect(await runs(period)).toEqual([])
    rmSync(home, { recursive: true })
  })

  test('what is masked is revealed to a reviewer with a reason, which leaves an event', async () => {
    await addUser(owner, 'masked@example.com')
    const { rows } = await reviewer.query(
      `select ts::text, id, new_row ->> 'email' as email from public.audit_logs where table_name = 'users' order by id desc limit 1`,
    )
    const [{ ts, id, email }] = rows
    expect(email).toBe('m…m')
    const reveal = `select new_row ->> 'email' as email, new_row ->> 'password_hash' as secret from audit.reveal($1, $2, $3)`
    const accesses = async () => {
      const found = await owner.query(
        `select actor, reason, new_row from audit.event where new_row ->> 'what' = 'reveal' and actor = $1`,
        [name],
      )
      return found.rows
    }
    for (const reason of [null, '', ' ']) {
      await expect(reviewer.query(reveal, [ts, id, reason])).rejects.toMatchObject({ code: 'AU001' })
    }
    expect(await accesses()).toEqual([])
    const revealed = await reviewer.query(reveal, [ts, id, 'CR-7: who is it'])
    expect(revealed.rows[0].email).toBe('masked@example.com')
    expect(revealed.rows[0].secret).toMatch(/"hmac|"sha256|"bytes/)
    expect(await accesses()).toMatchObject([
      {
        actor: name,
        reason: 'CR-7: who is it',
        new_row: { what: 'reveal', event: Number(id), table: 'users' },
      },
    ])
    expect(JSON.stringify(await accesses())).not.toContain('masked@example.com')
    await expect(reviewer.query(reveal, [ts, '999999', 'CR-7'])).rejects.toMatchObject({ code: 'P0002' })
    await expect(
      reviewer.query(`begin read only; select audit.reveal('${ts}', ${id}, 'CR-7')`),
    ).rejects.toMatchObject({ code: '25006' })
    await reviewer.query('rollback')
    const { client } = await member('viruj_operator')
    await expect(client.query(reveal, [ts, id, 'CR-7'])).rejects.toMatchObject({ code: '42501' })
  })
})

import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAudit } from '../../src/main/audit/audit.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { type Biography, biographyOutput } from '../../src/shared/row-biography.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
import { noAbort, openTestSession, type TestSession } from '../support/session.ts'

describe('the biography of a row', () => {
  let database: TestDatabase
  let owner: pg.Client
  let reviewer: TestRole
  let session: TestSession
  beforeAll(async () => {
    database = await createDatabase()
    owner = await database.client()
    await applySchema(owner)
    await owner.query(`
      create table public.part (id int primary key, name text, note text);
      create table public.leg (a text, b text, note text, primary key (a, b));
      select audit.track('public.part'), audit.track('public.leg')`)
    reviewer = await createRole({ as: 'in role viruj_reviewer' })
    session = await openTestSession({ ...database, ...reviewer })
  })
  afterAll(async () => {
    await session[Symbol.asyncDispose]()
    await database.drop()
    await reviewer.drop()
  })

  const read = async (row: string, table = 'part'): Promise<Biography> =>
    biographyOutput.parse(
      await createAudit(session.database).biography({ schema: 'public', table, row }, noAbort()),
    )
  /** The versions in the order in which they came, without what is of the table. */
  const versions = async (row: string, table = 'part') =>
    (await read(row, table)).entries
      .filter(({ op }) => op !== 'NOTE' && op !== 'DDL')
      .map(({ op, gap, left, found, movedTo }) => ({
        op,
        ...(gap && { gap }),
        ...(left && { left: JSON.parse(left) }),
        ...(found && { found: JSON.parse(found) }),
        ...(movedTo && { movedTo }),
      }))
      .reverse()

  test('tells each version with who, why and what it changed, the newest first', async () => {
    await owner.query(`
      insert into part values (1, 'bolt');
      begin; select set_config('audit.reason', 'CR-1', true); update part set name = 'nut' where id = 1; commit;
      delete from part where id = 1`)
    const { entries, older } = await read('1')
    expect(older).toBe(0)
    const [deleted, updated, inserted] = entries
    expect([deleted?.op, updated?.op, inserted?.op]).toEqual(['DELETE', 'UPDATE', 'INSERT'])
    expect(updated).toMatchObject({ actor: database.user, reason: 'CR-1', gap: null })
    expect(JSON.parse(updated?.after ?? '')).toEqual({ name: 'nut' })
    expect(await versions('1')).toEqual([{ op: 'INSERT' }, { op: 'UPDATE' }, { op: 'DELETE' }])
  })

  test('names the fields of a change that a superuser made while triggers did not fire', async () => {
    await owner.query(`
      insert into part values (2, 'bolt', 'a');
      begin; alter table part disable trigger audit_update; update part set name = 'swapped', note = null where id = 2;
      alter table part enable always trigger audit_update; commit;
      update part set note = 'b' where id = 2`)
    expect(await versions('2')).toEqual([
      { op: 'INSERT' },
      {
        op: 'UPDATE',
        gap: 'changed',
        left: { name: 'bolt', note: 'a' },
        found: { name: 'swapped', note: null },
      },
    ])
    // What disabled them and enabled them again altered the table, and stands between.
    expect((await read('2')).entries.map(({ op }) => op)).toEqual(['UPDATE', 'DDL', 'DDL', 'INSERT', 'NOTE'])
  })

  test('a replica session does not hide a change, whose triggers always fire', async () => {
    await owner.query(`
      insert into part values (3, 'bolt');
      begin; set local session_replication_role = replica; update part set name = 'nut' where id = 3; commit;
      update part set name = 'screw' where id = 3`)
    expect(await versions('3')).toEqual([{ op: 'INSERT' }, { op: 'UPDATE' }, { op: 'UPDATE' }])
    await owner.query(`
      begin; alter table part enable trigger audit_update; set local session_replication_role = replica;
      update part set name = 'hidden' where id = 3; alter table part enable always trigger audit_update; commit;
      update part set name = 'rivet' where id = 3`)
    expect((await versions('3')).at(-1)).toEqual({
      op: 'UPDATE',
      gap: 'changed',
      left: { name: 'screw' },
      found: { name: 'hidden' },
    })
  })

  test('tells that a row vanished and that it appeared without a record', async () => {
    await owner.query(`
      insert into part values (4, 'bolt');
      begin; alter table part disable trigger user; delete from part where id = 4; alter table part enable always trigger audit_insert;
      alter table part enable always trigger audit_update; alter table part enable always trigger audit_delete;
      alter table part enable always trigger audit_no_truncate; commit;
      insert into part values (4, 'other'); delete from part where id = 4;
      begin; alter table part disable trigger audit_insert; insert into part values (4, 'third'); alter table part enable always trigger audit_insert; commit;
      update part set name = 'seen' where id = 4`)
    expect(await versions('4')).toEqual([
      { op: 'INSERT' },
      { op: 'INSERT', gap: 'vanished' },
      { op: 'DELETE' },
      { op: 'UPDATE', gap: 'appeared' },
    ])
  })

  test('tells where recording ended and began again, and what changed meanwhile', async () => {
    await owner.query(`insert into leg values ('x/y', 'z', 'one')`)
    await owner.query(`select audit.untrack('public.leg')`)
    await owner.query(`update leg set note = 'two'`)
    await owner.query(`select audit.track('public.leg')`)
    await owner.query(`select audit.set_policy('public.leg', true)`)
    const { entries } = await read('x\\/y/z', 'leg')
    const notes = entries.filter(({ op }) => op === 'NOTE').reverse()
    expect(notes.map(({ recording }) => recording)).toEqual(['began', 'ended', 'began', 'ruled'])
    expect(notes.map(({ offSince }) => offSince)).toEqual([null, null, notes[1]?.at, null])
    expect(await versions('x\\/y/z', 'leg')).toEqual([
      { op: 'INSERT' },
      { op: 'SNAPSHOT', gap: 'changed', left: { note: 'one' }, found: { note: 'two' } },
    ])
    await owner.query(
      `begin; select set_config('audit.reason', 'CR-2', true); update leg set b = 'w\\v' where b = 'z'; commit`,
    )
    expect((await versions('x\\/y/z', 'leg')).at(-1)).toEqual({ op: 'UPDATE', movedTo: 'x\\/y/w\\\\v' })
  })

  test('a column that came or went between two versions is no gap', async () => {
    await owner.query(`
      insert into part values (5, 'bolt');
      alter table part add colour text default 'red';
      update part set name = 'nut' where id = 5;
      alter table part drop colour;
      update part set name = 'bolt' where id = 5`)
    expect(await versions('5')).toEqual([{ op: 'INSERT' }, { op: 'UPDATE' }, { op: 'UPDATE' }])
  })

  test('lists the newest two hundred and counts the rest, and leaves out what is too large', async () => {
    await owner.query(`insert into part values (6, repeat('x', 40000))`)
    const large = (await read('6')).entries.find(({ op }) => op === 'INSERT')
    expect(large).toMatchObject({ isLarge: true, before: null, after: null })
    await owner.query(
      `do $$ begin for i in 1..250 loop update part set name = i::text where id = 6; end loop; end $$`,
    )
    const { entries, older } = await read('6')
    expect(entries).toHaveLength(200)
    expect(older).toBeGreaterThanOrEqual(51)
    expect(entries[0]?.after).toBe('{"name": "250"}')
  })

  test('says which columns this role sees masked, and shows them so', async () => {
    await owner.query(
      `insert into users (email, role, password_hash) values ('ann@example.com', 'operator', 'x')`,
    )
    const { rows } = await owner.query('select id::text from users')
    const { entries, masked } = await read(rows[0].id, 'users')
    expect(masked).toEqual(['email'])
    const made = entries.find(({ op }) => op === 'INSERT')
    expect(JSON.parse(made?.after ?? '')).toMatchObject({ email: 'a…m' })
    expect(await createAudit(session.database).masks({ schema: 'public', table: 'part' }, noAbort())).toEqual(
      [],
    )
  })
})

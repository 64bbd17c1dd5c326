import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const prepare = async (database: TestDatabase) => {
  const owner = await database.client()
  await owner.query(`
    create table public.ledger (entry text);
    insert into public.ledger values ('first');
    create function public.sneak_in() returns int volatile language sql as
      $$ insert into public.ledger values ('sneaked') returning 1 $$;
    create function public.switch_off(name text) returns text volatile language plpgsql as
      $$ begin
           perform pg_catalog.set_config(name, 'off', false);
           insert into public.ledger values ('switched');
           return 'done';
         end $$;
    create procedure public.commits() language plpgsql as
      $$ begin commit; insert into public.ledger values ('committed'); end $$;
    create view public.looks_harmless as select public.sneak_in() as n;
    create sequence public.counter`)
  return async () => (await owner.query('select entry from public.ledger')).rows.map(({ entry }) => entry)
}

describe('a session that only reads, as superuser', () => {
  const attacks: [string, string, string][] = [
    ['an INSERT', `insert into public.ledger values ('x') returning 1`, 'READ_ONLY'],
    [
      'an INSERT inside WITH',
      `with w as (insert into public.ledger values ('x') returning 1) select * from w`,
      'READ_ONLY',
    ],
    ['a volatile function that writes', 'select public.sneak_in()', 'READ_ONLY'],
    ['a view over such a function', 'select * from public.looks_harmless', 'READ_ONLY'],
    [
      'a function that switches the transaction',
      `select public.switch_off('transaction_read_only')`,
      'INVALID_SQL',
    ],
    [
      'a function that switches the default',
      `select public.switch_off('default_transaction_read_only')`,
      'READ_ONLY',
    ],
    ['SET TRANSACTION READ WRITE', 'set transaction read write', 'INVALID_SQL'],
    ['SET transaction_read_only', 'set transaction_read_only = off', 'INVALID_SQL'],
    ['two statements in one', `select 1; insert into public.ledger values ('x')`, 'INVALID_SQL'],
    ['a COMMIT before a second statement', `commit; insert into public.ledger values ('x')`, 'INVALID_SQL'],
    ['a procedure that commits', 'call public.commits()', 'INVALID_SQL'],
    [
      'a block that commits',
      `do $$ begin commit; insert into public.ledger values ('x'); end $$`,
      'INVALID_SQL',
    ],
    ['nextval', `select pg_catalog.nextval('public.counter')`, 'READ_ONLY'],
    ['DDL', 'create table public.t ()', 'READ_ONLY'],
    ['COPY FROM', 'copy public.ledger from stdin', 'READ_ONLY'],
    ['EXPLAIN ANALYZE of a write', `explain analyze insert into public.ledger values ('x')`, 'READ_ONLY'],
  ]

  test.each(attacks)('%s is refused by the server', async (_, statement, code) => {
    await using database = await createDatabase()
    const ledger = await prepare(database)
    await using session = await openTestSession(database)
    await expect(session.database.queryText(sql.raw(statement), { signal: noAbort() })).rejects.toMatchObject(
      {
        code: expect.stringMatching(code),
      },
    )
    expect(await ledger()).toEqual(['first'])
  })

  test.each([
    'commit',
    'rollback',
    'commit and chain',
    'rollback and chain',
    'set session characteristics as transaction read write',
    'set default_transaction_read_only = off',
    'begin read write',
    'reset all',
    'discard all',
  ])('%s opens no door for the next statement', async (statement) => {
    await using database = await createDatabase()
    const ledger = await prepare(database)
    await using session = await openTestSession(database)
    const write = () =>
      session.database.queryText(sql.raw(`insert into public.ledger values ('x')`), { signal: noAbort() })
    // One after the other, so that both run on the same connection.
    await session.database.queryText(sql.raw(statement), { signal: noAbort() }).catch(() => undefined)
    await expect(write()).rejects.toMatchObject({ code: 'READ_ONLY', sqlstate: '25006' })
    expect(await ledger()).toEqual(['first'])
  })

  test('a streamed result cannot write either', async () => {
    await using database = await createDatabase()
    const ledger = await prepare(database)
    await using session = await openTestSession(database)
    const chunks = session.database.copyOut(sql`select public.sneak_in()`, { signal: noAbort() })
    await expect(chunks.next()).rejects.toMatchObject({ code: 'READ_ONLY' })
    expect(await ledger()).toEqual(['first'])
  })
})

describe('messages', () => {
  test('name what happened, and hold no value of a row or a parameter', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    for (const statement of [
      sql`select ${'hunter2'}::int`,
      sql`select ${'hunter2'}::date`,
      sql`select ${'hunter2['}::text[]`,
      sql`select ${'{"hunter2'}::jsonb`,
      sql`select 'x' ~ ${'(hunter2'}`,
    ]) {
      const failure = await session.database
        .query(statement, { signal: noAbort() })
        .catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'INVALID_INPUT', sqlstate: expect.stringMatching(/^22/) })
      expect(JSON.stringify(failure) + String(failure)).not.toContain('hunter2')
    }
    await expect(
      session.database.query(sql`select * from public.no_such_table`, { signal: noAbort() }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringMatching(/public\.no_such_table/) })
  })
})

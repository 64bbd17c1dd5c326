import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createDatabase, createRole } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const options = () => ({ signal: noAbort() })

describe('a session', () => {
  test('says what the server says of it', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    expect(session.state()).toMatchObject({
      status: 'connected',
      error: null,
      server: {
        host: { host: '127.0.0.1', port: database.port },
        database: database.database,
        sessionUser: database.user,
        currentUser: database.user,
        isSuperuser: true,
        inRecovery: false,
        readOnly: true,
        isLocal: true,
        tls: { protocol: 'TLSv1.3', mode: 'verify-full' },
      },
      capabilities: { metadata: false, documents: false, auditLog: false },
    })
  })

  test('offers the areas that the role may read, and no others', async () => {
    await using database = await createDatabase()
    await using role = await createRole()
    const owner = await database.client()
    await owner.query(`
      create table public.metadata (plant text, site text);
      create table public.documents (id int);
      grant select (plant) on public.metadata to "${role.user}"`)
    await using session = await openTestSession({ ...database, ...role })
    expect(session.state().capabilities).toEqual({
      metadata: true,
      documents: false,
      signatures: false,
      auditLog: false,
      migrations: false,
      monitoring: false,
      provisioning: false,
    })
    await owner.query(`drop owned by "${role.user}"`)
  })

  test('works as the role that the profile names', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database, { role: 'pg_monitor' })
    expect(session.state().server).toMatchObject({
      sessionUser: database.user,
      currentUser: 'pg_monitor',
      isSuperuser: false,
    })
  })
})

describe('the database of a session', () => {
  test('gives metadata as values and everything else as the exact text of the server', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const statement = sql<{ n: string; list: string[] }>`
      select ${'9007199254740993'}::int8 as n, ${['a"b', 'c\\d', null, 'NULL', '']}::text[] as list`
    expect(await session.database.query(statement, options())).toEqual([
      { n: '9007199254740993', list: ['a"b', 'c\\d', null, 'NULL', ''] },
    ])
    const text = await session.database.queryText(
      sql`select 1.10::numeric as a, 'infinity'::timestamptz as a, null as c, true as bool, '\\x00ff'::bytea`,
      options(),
    )
    expect(text.columns.map(({ name }) => name)).toEqual(['a', 'a', 'c', 'bool', 'bytea'])
    expect(text.rows).toEqual([['1.10', 'infinity', null, 't', '\\x00ff']])
  })

  test('reads dates rightly whatever style the database prefers, and shows them in that style', async () => {
    await using database = await createDatabase()
    const owner = await database.client()
    await owner.query(`
      alter database "${database.database}" set datestyle = 'German';
      alter database "${database.database}" set intervalstyle = 'iso_8601'`)
    await using session = await openTestSession(database)
    const statement = sql<{
      at: Date
    }>`select '2024-02-03 04:05:06+00'::timestamptz as at, '1 day'::interval as span`
    const [row] = await session.database.query(statement, options())
    expect(row?.at.toISOString()).toBe('2024-02-03T04:05:06.000Z')
    const { rows } = await session.database.queryText(statement, options())
    expect(rows).toEqual([['03.02.2024 04:05:06 UTC', 'P1D']])
  })

  test('looks names up in pg_catalog, unless it is told to use the path of the role', async () => {
    await using database = await createDatabase()
    const owner = await database.client()
    await owner.query('create table public.somewhere ()')
    await using session = await openTestSession(database)
    const statement = sql`select 'public.somewhere'::regclass`
    expect((await session.database.queryText(statement, options())).rows).toEqual([['public.somewhere']])
    const asRole = await session.database.queryText(statement, { ...options(), searchPath: 'role' })
    expect(asRole.rows).toEqual([['somewhere']])
  })

  test('reads a database without an encoding, whatever bytes it holds', async () => {
    await using database = await createDatabase({
      as: `template template0 encoding 'SQL_ASCII' locale 'C' locale_provider libc`,
    })
    const owner = await database.client()
    await owner.query(
      `create table public.t as select convert_from('\\xe9', 'SQL_ASCII') as latin, 'é' as utf8`,
    )
    await using session = await openTestSession(database)
    const chunks: Uint8Array[] = []
    for await (const chunk of session.database.copyOut(sql`table public.t`, options())) chunks.push(chunk)
    expect(Buffer.concat(chunks)).toEqual(Buffer.from([0xe9, 0x09, 0xc3, 0xa9, 0x0a]))
  })

  test('leaves no transaction behind, neither after a success nor after an error', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    await session.database.query(sql`select 1`, options())
    await expect(session.database.query(sql`select 1/0`, options())).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      sqlstate: '22012',
    })
    const observer = await database.client()
    await expect
      .poll(async () => {
        const { rows } = await observer.query(
          `select distinct state from pg_stat_activity where application_name = 'viruj-console' and datname = current_database()`,
        )
        return rows
      })
      .toEqual([{ state: 'idle' }])
  })

  test('serves more statements at once than it has connections', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        session.database.query(sql<{ n: number }>`select ${n}::int as n`, options()),
      ),
    )
    expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 40 }, (_, n) => n))
  })
})

describe('a streamed result', () => {
  const read = async (chunks: AsyncGenerator<Uint8Array, void, void>) => {
    const all: Uint8Array[] = []
    for await (const chunk of chunks) all.push(chunk)
    return all
  }

  test('comes in batches of whole rows, of at most 1000 rows and 512 kB', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const batches = await read(
      session.database.copyOut(
        sql`select n, repeat('x', n % 3000) from pg_catalog.generate_series(1, 20000) as n`,
        options(),
      ),
    )
    let next = 1
    for (const batch of batches) {
      expect(batch.byteLength).toBeLessThanOrEqual(512 * 1024)
      const text = Buffer.from(batch).toString()
      expect(text.endsWith('\n')).toBe(true)
      const rows = text.slice(0, -1).split('\n')
      expect(rows.length).toBeLessThanOrEqual(1000)
      for (const row of rows) {
        expect(row).toBe(`${next}\t${'x'.repeat(next % 3000)}`)
        next++
      }
    }
    expect(next).toBe(20001)
  })

  test('takes values through settings, and gives no rows without complaint', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const statement = sql`select 1 where pg_catalog.current_setting('viruj.a') = ${sql.lit("it's")}`
    const settings = (a: string) => ({ ...options(), settings: { 'viruj.a': a } })
    expect(await read(session.database.copyOut(statement, settings("it's")))).toHaveLength(1)
    expect(await read(session.database.copyOut(statement, settings('other')))).toHaveLength(0)
  })

  test('fails where it is read, and the session goes on', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const failing = session.database.copyOut(
      sql`select 10 / (9000 - n) from pg_catalog.generate_series(1, 10000) n`,
      options(),
    )
    await expect(read(failing)).rejects.toMatchObject({ sqlstate: '22012' })
    for (let turn = 0; turn < 10; turn++) {
      expect(await read(session.database.copyOut(sql`select 1`, options()))).toHaveLength(1)
    }
  })

  test('cannot be left through a closed bracket', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    for (const text of [
      `select 1) to program 'true' --`,
      `select 1) to program 'true' /*`,
      `select 1) to program 'true' with (format text`,
      `select 1) to program $$true`,
      `select 1) to stdout; copy (select 2`,
    ]) {
      const leaving = session.database.copyOut(sql.raw(text), options())
      await expect(read(leaving)).rejects.toMatchObject({ code: 'INVALID_SQL', sqlstate: '42601' })
    }
    const comment = session.database.copyOut(sql.raw('select 1 -- a comment at the end'), options())
    expect(await read(comment)).toHaveLength(1)
  })

  test('is read no further than it is pulled, and ends on the server when its reader stops', async () => {
    await using database = await createDatabase()
    await using proxy = await startProxy(database)
    await using session = await openTestSession({ ...database, port: proxy.port })
    const observer = await database.client()
    const running = async () => {
      const { rows } = await observer.query(
        `select from pg_stat_activity where query like '%endless%' and pid <> pg_backend_pid() and state = 'active'`,
      )
      return rows.length
    }
    const chunks = session.database.copyOut(
      sql`select pg_catalog.generate_series(1, 100000000), repeat('x', 1000) as endless`,
      options(),
    )
    await chunks.next()
    let before = -1
    const growth = () => {
      const grown = proxy.bytes() - before
      before = proxy.bytes()
      return grown
    }
    await expect.poll(growth, { interval: 200, timeout: 5000 }).toBe(0)
    expect(await running()).toBe(1)
    await chunks.return()
    await expect.poll(running).toBe(0)
  })
})

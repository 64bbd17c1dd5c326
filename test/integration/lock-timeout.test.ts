import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

test('a read that a lock blocks ends soon and names who holds the lock', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const holder = await database.client()
  await holder.query(`set application_name = 'nightly import'; create table public.busy ()`)
  await holder.query(`begin; lock table public.busy`)
  const { rows } = await holder.query('select pg_backend_pid() as pid')
  const read = session.database.query(sql`select pg_catalog.pg_total_relation_size('public.busy')`, {
    signal: noAbort(),
  })
  await expect(read).rejects.toMatchObject({
    code: 'LOCK_TIMEOUT',
    sqlstate: '55P03',
    message: expect.stringMatching(
      new RegExp(
        `backend ${rows[0].pid} of user "${database.user}" with application "nightly import" in a transaction of \\d+ s`,
      ),
    ),
  })
  await holder.query('rollback')
  await session.database.query(sql`select pg_catalog.pg_total_relation_size('public.busy')`, {
    signal: noAbort(),
  })
})

test('a streamed result names the holder, too', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const holder = await database.client()
  await holder.query(`create table public.busy ()`)
  await holder.query(`begin; lock table public.busy`)
  const chunks = session.database.copyOut(sql`select from public.busy`, { signal: noAbort() })
  await expect(chunks.next()).rejects.toMatchObject({
    code: 'LOCK_TIMEOUT',
    message: expect.stringMatching(/backend \d+ of user/),
  })
})

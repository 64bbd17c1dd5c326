import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

test('a row of 300 MB is one batch of a streamed result', { timeout: 120_000 }, async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const statement = sql`select 'a' union all select repeat('x', 300000000) union all select 'b'`
  const sizes: number[] = []
  for await (const batch of session.database.copyOut(statement, { signal: noAbort() }))
    sizes.push(batch.byteLength)
  expect(sizes).toEqual([2, 300_000_001, 2])
})

test('a value that no JavaScript string can hold is an error, and the session goes on', {
  timeout: 120_000,
}, async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const statement = sql`select repeat('x', 600000000)`
  await expect(session.database.queryText(statement, { signal: noAbort() })).rejects.toMatchObject({
    code: 'VALUE_TOO_LARGE',
  })
  expect(session.state().status).toBe('connected')
  expect(await session.database.query(sql`select 1 as one`, { signal: noAbort() })).toEqual([{ one: 1 }])
})

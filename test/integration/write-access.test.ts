import { expect, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { openTestSession } from '../support/session.ts'

test('a read-only profile refuses to write', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  expect(session.state().writes).toBe('refused')
  expect(() => session.assertMayWrite()).toThrow(expect.objectContaining({ code: 'READ_ONLY' }))
})

test('production takes writes only after the name of the database was typed', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false, environment: 'production' })
  expect(session.state().writes).toBe('confirm')
  expect(() => session.assertMayWrite()).toThrow(expect.objectContaining({ code: 'CONFIRMATION_REQUIRED' }))
  expect(() => session.confirmWrites({ database: 'another' })).toThrow(
    expect.objectContaining({ code: 'CONFIRMATION_REQUIRED' }),
  )
  session.confirmWrites({ database: database.database })
  expect(session.states.at(-1)?.writes).toBe('allowed')
  session.assertMayWrite()
})

test('a session that is closed stops its jobs first', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const { id } = await session.jobs.start({ kind: 'migrate', title: 'Waits' }, async ({ signal }) => {
    const connection = await session.openConnection(signal)
    await connection.client.query('select pg_sleep(3600)')
  })
  await session.close('user')
  expect(await session.jobs.get({ jobId: id })).toMatchObject({ status: 'cancelled' })
})

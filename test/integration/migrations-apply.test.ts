import { expect, test } from 'vitest'
import { migrationsFolder, migrationsOf } from '../support/migrations.ts'
import { createDatabase } from '../support/postgres.ts'
import { openTestSession } from '../support/session.ts'

test('migrations go up, down and up again, and the history keeps all of it', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const folder = migrationsFolder({
    '0001_a.up': 'create table a (id int);\ninsert into a values (1);',
    '0001_a.down': 'drop table a;',
    '0002_b.up':
      '-- no-transaction\ncreate index concurrently a_id_idx on a (id);\ncreate view b as select * from a;',
    '0002_b.down': 'drop view b; drop index a_id_idx;',
  })
  const { run, states, status, history } = migrationsOf(session, folder)
  expect(await states()).toEqual(['0001_a pending', '0002_b pending'])
  expect(await run()).toMatchObject({ status: 'done', result: { current: '0002' } })
  expect(await status()).toMatchObject({ current: '0002', problems: [], lockedBy: null, refusal: null })
  expect(await run('redo', { to: '0001' })).toMatchObject({ status: 'done', result: { current: '0002' } })
  expect(await run('down')).toMatchObject({ status: 'done', result: { current: '0001' } })
  expect(await states()).toEqual(['0001_a applied', '0002_b pending'])
  expect((await history()).map(({ name, direction, outcome }) => `${direction} ${name} ${outcome}`)).toEqual([
    'down 0002_b done',
    'up 0002_b done',
    'up 0001_a done',
    'down 0001_a done',
    'down 0002_b done',
    'up 0002_b done',
    'up 0001_a done',
  ])
})

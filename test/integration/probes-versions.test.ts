import { describe, expect, test } from 'vitest'
import { createOperations } from '../../src/main/operations/operations.ts'
import { probes } from '../../src/main/operations/probes.ts'
import { createDatabase, isHere, startServer } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

describe.each([14, 15, 16, 17, 18] as const)('on PostgreSQL %i', (version) => {
  test.skipIf(!isHere(version))('the server answers every probe', async () => {
    await using server = await startServer({ version })
    await using database = await createDatabase({ on: server.address })
    await using session = await openTestSession(database)
    const ids = probes.map(({ id }) => id)
    const { reports } = await createOperations(session).run({ ids, thresholds: {} }, noAbort())
    expect(reports.filter(({ error }) => error !== null)).toEqual([])
  })
})

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { erpMigrationsFolder } from '../../src/main/migrations/folder.ts'
import { driftReport } from '../../src/shared/migrations.ts'
import { createOwnedDatabase } from '../support/domain.ts'
import { ended, migrationsOf } from '../support/migrations.ts'
import { createRole, isHere, startServer, type TestServer } from '../support/postgres.ts'
import { openTestSession } from '../support/session.ts'

describe.each([14, 15, 16, 17, 18] as const)('on PostgreSQL %i', (version) => {
  const missing = !isHere(version)
  let server: TestServer
  beforeAll(async () => {
    if (!missing) server = await startServer({ version })
  })
  afterAll(() => server?.stop())

  test.skipIf(missing)(
    'a DBA migrates as the owner, who is no superuser: up, down and up again, and a standby reads how far it is',
    async () => {
      await using owned = await createOwnedDatabase(server.address)
      const { database } = owned
      const dba = await createRole({ on: server.address, as: 'in role viruj_dba' })
      const address = { ...database, user: dba.user, password: dba.password }
      const folder = erpMigrationsFolder()
      {
        await using session = await openTestSession(address, { readOnly: false })
        const { migrations: service, run, status, states } = migrationsOf(session, folder)
        expect(await status()).toMatchObject({ runsAs: 'viruj_app', refusal: null, initialised: false })
        const { migrations } = await status()
        const last = migrations.at(-1)?.version
        const first = migrations[0]?.version ?? ''
        expect(await run()).toMatchObject({ status: 'done', result: { current: last } })
        expect(await run('redo', { to: first })).toMatchObject({ status: 'done', result: { current: last } })
        expect((await states()).every((line) => line.endsWith(' applied'))).toBe(true)

        // Neither may create a database: what is expected is made on 16.
        const { error, result } = await ended(session, await service.drift(null))
        expect(error).toBeNull()
        expect(driftReport.parse(result)).toMatchObject({ shadow: 'embedded', differences: [] })

        const client = await database.client()
        const { rows } = await client.query(
          `select distinct relowner::regrole::text as owner from pg_class
            where relnamespace in ('public'::regnamespace, 'viruj_console'::regnamespace)`,
        )
        expect(rows).toEqual([{ owner: 'viruj_app' }])
        const { rows: runs } = await client.query(
          `select distinct actor, acting_role from viruj_console.migration_history`,
        )
        expect(runs).toEqual([{ actor: dba.user, acting_role: 'viruj_app' }])
      }

      await server.halt()
      await writeFile(join(server.address.dataDir, 'standby.signal'), '')
      await server.start()
      await using session = await openTestSession(
        { ...address, port: server.address.port },
        { readOnly: false },
      )
      const { migrations, status } = migrationsOf(session, folder)
      expect(await status()).toMatchObject({
        runsAs: 'viruj_app',
        problems: [],
        refusal: expect.stringContaining('is a standby: it takes no writes.'),
      })
      await expect(
        migrations.run({
          direction: 'down',
          to: null,
          reason: 'a test',
          confirmed: [],
          checksums: [],
          lockTimeout: 3000,
          lockRetries: 0,
          unclear: null,
        }),
      ).rejects.toMatchObject({ code: 'READ_ONLY' })
      await session.close('user')
      // So that its databases can be dropped.
      await server.halt('immediate')
      await rm(join(server.address.dataDir, 'standby.signal'))
      await server.start()
    },
  )
})

import { expect, test } from 'vitest'
import { gateMigrations } from '../../src/main/migrations/gate/gate.ts'
import { splitStatements } from '../../src/main/migrations/statements.ts'
import { createDatabase, createRole, startServer } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'
import { follow, replicationHba as hba } from '../support/standby.ts'

test('how far a standby is behind is told, and weighed', async () => {
  // What the standby has not received yet stays.
  await using primary = await startServer({ hba, settings: { wal_keep_size: '2GB' } })
  await using standby = await startServer()
  // It replays nothing that was committed later.
  await follow(standby, primary, { name: 'second', settings: { recovery_min_apply_delay: '1h' } })
  await using role = await createRole({ on: primary.address })
  await using database = await createDatabase({ on: primary.address })
  const client = await database.client()
  const statements = await splitStatements('select 1')
  const script = { sql: 'select 1', checksum: 'c', transactional: true }
  const file = { version: '0001', name: '0001_a', up: script, down: script }
  const gated = async (asked = client) => {
    const steps = [{ file, direction: 'up' as const, script, statements }]
    const [migration] = await gateMigrations(asked, steps, noAbort(), { sampleMilliseconds: 0 })
    return {
      bytes: migration?.replicaLagBytes ?? null,
      finding: migration?.findings.find(({ rule }) => rule === 'replica-lag'),
    }
  }
  await expect.poll(async () => (await gated()).bytes, { timeout: 20_000 }).toBeGreaterThan(0)
  expect(await gated()).toMatchObject({
    finding: {
      severity: 'ok',
      detail: expect.stringMatching(/^Standby "second" is [\d.]+ [kM]?B behind\.$/),
    },
  })

  /** A switch leaves the rest of a segment of 16 MB empty, and it counts. */
  const fall = (segments: number) =>
    client.query(
      `do $$ begin for n in 1..${segments} loop perform pg_logical_emit_message(false, 'a', 'b'); perform pg_switch_wal(); end loop; end $$`,
    )
  await fall(5)
  const some = await gated()
  expect(some.bytes).toBeGreaterThan(64 * 1024 ** 2)
  expect(some.finding).toMatchObject({
    severity: 'warning',
    detail: expect.stringMatching(/^Standby "second" is \d+ MB behind\. What the migration writes/),
  })
  await fall(61)
  const much = await gated()
  expect(much.bytes).toBeGreaterThan(1024 ** 3)
  expect(much.finding?.severity).toBe('danger')

  // Without pg_monitor nobody is told, which is not the same as zero.
  expect(await gated(await database.client(role))).toMatchObject({
    bytes: null,
    finding: { severity: 'warning', detail: expect.stringContaining('is not known') },
  })

  await standby.halt('immediate')
  await expect
    .poll(async () => (await gated()).finding?.detail, { timeout: 20_000 })
    .toContain('No standby streams from this server.')
}, 120_000)

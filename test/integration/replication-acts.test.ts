import { sql } from 'kysely'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createActions } from '../../src/main/operations/actions/actions.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestServer,
} from '../support/postgres.ts'
import { noAbort, openTestSession, type TestSession } from '../support/session.ts'
import { follow, replicationHba } from '../support/standby.ts'

const reason = 'INC-9: the disk fills up'

let primary: TestServer
let standby: TestServer
let database: TestDatabase
let client: pg.Client
let onPrimary: TestSession
let onStandby: TestSession

beforeAll(async () => {
  primary = await startServer({ hba: replicationHba })
  standby = await startServer({ hba: replicationHba })
  database = await createDatabase({ on: primary.address })
  const first = await database.client()
  await applySchema(first)
  await first.query(`select pg_create_physical_replication_slot('second', true)`)
  await follow(standby, primary, { name: 'second', settings: { primary_slot_name: 'second' } })
  client = await database.client()
  onPrimary = await openTestSession(database, { readOnly: false })
  onStandby = await openTestSession({ ...database, port: standby.address.port }, { readOnly: false })
})

afterAll(async () => {
  await onPrimary?.close('user')
  await onStandby?.close('user')
  await standby?.stop()
  await primary?.stop()
})

const events = async (): Promise<unknown[]> =>
  (await client.query(`select new_row, reason from audit.event where op = 'ACCESS' order by id`)).rows

test('the sender of a standby is not ended', async () => {
  const sender = async () =>
    (
      await client.query<{ pid: number; since: string }>(
        `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since from pg_stat_replication`,
      )
    ).rows[0]
  await expect.poll(sender).toBeDefined()
  const { pid, since } = (await sender()) ?? { pid: 0, since: '' }
  for (const how of ['cancel', 'terminate'] as const) {
    await expect(
      createActions(onPrimary).endBackend({ pid, since, how, queryStart: null, reason }, noAbort()),
    ).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('sends WAL to second') })
  }
  expect(await sender()).toEqual({ pid, since })
})

test('a slot is dropped when nobody uses it and its name was typed, and the trail tells what it kept', async () => {
  const { dropSlot, dropSlotPlan } = createActions(onPrimary)
  const drop = (name: string, typedName = name) => dropSlot({ name, typedName, reason }, noAbort())
  await client.query(`select pg_create_physical_replication_slot('left', true)`)
  await client.query(`select pg_logical_emit_message(false, 'a', 'b'), pg_switch_wal()`)
  const plan = await dropSlotPlan({ name: 'left' }, noAbort())
  expect(plan).toMatchObject({
    slot: { kind: 'physical', isActive: false },
    refusal: null,
    recording: { isRecorded: true },
    effects: [expect.stringMatching(/^[\d.]+ [kM]B of WAL are kept for it/), expect.any(String)],
  })
  await expect(drop('left', 'Left')).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
  expect((await dropSlotPlan({ name: 'second' }, noAbort())).refusal).toMatchObject({ code: 'CONFLICT' })
  await expect(drop('second')).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('in use by backend'),
  })

  await using role = await createRole({ on: primary.address, as: 'in role viruj_dba' })
  await using without = await openTestSession({ ...database, ...role }, { readOnly: false })
  await expect(
    createActions(without).dropSlot({ name: 'left', typedName: 'left', reason }, noAbort()),
  ).rejects.toMatchObject({ code: 'PERMISSION_DENIED', remedy: expect.stringContaining('REPLICATION') })
  expect(await events()).toEqual([])

  expect(await drop('left')).toMatchObject({ recording: { isRecorded: true } })
  const { rows } = await client.query('select slot_name from pg_replication_slots')
  expect(rows).toEqual([{ slot_name: 'second' }])
  expect(await events()).toEqual([
    {
      new_row: {
        what: 'drop replication slot',
        slot: 'left',
        kind: 'physical',
        database: null,
        retained: expect.any(Number),
      },
      reason,
    },
  ])
  await expect(drop('left')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a standby pauses and goes on, says that it cannot record that, and a primary refuses', async () => {
  const actions = createActions(onStandby)
  const set = (act: 'pause' | 'resume') => actions.setReplay({ act, reason }, noAbort())
  const rowsThere = async () =>
    (
      await onStandby.database.query(sql<{ n: number }>`select count(*)::int as n from public.paused`, {
        signal: noAbort(),
      })
    )[0]?.n
  await client.query('create table paused (n int)')
  await expect.poll(() => rowsThere().catch(() => 'not there')).toBe(0)
  expect(await actions.replayPlan(null, noAbort())).toMatchObject({ state: 'running', refusal: null })
  expect(await set('pause')).toMatchObject({
    state: 'paused',
    recording: { isRecorded: false, text: expect.stringContaining('a standby takes no writes') },
  })
  await client.query('insert into paused values (1)')
  await expect.poll(async () => (await actions.replayPlan(null, noAbort())).waiting).toBeGreaterThan(0)
  expect(await rowsThere()).toBe(0)
  expect(await set('resume')).toMatchObject({ state: 'running' })
  await expect.poll(rowsThere).toBe(1)

  await expect(createActions(onPrimary).setReplay({ act: 'pause', reason }, noAbort())).rejects.toMatchObject(
    { code: 'CONFLICT', message: expect.stringContaining('no standby') },
  )
  await using reads = await openTestSession({ ...database, port: standby.address.port })
  await expect(createActions(reads).setReplay({ act: 'pause', reason }, noAbort())).rejects.toMatchObject({
    code: 'READ_ONLY',
  })
})

test('on a standby statements are cancelled, too, and production wants its name typed there as well', async () => {
  const there = { ...database, port: standby.address.port }
  await using production = await openTestSession(there, { readOnly: false, environment: 'production' })
  const { client: victim } = await onStandby.openConnection(noAbort())
  const { rows } = await victim.query<{ pid: number; since: string }>(
    `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since
       from pg_stat_activity, set_config('application_name', 'report', false) where pid = pg_backend_pid()`,
  )
  const [{ pid, since } = { pid: 0, since: '' }] = rows
  const ended = victim.query('select pg_sleep(600)').catch(({ code }: { code: string }) => code)
  const act = () =>
    createActions(production).endBackend({ pid, since, how: 'cancel', queryStart: null, reason }, noAbort())
  const plan = () => createActions(production).endBackendPlan({ pid, since }, noAbort())
  await expect.poll(async () => (await plan()).cancel.refusal).toBeNull()
  await expect(act()).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
  expect(production.confirmWrites({ database: database.database }).writes).toBe('refused')
  expect(await act()).toMatchObject({ outcome: 'ended', recording: { isRecorded: false } })
  expect(await ended).toBe('57014')
  await victim.end()
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, launchServer, type TestDatabase, type TestServer } from '../support/postgres.ts'
import { makeTable, type TableShape } from './table.ts'

/** What figures are measured on: one server and its tables, made when they are first asked for. */
export type Stand = {
  /** A folder that is removed after the run. */
  folder: string
  /** How many times the usual number of rows is asked for, where a figure can have more of them. */
  scale: number
  server(): Promise<TestServer>
  /** The database of the tables. */
  database(): Promise<TestDatabase>
  /** The table `shape_rows` of `database`. */
  table(shape: TableShape, rows: number): Promise<{ name: string; oid: string }>
  [Symbol.asyncDispose](): Promise<void>
}

const once = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | null = null
  return () => {
    made ??= make()
    return made
  }
}

export const openStand = (scale = 1): Stand => {
  const folder = mkdtempSync(join(tmpdir(), `viruj-bench-`))
  let started: TestServer | null = null
  const tables = new Map<string, Promise<string>>()
  const server = once(async () => {
    started = await launchServer(folder, { settings: { shared_buffers: '512MB' } })
    return started
  })
  const database = once(async () => createDatabase({ on: (await server()).address }))
  return {
    folder,
    scale,
    server,
    database,
    async table(shape, rows) {
      const name = `${shape}_${rows}`
      const make = async () => makeTable(await (await database()).client(), shape, rows)
      const oid = tables.get(name) ?? make()
      tables.set(name, oid)
      return { name, oid: await oid }
    },
    async [Symbol.asyncDispose]() {
      await started?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

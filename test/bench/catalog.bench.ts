import { SessionHost } from '../../src/main/api/session-host.ts'
import { catalogListOutput, catalogSchemasOutput } from '../../src/shared/catalog.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { noAbort, profileOf } from '../support/session.ts'
import { type Figure, median, milliseconds, timed } from './figure.ts'

const tables = 10_000
const columnsEach = 20
const rounds = 7
const limits = { paint: 500, level: 150, search: 150 }

/** Tables of one schema, in transactions small enough for the server's table of locks. */
const fill = async (database: TestDatabase): Promise<void> => {
  const client = await database.client()
  await client.query('create schema erp')
  for (let first = 1; first <= tables; first += 500) {
    await client.query(`
      do $$ begin for i in ${first}..${first + 499} loop
        execute format('create table erp.plant_record_%s (id bigint primary key, %s)', i,
          (select string_agg(format('field_%s text', n), ', ') from generate_series(2, ${columnsEach}) n));
      end loop; end $$`)
  }
  await client.query('vacuum analyze')
}

/** A session in its worker; its answers are checked and made into JSON, as both hosts do. */
const openTree = async (database: TestDatabase, home: string) => {
  const host = await SessionHost.open({
    sessionId: 'bench',
    profile: profileOf(database),
    password: database.password,
    home,
    signal: noAbort(),
  })
  const { catalog } = host.services
  return {
    schemas: async () => JSON.stringify(catalogSchemasOutput.parse(await catalog.schemas(null, noAbort()))),
    level: async () =>
      JSON.stringify(
        catalogListOutput.parse(await catalog.group({ schema: 'erp', group: 'tables' }, noAbort())),
      ),
    search: async (text: string) =>
      JSON.stringify(catalogListOutput.parse(await catalog.search({ text, limit: 100 }, noAbort()))),
    async [Symbol.asyncDispose]() {
      await host.close('user')
    },
  }
}

const repeated = async (work: () => Promise<unknown>): Promise<number> => {
  await work()
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) times.push(await timed(work))
  return median(times)
}

const measurement = (what: string, time: number, limit: number) => ({
  what,
  measured: milliseconds(time),
  peer: null,
  ratio: null,
  holds: time <= limit,
})

export const figure: Figure = {
  id: 'catalog',
  limit: `<= ${Object.values(limits).join(', ')} ms`,
  async run(stand) {
    await using database = await createDatabase({ on: (await stand.server()).address })
    await fill(database)
    const paints: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      await using tree = await openTree(database, stand.folder)
      paints.push(
        await timed(async () => {
          await tree.schemas()
          await tree.level()
        }),
      )
    }
    await using tree = await openTree(database, stand.folder)
    const level = await repeated(tree.level)
    const search = await repeated(() => tree.search('record_99'))
    return [
      measurement('schemas and 10,000 tables in a new session', median(paints), limits.paint),
      measurement('one level of 10,000 tables', level, limits.level),
      measurement('search by name', search, limits.search),
    ]
  },
}

import { createDatabase, launchServer } from '../support/postgres.ts'
import { type Figure, median, milliseconds } from './figure.ts'
import { openPage, openRelation } from './page.ts'
import { makeTable } from './table.ts'

const limit = 1000
const rounds = 5

/** From the death of the server to the word on the screen, while a page is being read. */
const loseOnce = async (folder: string): Promise<number> => {
  await using server = await launchServer(folder)
  const database = await createDatabase({ on: server.address })
  const client = await database.client()
  const oid = await makeTable(client, 'narrow', 50_000)
  await using opened = await openPage({ folder, database: async () => database })
  const { page } = opened
  await openRelation(page, oid)
  // The page of the last rows waits for the lock, and with it the screen.
  await client.query('begin; lock table narrow_50000')
  await page.locator('.grid').focus()
  await page.keyboard.press('Control+End')
  const watcher = await database.client()
  for (let waiting = 0; waiting === 0; ) {
    const { rows } = await watcher.query(
      `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`,
    )
    waiting = rows[0].n
  }
  const shown = page.locator('.error-line[data-code="CONNECTION_LOST"]').waitFor()
  await server.kill()
  const gone = performance.now()
  await shown
  return performance.now() - gone
}

export const figure: Figure = {
  id: 'lost',
  limit: `<= ${limit} ms`,
  async run(stand) {
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) times.push(await loseOnce(stand.folder))
    const took = median(times)
    return [
      {
        what: 'end of a killed server to the error on screen, while a page loads',
        measured: `${milliseconds(took)} (worst ${milliseconds(Math.max(...times))})`,
        peer: null,
        ratio: null,
        holds: took <= limit,
      },
    ]
  },
}

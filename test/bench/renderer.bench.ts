import type { Page } from '@playwright/test'
import { type Figure, type Measurement, megabytes, milliseconds } from './figure.ts'
import { openPage, openRelation } from './page.ts'

const limit = { heap: 150 * 1024 * 1024, task: 50 }
const rows = 1_000_000

/**
 * Waits for the last row to be on screen, scrolling down with every frame. Returns the page's memory, and the longest time for
 * which it did not get round to a message to itself: tasks, layout and paint, also those that the browser's own report
 * of long tasks leaves out.
 */
const scrollThrough = (page: Page) =>
  page.evaluate(async (lastRow) => {
    let longest = 0
    let last = performance.now()
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
      port2.postMessage(null)
    }
    port2.postMessage(null)
    const grid = document.querySelector('.grid')
    const isThere = () =>
      [...document.querySelectorAll('.grid-cell')].some((cell) => cell.textContent === lastRow)
    while (!isThere()) {
      grid?.scrollTo(0, grid.scrollHeight)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    port1.close()
    const { memory } = performance as Performance & { memory?: { usedJSHeapSize: number } }
    return { heap: memory?.usedJSHeapSize ?? Number.NaN, longest }
  }, String(rows))

/** The page's own memory, and whether it stays answering, while a person scrolls through a million rows. */
export const figure: Figure = {
  id: 'renderer',
  limit: `<= ${limit.heap / 1024 / 1024} MB, <= ${limit.task} ms`,
  async run(stand) {
    const table = await stand.table('mixed', rows)
    const client = await (await stand.database()).client()
    await client.query(`create or replace view keyless as select * from ${table.name}`)
    const { rows: found } = await client.query(`select 'keyless'::regclass::oid::text as oid`)
    await using opened = await openPage(stand)
    const measurements: Measurement[] = []
    for (const [how, oid] of [
      ['page by page', table.oid],
      ['as one stream', String(found[0].oid)],
    ] as const) {
      await openRelation(opened.page, oid)
      const { heap, longest } = await scrollThrough(opened.page)
      measurements.push(
        {
          what: `JS heap after scrolling through 1 M rows, ${how}`,
          measured: megabytes(heap),
          peer: null,
          ratio: null,
          holds: heap <= limit.heap,
        },
        {
          what: `longest task meanwhile, ${how}`,
          measured: milliseconds(longest),
          peer: null,
          ratio: null,
          holds: longest <= limit.task,
        },
      )
    }
    return measurements
  },
}

import { type Figure, megabytes, milliseconds } from './figure.ts'
import { openPage, openRelation } from './page.ts'

const limit = { heap: 150 * 1024 * 1024, task: 50 }
const rows = 1_000_000

/** The page's own memory, and whether it stays answering, while a person scrolls through a million rows. */
export const figure: Figure = {
  id: 'renderer',
  limit: `<= ${limit.heap / 1024 / 1024} MB, <= ${limit.task} ms`,
  async run(stand) {
    const table = await stand.table('mixed', rows)
    await using opened = await openPage(stand)
    await openRelation(opened.page, table.oid)
    const { heap, longest } = await opened.page.evaluate(async () => {
      let longestTask = 0
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration)
      })
      observer.observe({ type: 'longtask' })
      const grid = document.querySelector('.grid')
      while (document.querySelector('footer')?.textContent?.includes('all of them') !== true) {
        grid?.scrollTo(0, grid.scrollHeight)
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
      observer.disconnect()
      const { memory } = performance as Performance & { memory?: { usedJSHeapSize: number } }
      return { heap: memory?.usedJSHeapSize ?? Number.NaN, longest: longestTask }
    })
    return [
      {
        what: 'JS heap after scrolling through 1 M rows',
        measured: megabytes(heap),
        peer: null,
        ratio: null,
        holds: heap <= limit.heap,
      },
      {
        what: 'longest task while rows stream in',
        measured: milliseconds(longest),
        peer: null,
        ratio: null,
        holds: longest <= limit.task,
      },
    ]
  },
}

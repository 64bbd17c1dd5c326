import { createRows, type Rows } from '../../src/main/rows/rows.ts'
import type { RowFilter, RowSort } from '../../src/shared/rows.ts'
import type { TestDatabase } from './postgres.ts'
import { readRows } from './read-rows.ts'
import { noAbort, openTestSession, type TestSession } from './session.ts'

/** A session's rows, as the grid uses them. */
export type Browser = {
  session: TestSession
  rows: Rows
  /** The oid of `public.name`, or of a name with its schema. */
  oidOf(name: string): Promise<string>
  /** The rows of one page, each with its list of cut cells last, and what was said of the page. */
  page(relation: string, options?: Partial<Parameters<Rows['page']>[0]>): Promise<Page>
  /** Every row from the first page to the last, or backward from the last, without the lists of cut cells. */
  walk(relation: string, options: WalkOptions): Promise<(string | null)[][]>
  stream(
    relation: string,
    options?: { filters?: RowFilter[]; sort?: RowSort[] },
  ): Promise<(string | null)[][]>
  [Symbol.asyncDispose](): Promise<void>
}

export type Page = Awaited<ReturnType<Rows['page']>> & { cells: (string | null)[][] }

export type WalkOptions = {
  sort?: RowSort[]
  filters?: RowFilter[]
  columns?: string[] | null
  limit: number
  backward?: boolean
  /** Runs between two pages. */
  between?: (page: Page) => Promise<void>
}

export const openBrowser = async (
  on: TestDatabase,
  as: { user: string; password: string } = on,
): Promise<Browser> => {
  const session = await openTestSession({ ...on, user: as.user, password: as.password })
  const rows = createRows(session.database, session.results)
  const administrator = await on.client()

  const page: Browser['page'] = async (relation, options = {}) => {
    const read = await rows.page(
      {
        relation,
        columns: null,
        filters: [],
        sort: [],
        from: null,
        backward: false,
        limit: 1000,
        ...options,
      },
      noAbort(),
    )
    return { ...read, cells: await readRows(session.results, read.resultId) }
  }

  return {
    session,
    rows,
    page,
    async oidOf(name) {
      const { rows: found } = await administrator.query('select $1::regclass::oid::text as oid', [name])
      return found[0].oid
    },
    async walk(relation, { between, backward = false, ...options }) {
      const all: (string | null)[][] = []
      let from: (string | null)[] | null = null
      for (;;) {
        const read: Page = await page(relation, { ...options, backward, from })
        const cells = read.cells.map((row) => row.slice(0, -1))
        if (backward) all.unshift(...cells)
        else all.push(...cells)
        if (!read.more) return all
        from = backward ? read.first : read.last
        await between?.(read)
      }
    },
    async stream(relation, options = {}) {
      const { resultId } = await rows.stream(
        { relation, columns: null, filters: [], sort: [], ...options },
        noAbort(),
      )
      return readRows(session.results, resultId)
    },
    [Symbol.asyncDispose]: () => session.close('user'),
  }
}

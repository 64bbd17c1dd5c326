import pg from 'pg'
import { ConsoleError, cancelled } from '../../shared/errors.ts'
import type { Profile } from '../../shared/profiles.ts'
import { Batches } from './batches.ts'
import type { Connection } from './connect.ts'
import type { Database, Statement, StatementOptions } from './database.ts'
import { compile } from './kysely.ts'
import type { Receiver, Work } from './read-transaction.ts'
import { lockTimeout, RunningStatement, type Workplace } from './running-statement.ts'
import { newTag } from './tag.ts'

/** What is set for each transaction: nothing that changes how values are printed. */
export const transactionSettings = (
  { serverEncoding }: Connection,
  { role }: { role: string | null },
  { timeout, searchPath }: { timeout: number; searchPath: StatementOptions['searchPath'] },
): Record<string, string> => ({
  ...(role === null ? {} : { role }),
  ...(searchPath === 'role' ? {} : { search_path: 'pg_catalog, pg_temp' }),
  // Such a database holds bytes of any encoding; asked for UTF-8 it would fail at the first one that is not.
  ...(serverEncoding === 'SQL_ASCII' ? { client_encoding: 'SQL_ASCII' } : {}),
  standard_conforming_strings: 'on',
  statement_timeout: `${timeout}`,
  lock_timeout: `${lockTimeout}`,
  idle_in_transaction_session_timeout: '60000',
})

type Options = StatementOptions & { settings?: Record<string, string> }
type Start = { options: Options; receiver: Receiver; timeoutOnServer?: boolean } & Omit<Work, 'settings'>

/** The `Database` of a session whose connections come from a pool. */
export const createDatabase = (profile: Profile, workplace: Workplace): Database => {
  const start = async ({ options, receiver, timeoutOnServer = true, ...work }: Start) => {
    const { signal, timeout = profile.statementTimeout * 1000, searchPath, role = profile.role } = options
    const connection = await acquire(workplace, signal)
    const tag = newTag()
    const settings = {
      ...transactionSettings(connection, { role }, { timeout: timeoutOnServer ? timeout : 0, searchPath }),
      ...options.settings,
    }
    return new RunningStatement(workplace, connection, {
      tag,
      work: { ...work, text: `${tag} ${work.text}`, settings },
      receiver,
      timeout,
      timeoutOnServer,
    })
  }

  const run = async (begin: Start): Promise<void> => {
    const { signal } = begin.options
    const running = await start(begin)
    try {
      await running.wait(running.done, signal)
      running.finish()
    } catch (error) {
      throw running.abandon(error, signal)
    }
  }

  return {
    async query<Row>(statement: Statement<Row>, options: StatementOptions) {
      const { sql, parameters } = compile(statement)
      let columns: { name: string; parse: (text: string) => unknown }[] = []
      const rows: Row[] = []
      await run({
        text: sql,
        values: parameters,
        // pg's parsers read dates and intervals in these styles only. Estimates of catalog queries are high enough to have
        // them compiled first, which takes longer than reading.
        options: { ...options, settings: { DateStyle: 'ISO', IntervalStyle: 'postgres', jit: 'off' } },
        receiver: {
          fields: (fields) => {
            columns = fields.map(({ name, dataTypeID }) => ({
              name,
              parse: pg.types.getTypeParser(dataTypeID),
            }))
          },
          row: (cells) => {
            const row = columns.map(({ name, parse }, index) => {
              const cell = cells[index] ?? null
              return [name, cell === null ? null : parse(cell)]
            })
            rows.push(Object.fromEntries(row))
          },
        },
      })
      return rows
    },

    async queryText(statement, options) {
      const { sql, parameters } = compile(statement)
      let columns: { name: string; typeOid: number }[] = []
      const rows: (string | null)[][] = []
      await run({
        text: sql,
        values: parameters,
        options,
        receiver: {
          fields: (fields) => {
            columns = fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }))
          },
          row: (cells) => rows.push(cells),
        },
      })
      return { columns, rows }
    },

    async *copyOut(statement, options) {
      const { sql, parameters } = compile(statement)
      if (parameters.length > 0) throw parametersInCopy()
      const { signal } = options
      const ready: Uint8Array[] = []
      let wake = (): void => undefined
      const batches = new Batches((batch) => {
        ready.push(batch)
        wake()
      })
      const running = await start({
        // On lines of its own, so that a comment at its end does not take the bracket along. No option of COPY can stand before
        // `) TO STDOUT`, so a statement that closes the bracket itself never parses.
        text: `COPY (\n${sql}\n) TO STDOUT`,
        values: [],
        options,
        // The server's own clock would also run while the result is unread.
        timeoutOnServer: false,
        receiver: {
          copyData: (chunk, rest) => {
            batches.add(chunk, rest)
            if (ready.length > 0) stream.pause()
          },
        },
      })
      const { stream } = running.connection.client.connection
      let ended = false
      const end = running.done.then(() => {
        ended = true
        batches.finish()
      })
      end.catch(() => undefined)
      let givenBack = false
      const giveBack = (error: unknown): ConsoleError | null => {
        givenBack = true
        stream.resume()
        if (!ended) return running.abandon(error, signal)
        running.finish()
        return null
      }
      try {
        while (!ended || ready.length > 0) {
          signal.throwIfAborted()
          const batch = ready.shift()
          if (batch !== undefined) {
            yield batch
            continue
          }
          const arrived = new Promise<void>((resolve) => {
            wake = resolve
          })
          stream.resume()
          await running.wait(Promise.race([arrived, end]), signal)
        }
      } catch (error) {
        throw giveBack(error) ?? cancelled('The statement')
      } finally {
        // At its end, or when whoever reads it stops before.
        if (!givenBack) giveBack(null)
      }
    },
  }
}

const acquire = async ({ pool }: Workplace, signal: AbortSignal): Promise<Connection> => {
  try {
    return await pool.acquire(signal)
  } catch (error) {
    throw signal.aborted ? cancelled('The statement') : error
  }
}

const parametersInCopy = (): ConsoleError =>
  new ConsoleError(
    'INTERNAL',
    'A statement whose result is streamed was given parameters, which COPY cannot take.',
    'Report it with the steps that led here.',
  )

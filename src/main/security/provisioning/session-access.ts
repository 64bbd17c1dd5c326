import { databaseError } from '../../session/database-errors.ts'
import type { Session } from '../../session/session.ts'
import type { Access } from './access.ts'
import type { Reached } from './checks/check.ts'

/** Connections of their own beside the session's, as the role that the session acts as. */
export const accessOf = (session: Session, signal: AbortSignal): Access => ({
  async open(database) {
    const { client, context, pid } = await session.openConnection(signal, database ?? undefined)
    const explain = (error: unknown) => databaseError(error, context)
    try {
      if (context.role !== null) {
        await client.query(`select pg_catalog.set_config('role', $1, false)`, [context.role])
      }
      return { client, pid, explain, end: () => client.end() }
    } catch (error) {
      await client.end()
      throw explain(error)
    }
  },
})

/** How the session reached its server, which the application will have to do, too. */
export const reachedBy = (session: Session): Reached => {
  const { server } = session.state()
  return { port: server.host.port, tlsMode: server.tls?.mode ?? null, isLocal: server.isLocal }
}

import pg from 'pg'
import type { Remedy } from '../../shared/operations.ts'
import type { Finding, Need } from './probe.ts'
import type { Server } from './server.ts'

const isMet = (need: Need, server: Server): boolean => {
  switch (need.kind) {
    case 'role':
    case 'relation':
    case 'function':
      return server.has.has(need.name)
    case 'extension':
      return server.extensions.get(need.name)?.mayUse === true
    case 'version':
      return server.major >= need.since
    default:
      return need satisfies never
  }
}

const qualified = (name: string): string => name.split('.').map(pg.escapeIdentifier).join('.')

/** GRANT pg_monitor holds all that probes ask of statistics. */
export const grantMonitor = ({ user }: Pick<Server, 'user'>): Remedy => ({
  text: `Let a superuser, or who holds the role with ADMIN OPTION, give it to ${user}.`,
  sql: `GRANT pg_monitor TO ${pg.escapeIdentifier(user)};`,
})

const missing = (need: Need, server: Server): Pick<Finding, 'text' | 'remedies'> => {
  const { user, database } = server
  switch (need.kind) {
    case 'role':
      return {
        text: `${user} may not see what other sessions do: that takes pg_monitor.`,
        remedies: [grantMonitor(server)],
      }
    case 'relation':
      return {
        text: `${need.name} is not in this database, or ${user} may not read it.`,
        remedies: [
          {
            text: 'Let its owner grant it, where it is there. The tables of ops come with the migrations.',
            sql: `GRANT SELECT ON ${qualified(need.name)} TO ${pg.escapeIdentifier(user)};`,
          },
        ],
      }
    case 'function':
      return {
        text: `${user} may not call ${need.name}.`,
        remedies: [
          {
            text: 'Let a superuser grant it.',
            sql: `GRANT EXECUTE ON FUNCTION ${need.name} TO ${pg.escapeIdentifier(user)};`,
          },
        ],
      }
    case 'extension':
      if (server.extensions.has(need.name)) {
        const schema = pg.escapeIdentifier(server.extensions.get(need.name)?.schema ?? '')
        return {
          text: `${user} may not use the schema ${schema}, where ${need.name} is.`,
          remedies: [
            {
              text: 'Let its owner grant it.',
              sql: `GRANT USAGE ON SCHEMA ${schema} TO ${pg.escapeIdentifier(user)};`,
            },
          ],
        }
      }
      return {
        text: `${need.name} is not installed in ${database}.`,
        remedies: [
          {
            text: `Let a superuser create it.${need.name === 'pg_stat_statements' ? ' The server has to load it first: shared_preload_libraries, and a restart.' : ''}`,
            sql: `CREATE EXTENSION ${pg.escapeIdentifier(need.name)};`,
          },
        ],
      }
    case 'version':
      return {
        text: `PostgreSQL has this since ${need.since}; this server is ${server.major}.`,
        remedies: [],
      }
    default:
      return need satisfies never
  }
}

/** What keeps a probe from being run: one finding for each need that is not met. */
export const missingNeeds = (needs: readonly Need[], server: Server): Finding[] =>
  needs
    .filter((need) => !isMet(need, server))
    .map((need) => ({ verdict: 'not-checked', ...missing(need, server) }))

/** Of a probe that can say much without seeing other sessions, and not all. */
export const hiddenSessions = (server: Server, what: string): Finding => ({
  verdict: 'not-checked',
  text: `${server.user} may not see what other sessions do: ${what} is left out.`,
  remedies: [grantMonitor(server)],
})

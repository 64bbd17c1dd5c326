import { sql } from 'kysely'
import {
  type SaveAuditFilterInput,
  type SavedAuditFilters,
  savedAuditState,
  savedFilterLimit,
} from '../../shared/audit-saved-filters.ts'
import { mayRead } from '../session/may-read.ts'
import type { Session } from '../session/session.ts'
import { newTag } from '../session/tag.ts'
import { withTrail } from './trail/connected.ts'

type Row = { name: string; owner: string; mine: boolean; filter: unknown }

/** Filters of the audit log that people keep in the database, where who reads the log sees them. */
export const createSavedFilters = (session: Session) => {
  const write = async (text: string, values: string[], signal: AbortSignal): Promise<void> => {
    session.assertMayWrite()
    await withTrail(session, signal, async (client) => {
      await client.query(`${newTag()} ${text}`, values)
    })
  }
  return {
    /** One's own first, up to the limit and one more. Null where the database keeps none, or where the role may not see them. */
    async list(_: null, signal: AbortSignal): Promise<SavedAuditFilters | null> {
      if (!(await mayRead(session.database, ['audit.saved_filter'], signal))) return null
      const rows = await session.database.query(
        sql<Row>`select name, owner, owner = session_user as mine, filter from audit.saved_filter order by owner <> session_user, name, owner limit ${savedFilterLimit + 1}`,
        { signal },
      )
      return rows.map(({ filter, ...row }) => ({
        ...row,
        state: savedAuditState.safeParse(filter).data ?? null,
      }))
    },

    save: ({ name, state }: SaveAuditFilterInput, signal: AbortSignal): Promise<void> =>
      write(
        `insert into audit.saved_filter (name, filter) values ($1, $2)
           on conflict (owner, name) do update set filter = excluded.filter, saved_at = now()`,
        [name, JSON.stringify(state)],
        signal,
      ),

    /** One's own only. */
    forget: ({ name }: { name: string }, signal: AbortSignal): Promise<void> =>
      write('delete from audit.saved_filter where owner = session_user and name = $1', [name], signal),
  }
}

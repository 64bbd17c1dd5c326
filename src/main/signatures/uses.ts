import { sql } from 'kysely'
import type { SignatureUses } from '../../shared/signatures.ts'
import type { Database } from '../session/database.ts'
import { readRights } from './access.ts'

type Row = { count: number; id: string; filename: string; plant: string; createdAt: string }

/**
 * Where a signature was used: documents from the time that it was in force whose approvals name its person, by the whole address or
 * by what stands before the @. An approval names no signature, so this is as near as the database knows. Null where the role may not
 * see people or documents.
 */
export const readUses = async (
  database: Database,
  id: string,
  signal: AbortSignal,
): Promise<SignatureUses | null> => {
  const { maySeePeople, maySeeDocuments } = await readRights(database, signal)
  if (!maySeePeople || !maySeeDocuments) return null
  const rows = await database.query(
    sql<Row>`
      select count(*) over ()::integer as count, d.id::text, d.filename, d.plant, d.created_at::text as "createdAt"
        from public.signatures s
        join public.users u on u.id = s.user_id
        left join public.signatures n on n.id = s.superseded_by
        join public.documents d
          on d.created_at >= s.created_at
         and d.created_at < coalesce(least(s.revoked_at, n.created_at), 'infinity')
         and (d.payload -> 'approvals' @> jsonb_build_array(jsonb_build_object('by', u.email))
              or d.payload -> 'approvals' @> jsonb_build_array(jsonb_build_object('by', split_part(u.email, '@', 1))))
       where s.id = ${id}::bigint
       order by d.created_at desc, d.id desc
       limit 5`,
    { signal },
  )
  return {
    count: rows[0]?.count ?? 0,
    newest: rows.map(({ count: _, ...document }) => document),
  }
}

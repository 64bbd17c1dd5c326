import { sql } from 'kysely'
import type { DocumentAccess } from '../../shared/document-reading.ts'
import type { Database } from '../session/database.ts'

/** What this role may do with documents. The server decides again when it is done. */
export const readDocumentAccess = async (
  database: Database,
  signal: AbortSignal,
): Promise<DocumentAccess> => {
  const [found] = await database.query(
    sql<DocumentAccess>`
      select has_column_privilege('public.documents', 'retired_at', 'update') as "mayRetire",
             has_column_privilege('public.documents', 'legal_hold', 'update') as "mayHold",
             has_column_privilege('public.documents', 'state', 'update') as "mayMend",
             coalesce(has_function_privilege(
               to_regprocedure('audit.record_document_access(bigint, text, jsonb, text)'), 'execute'), false) as "mayTake"`,
    { signal },
  )
  if (found === undefined) throw new Error('a question of privileges has an answer')
  return found
}

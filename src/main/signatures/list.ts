import { sql } from 'kysely'
import {
  type Signature,
  type SignatureState,
  type SignaturesList,
  signaturesPage,
} from '../../shared/signatures.ts'
import type { Database } from '../session/database.ts'
import { readRights } from './access.ts'

/** The state of a row `s`. */
export const stateOf = sql<SignatureState>`
  case when s.superseded_by is not null then 'superseded' when s.revoked_at is not null then 'revoked' else 'in force' end`

/** A text to look for inside of another one, as a pattern of LIKE. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** Signatures with their people, the newest first. What the role may not see is null. */
export const listSignatures = async (
  database: Database,
  { states, text, before }: { states: readonly SignatureState[]; text: string; before: string | null },
  signal: AbortSignal,
): Promise<SignaturesList> => {
  const { maySeePeople, maySeeImages } = await readRights(database, signal)
  const people = maySeePeople && text !== ''
  const rows = await database.query(
    sql<Signature>`
      select s.id::text, s.user_id::text as "userId", ${maySeePeople ? sql`u.email` : sql`null::text`} as email, ${stateOf} as state,
             s.media_type as "mediaType", s.sha256, ${maySeeImages ? sql`octet_length(s.image)` : sql`null::integer`} as bytes,
             s.width, s.height, s.created_at::text as "createdAt", s.revoked_at::text as "revokedAt",
             s.superseded_by::text as "supersededBy", n.created_at::text as "supersededAt"
        from public.signatures s
        join public.users u on u.id = s.user_id
        left join public.signatures n on n.id = s.superseded_by
       where (${before}::bigint is null or s.id < ${before}::bigint)
         and (${states.length === 0} or ${stateOf} = any (${[...states]}::text[]))
         and ${people ? sql`u.email ilike ${containing(text)}` : sql`true`}
       order by s.id desc
       limit ${signaturesPage + 1}`,
    { signal },
  )
  return { signatures: rows.slice(0, signaturesPage), isWhole: rows.length <= signaturesPage }
}

import { sql } from 'kysely'
import type { SignatureLimits } from '../../shared/signatures.ts'
import type { Database } from '../session/database.ts'

/** The largest value that a CHECK lets `measure` have: `octet_length(image) <= 262144`, as PostgreSQL writes it. */
const atMost = (definitions: readonly string[], measure: string): number | null => {
  const found = definitions.flatMap((definition) =>
    [...definition.matchAll(new RegExp(`(?<!\\w)${measure}\\s*(<=?)\\s*\\(?(\\d+)\\)?`, 'g'))].map(
      ([, operator, number]) => Number(number) - (operator === '<' ? 1 : 0),
    ),
  )
  return found.length === 0 ? null : Math.min(...found)
}

/** The types that a CHECK lists: `media_type = ANY (ARRAY['image/png'::text, …])`, or one alone. */
const mediaTypes = (definitions: readonly string[]): string[] | null => {
  const list = definitions
    .map((definition) => /media_type = (?:ANY \(+ARRAY\[)?('[^\])]*)/.exec(definition)?.[1])
    .find((words) => words !== undefined)
  const types = [...(list ?? '').matchAll(/'([a-z]+\/[a-z0-9.+-]+)'/g)].map(([, type]) => type ?? '')
  return types.length === 0 ? null : types
}

/**
 * What CHECK constraints say of a signature, from their definitions as `pg_get_constraintdef` writes them. Each is null where no
 * constraint says it in a form that is known here: the server's word is the last one anyway.
 */
export const limitsIn = (definitions: readonly string[]): SignatureLimits => ({
  bytes: atMost(definitions, 'octet_length\\(image\\)'),
  mediaTypes: mediaTypes(definitions),
  width: atMost(definitions, 'width'),
  height: atMost(definitions, 'height'),
})

/** Asks the table itself, so that the console and the server never disagree. */
export const readLimits = async (database: Database, signal: AbortSignal): Promise<SignatureLimits> => {
  const rows = await database.query(
    sql<{ definition: string }>`
      select pg_get_constraintdef(oid) as definition from pg_constraint
       where conrelid = to_regclass('public.signatures') and contype = 'c' order by conname`,
    { signal },
  )
  return limitsIn(rows.map(({ definition }) => definition))
}

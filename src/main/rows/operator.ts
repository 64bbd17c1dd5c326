import { type RawBuilder, sql } from 'kysely'
import { identifier } from '../session/identifier.ts'

type Symbol = '=' | '<>' | '<' | '<=' | '>' | '>=' | '-' | '+' | '@>' | '@?' | '@@' | '->>' | '~' | '~~*'

/**
 * An operator with its schema. Rows are read with the role's own search path, as psql has it, since values and views may
 * depend on it; so no name in these statements may be left to the path.
 */
export const operator = (symbol: Symbol, schema = 'pg_catalog'): RawBuilder<unknown> =>
  sql`operator(${identifier(schema)}.${sql.raw(symbol)})`

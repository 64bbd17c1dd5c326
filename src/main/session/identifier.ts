import { type RawBuilder, sql } from 'kysely'

/** A quoted identifier, each part quoted by itself: `identifier('public', 'Order "x"')`. The only way a name enters SQL. */
export const identifier = (...parts: [string, ...string[]]): RawBuilder<unknown> => sql.id(...parts)

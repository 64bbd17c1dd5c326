import { type RawBuilder, sql } from 'kysely'
import { identifier } from '../session/identifier.ts'
import { operator } from './operator.ts'

type TypeName = readonly [schema: string, name: string]

/** Turns a value into SQL of the given type, through that type's own input function. */
export type BindValue = (value: string, type: TypeName) => RawBuilder<unknown>

export const textType: TypeName = ['pg_catalog', 'text']

/** The value as a parameter. A bare `$n` inside a cast takes the type of the cast: the server parses the text itself. */
export const bindParameter: BindValue = (value, type) => sql`cast(${value} as ${identifier(...type)})`

const settingName = 'viruj_console.values'

/**
 * Values for COPY, which takes no parameters: they travel in one setting of the transaction. The scalar subquery makes the
 * server parse each of them once, not once per row.
 */
export const createSettingValues = (): { bind: BindValue; settings: () => Record<string, string> } => {
  const values: string[] = []
  return {
    bind: (value, type) => {
      const index = values.push(value) - 1
      return sql`(select cast(cast(pg_catalog.current_setting(${sql.lit(settingName)}) as pg_catalog.jsonb) ${operator('->>')} ${sql.lit(index)} as ${identifier(...type)}))`
    },
    settings: () => (values.length === 0 ? {} : { [settingName]: JSON.stringify(values) }),
  }
}

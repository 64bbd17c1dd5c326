import type { TypeName } from 'libpg-query'
import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import { integerOf, nameParts } from './tree.ts'

/** A type as far as a change of a column to or from it is concerned. */
type TypeFacts = {
  /** As people write it: `character varying`. */
  name: string
  /** `numeric`, `varchar`: as the catalog calls it. */
  internal: string
  /** Domains: what they are made of. */
  base: number | null
  /** A domain with a CHECK or NOT NULL of its own or of one below it. */
  constrained: boolean
}

export type Types = {
  /** Types by the text that `typeText` makes of them; null: not there. */
  named: Map<string, number | null>
  facts: Map<number, TypeFacts>
  /** `from to` of casts that leave the bytes as they are. */
  binary: Set<string>
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A name as `to_regtype` reads it. */
export const quoted = (parts: string[]): string => parts.map(quote).join('.')

/** A type's name as `to_regtype` reads it, without its modifiers: `"pg_catalog"."varchar"[]`. */
export const typeText = (type: TypeName): string =>
  quoted(nameParts(type.names)) + ((type.arrayBounds ?? []).length > 0 ? '[]' : '')

/** Reads the types that the plan names, those of the columns it changes, and what they are made of. */
export const readTypes = async (
  client: pg.ClientBase,
  { names, oids }: { names: string[]; oids: number[] },
): Promise<Types> => {
  const named = await client.query<{ name: string; oid: number | null }>(
    `${newTag()} select name, pg_catalog.to_regtype(name)::int8::float8 as "oid" from pg_catalog.unnest($1::text[]) as name`,
    [names],
  )
  const wanted = [...oids, ...named.rows.flatMap(({ oid }) => oid ?? [])]
  const facts = await client.query<TypeFacts & { oid: number }>(
    `${newTag()}
     with recursive wanted (oid) as (
       select pg_catalog.unnest($1::int8[])::oid
        union
       select t.typbasetype from wanted join pg_catalog.pg_type as t on t.oid = wanted.oid where t.typtype = 'd'
     )
     select t.oid::int8::float8 as "oid", pg_catalog.format_type(t.oid, null) as "name", t.typname::text as "internal",
            case when t.typtype = 'd' then t.typbasetype::int8::float8 end as "base",
            t.typnotnull or exists (select from pg_catalog.pg_constraint as k where k.contypid = t.oid) as "constrained"
       from wanted
       join pg_catalog.pg_type as t on t.oid = wanted.oid`,
    [wanted],
  )
  const binary = await client.query<{ pair: string }>(
    `${newTag()} select castsource::text || ' ' || casttarget::text as "pair" from pg_catalog.pg_cast where castmethod = 'b'`,
  )
  return {
    named: new Map(named.rows.map(({ name, oid }) => [name, oid])),
    facts: new Map(facts.rows.map(({ oid, ...fact }) => [oid, fact])),
    binary: new Set(binary.rows.map(({ pair }) => pair)),
  }
}

/** Modifier that the parser's constants mean, as `atttypmod` keeps it; -1: none. Of types without one: undefined. */
export const typmodOf = (type: TypeName, internal: string): number | undefined => {
  const values = (type.typmods ?? []).map((node) => integerOf(node))
  const [first, second] = values
  if (values.length === 0) {
    // char alone is char(1), bit alone is bit(1).
    if (internal === 'bpchar') return nameParts(type.names).length === 2 ? 5 : -1
    return internal === 'bit' ? 1 : -1
  }
  if (first === undefined) return undefined
  switch (internal) {
    case 'varchar':
    case 'bpchar':
      return first + 4
    case 'numeric':
      return ((first << 16) | ((second ?? 0) & 0x7ff)) + 4
    case 'bit':
    case 'varbit':
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return first
    default:
      return undefined
  }
}

import { hasSqlDetails, parse } from 'libpg-query'
import { canonicalDefault, canonicalTree } from './canonical-tree.ts'
import type { ObjectKind } from './catalog-object.ts'

type Wrap = (text: string) => string

const expression: Wrap = (text) => `select (${text})`
const query: Wrap = (text) => text
const keys: Wrap = (text) => `create index on t (${text})`

/** Attributes that the server prints from a tree, and the statement as whose part each can be read back. */
const forms: Readonly<Partial<Record<ObjectKind, Readonly<Record<string, Wrap>>>>> = {
  column: { default: expression, generated: expression },
  constraint: { check: expression, where: expression, keys },
  index: { where: expression, keys },
  policy: { using: expression, 'with check': expression },
  trigger: { when: expression },
  view: { query },
  'materialized view': { query },
  rule: { definition: query },
  domain: { default: expression },
  'domain constraint': { check: expression },
  statistics: { expressions: expression },
  table: {
    'partition by': (text) => `create table t () partition by ${text}`,
    'partition bound': (text) => `create table t partition of p ${text}`,
  },
  function: {
    arguments: (text) => `create function f(${text}) returns void language sql as ''`,
    'sql body': (text) => `create function f() returns void language sql ${text}`,
  },
}

/**
 * Whether two texts of an attribute mean the same although they are not the same. The server prints some trees in another way
 * after a dump and restore, or in another version; read back by one parser, and with these differences taken out, they are one.
 */
export const meansTheSame = async (
  kind: ObjectKind,
  attribute: string,
  one: string,
  other: string,
): Promise<boolean> => {
  const wrap = forms[kind]?.[attribute]
  if (wrap === undefined) return false
  try {
    const trees = await Promise.all([parse(wrap(one)), parse(wrap(other))])
    const canonical = attribute === 'default' ? canonicalDefault : canonicalTree
    const [first, second] = trees.map((tree) => JSON.stringify(canonical(tree)))
    return first === second
  } catch (error) {
    // What this parser does not know is compared as it is written.
    if (hasSqlDetails(error)) return false
    throw error
  }
}

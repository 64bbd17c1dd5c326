import type { Node } from 'libpg-query'
import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import type { Known } from './known.ts'
import { readRelations } from './read-relations.ts'
import { bodyOf, findAll, findTypeNames, nameParts } from './tree.ts'
import { quoted, readTypes, typeText } from './types.ts'

const maxName = 63

/** All words of a tree that may be the name of something, those of function bodies included; constants are none. */
const wordsIn = (tree: unknown, words: Set<string>): void => {
  if (typeof tree === 'string') {
    if (tree.length <= maxName) words.add(tree)
    for (const word of tree.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []) words.add(word.toLowerCase())
    return
  }
  if (typeof tree !== 'object' || tree === null) return
  for (const [key, value] of Object.entries(tree)) if (key !== 'A_Const') wordsIn(value, words)
}

/** Schemas that a statement changes as a whole. */
const schemasIn = (nodes: Node[]): string[] =>
  nodes.flatMap((node) => {
    const drop = bodyOf(node, 'DropStmt')
    const rename = bodyOf(node, 'RenameStmt')
    const reindex = bodyOf(node, 'ReindexStmt')
    if (drop?.removeType === 'OBJECT_SCHEMA') return (drop.objects ?? []).flatMap((each) => nameParts(each))
    if (rename?.renameType === 'OBJECT_SCHEMA') return rename.subname ?? []
    return reindex?.kind === 'REINDEX_OBJECT_SCHEMA' ? (reindex.name ?? []) : []
  })

type FunctionRow = { name: string; volatile: boolean; own: boolean }

const readFunctions = async (client: pg.ClientBase, names: string[]): Promise<FunctionRow[]> => {
  const { rows } = await client.query<FunctionRow>(
    `${newTag()}
     select p.proname::text as "name", pg_catalog.bool_or(p.provolatile = 'v') as "volatile",
            -- Of people, and free to do anything.
            pg_catalog.bool_or(p.provolatile = 'v' and n.nspname not in ('pg_catalog', 'information_schema')
              and not exists (select from pg_catalog.pg_depend as d
                               where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')) as "own"
       from pg_catalog.pg_proc as p
       join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
      where p.proname = any ($1)
      group by p.proname`,
    [names],
  )
  return rows
}

/** Reads of the target whatever statements name, as `readRelations` does. `figures` stay empty. */
export const readKnown = async (
  client: pg.ClientBase,
  nodes: Node[],
  { expressions = true }: { expressions?: boolean } = {},
): Promise<Known> => {
  const words = new Set<string>()
  wordsIn(nodes, words)
  const relations = await readRelations(client, { names: [...words], schemas: schemasIn(nodes), expressions })
  const oids = relations
    .all()
    .flatMap(({ columns }) => [...columns.values()].flatMap(({ type }) => type ?? []))
  const types = await readTypes(client, {
    names: [
      ...new Set([
        ...findTypeNames(nodes).map(typeText),
        ...findAll(nodes, 'AlterDomainStmt').map(({ typeName }) => quoted(nameParts(typeName))),
        ...findAll(nodes, 'DropStmt').flatMap(({ removeType, objects }) =>
          removeType === 'OBJECT_TYPE' || removeType === 'OBJECT_DOMAIN'
            ? (objects ?? []).map((object) => quoted(nameParts(object)))
            : [],
        ),
      ]),
    ],
    oids: [...new Set(oids)],
  })
  const functions = await readFunctions(
    client,
    findAll(nodes, 'FuncCall').map(({ funcname }) => nameParts(funcname).at(-1) ?? ''),
  )
  const { rows } = await client.query<{ version: number }>(
    `${newTag()} select pg_catalog.current_setting('server_version_num')::int as "version"`,
  )
  const namesOf = (wanted: (row: FunctionRow) => boolean) =>
    new Set(functions.filter(wanted).map(({ name }) => name))
  return {
    relations,
    types,
    figures: new Map(),
    versionNumber: rows[0]?.version ?? 0,
    timeZoneIsUtc: true,
    volatileFunctions: namesOf((row) => row.volatile),
    steadyFunctions: namesOf((row) => !row.volatile),
    ownFunctions: namesOf((row) => row.own),
    constrainedDomains: new Set(),
    newTypes: new Set(),
    newEnumValues: new Set(),
  }
}

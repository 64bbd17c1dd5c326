import type { Node } from 'libpg-query'
import { bodyOf, findAll, stringOf } from './tree.ts'
import type { Verdict } from './verdict.ts'

const alone: Record<string, string> = {
  VacuumStmt: 'VACUUM',
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  AlterSystemStmt: 'ALTER SYSTEM',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
}

const isConcurrent = (node: Node): boolean =>
  bodyOf(node, 'IndexStmt')?.concurrent === true ||
  bodyOf(node, 'DropStmt')?.concurrent === true ||
  findAll(bodyOf(node, 'AlterTableStmt')?.cmds, 'PartitionCmd').some(
    ({ concurrent }) => concurrent === true,
  ) ||
  findAll(bodyOf(node, 'ReindexStmt')?.params, 'DefElem').some(
    ({ defname, arg }) => defname === 'concurrently' && !/^(false|off|no|0)$/i.test(stringOf(arg) ?? 'true'),
  )

/** What PostgreSQL refuses inside a transaction; null: nothing. */
const refusedInside = (node: Node): string | null => {
  if (isConcurrent(node)) return 'CONCURRENTLY'
  const vacuum = bodyOf(node, 'VacuumStmt')
  if (vacuum !== undefined) return vacuum.is_vacuumcmd === true ? 'VACUUM' : null
  const cluster = bodyOf(node, 'ClusterStmt')
  if (cluster !== undefined) return cluster.relation === undefined ? 'CLUSTER of all tables' : null
  const reindex = bodyOf(node, 'ReindexStmt')
  if (reindex !== undefined && reindex.relation === undefined) return 'REINDEX of a schema or database'
  const subscription = bodyOf(node, 'CreateSubscriptionStmt')
  if (subscription !== undefined) return 'CREATE SUBSCRIPTION with a slot'
  return Object.keys(node).flatMap((tag) => alone[tag] ?? [])[0] ?? null
}

/** Rules about the transaction that the file is. */
export const judgeTransaction = (node: Node, transactional: boolean, verdict: Verdict): void => {
  const refused = transactional ? refusedInside(node) : null
  if (refused !== null) {
    verdict.say(
      'needs-no-transaction',
      'danger',
      `PostgreSQL refuses ${refused} inside a transaction, and the file is one. Put it into a file of its own that begins with "-- no-transaction".`,
    )
  }
  if (!transactional) return
  const { newEnumValues } = verdict.known
  const used = [
    ...findAll(node, 'A_Const').map(({ sval }) => sval?.sval),
    ...findAll(node, 'PartitionBoundSpec').flatMap(({ listdatums }) => (listdatums ?? []).map(stringOf)),
  ].find((value) => value !== undefined && newEnumValues.has(value))
  const inText = bodyOf(node, 'DoStmt') === undefined ? undefined : textOf(node, newEnumValues)
  const value = used ?? inText
  if (value === undefined) return
  verdict.say(
    'enum-value-used',
    'danger',
    `'${value}' is added to an enum earlier in this file, and PostgreSQL lets nobody use it before that is committed. Move what uses it into the next migration.`,
  )
}

const textOf = (node: Node, values: Set<string>): string | undefined => {
  const text = findAll(node, 'DefElem')
    .map(({ arg }) => stringOf(arg) ?? '')
    .join('\n')
  return [...values].find((value) => text.includes(`'${value.replaceAll("'", "''")}'`))
}

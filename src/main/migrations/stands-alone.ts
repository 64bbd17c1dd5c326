import type { SqlStatement } from './statements.ts'

/** Statements that PostgreSQL refuses inside a transaction, or that end transactions themselves. */
const kinds = [
  'VacuumStmt',
  'ClusterStmt',
  'ReindexStmt',
  'CallStmt',
  'DoStmt',
  'CreatedbStmt',
  'DropdbStmt',
  'AlterDatabaseStmt',
  'AlterSystemStmt',
  'CreateTableSpaceStmt',
  'DropTableSpaceStmt',
  'CreateSubscriptionStmt',
  'AlterSubscriptionStmt',
  'DropSubscriptionStmt',
]

/**
 * Whether a statement has to run outside any transaction. All others are kept together with the note that they are done, in
 * one transaction, even where a file asks for none: a crash in between cannot tear them apart.
 */
export const standsAlone = ({ node }: SqlStatement): boolean => {
  if (node === null || kinds.some((kind) => kind in node)) return true
  if ('IndexStmt' in node) return node.IndexStmt.concurrent === true
  if ('DropStmt' in node) return node.DropStmt.concurrent === true
  if ('AlterTableStmt' in node) {
    // DETACH PARTITION … CONCURRENTLY and its FINALIZE.
    return (node.AlterTableStmt.cmds ?? []).some(
      (command) =>
        'AlterTableCmd' in command &&
        ['AT_DetachPartition', 'AT_DetachPartitionFinalize'].includes(command.AlterTableCmd.subtype ?? ''),
    )
  }
  return false
}

import { ConsoleError } from '../../shared/errors.ts'
import type { SqlStatement } from './statements.ts'

const savepoints = new Set(['TRANS_STMT_SAVEPOINT', 'TRANS_STMT_RELEASE', 'TRANS_STMT_ROLLBACK_TO'])

type Refusal = { what: string; remedy: string }

/** Why a statement cannot be part of a migration; null: it can. */
const refusalOf = ({ node }: SqlStatement, transactional: boolean): Refusal | null => {
  if (node === null) return null
  if ('TransactionStmt' in node && !(transactional && savepoints.has(node.TransactionStmt.kind ?? ''))) {
    return transactional
      ? {
          what: 'begins or ends a transaction, and the whole file is one already, together with its row in the history',
          remedy:
            'Take the statement out. What must not run in a transaction goes into a file with "-- no-transaction".',
        }
      : {
          what: 'begins or ends a transaction, and without one each statement stands alone',
          remedy: 'Move what belongs together into a file of its own, without "-- no-transaction".',
        }
  }
  if ('CopyStmt' in node) {
    const { is_from, filename } = node.CopyStmt
    if (filename === undefined || filename === '') {
      return {
        what: `is a COPY ${is_from === true ? 'FROM STDIN' : 'TO STDOUT'}, and a migration has no such data beside it`,
        remedy: 'Write the rows as INSERT statements.',
      }
    }
  }
  if ('IndexStmt' in node && node.IndexStmt.concurrent === true && !node.IndexStmt.idxname) {
    return {
      what: 'builds an index without a name, and what is left of it after a crash could not be found',
      remedy: 'Give the index a name.',
    }
  }
  const { kind, name } = 'VariableSetStmt' in node ? node.VariableSetStmt : {}
  const changesRole = kind === 'VAR_RESET_ALL' || name === 'role'
  if ('DiscardStmt' in node || name === 'session_authorization' || (!transactional && changesRole)) {
    return {
      what: 'gives up the role or the lock that the migration runs with',
      remedy: 'Take the statement out; ALTER … OWNER TO says who an object belongs to.',
    }
  }
  return null
}

/** A line that psql would take for a command of its own. */
const psqlCommand = /^[ \t]*\\\S*/m

/**
 * Refuses what would break the promise that a file is done as a whole or not at all, before any of it runs.
 * @param file its name, for the message
 */
export const assertRunnable = (
  file: string,
  statements: readonly SqlStatement[],
  transactional: boolean,
): void => {
  for (const statement of statements) {
    const command = statement.node === null ? psqlCommand.exec(statement.sql) : null
    if (command !== null) {
      const line = statement.line + statement.sql.slice(0, command.index).split('\n').length - 1
      throw new ConsoleError(
        'INVALID_SQL',
        `${file}, line ${line}: ${command[0].trim()} is a command of psql, not SQL.`,
        'Write what it does as SQL. Nothing was run.',
      )
    }
    if (statement.node === null && !transactional) {
      throw new ConsoleError(
        'INVALID_SQL',
        `${file} cannot be cut into statements: PostgreSQL's parser does not understand it.`,
        'Correct it: without a transaction the console has to know where each statement ends. Nothing was run.',
      )
    }
    const refusal = refusalOf(statement, transactional)
    if (refusal !== null) {
      throw new ConsoleError(
        'INVALID_SQL',
        `${file}, line ${statement.line}: the statement ${refusal.what}.`,
        `${refusal.remedy} Nothing was run.`,
      )
    }
  }
}

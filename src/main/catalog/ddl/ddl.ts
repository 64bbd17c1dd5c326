import { type RawBuilder, sql } from 'kysely'
import type { ObjectKind } from '../../../shared/catalog.ts'
import { grantStatements } from '../detail/grants.ts'
import type { Read, Subject } from '../detail/subject.ts'
import { databaseStatements, extensionStatements, roleStatements } from './cluster.ts'
import { aggregateStatements, routineStatements } from './routine.ts'
import { script, statementsOf } from './script.ts'
import { indexStatements, sequenceStatements } from './sequence.ts'
import { type TableParts, tableStatements } from './table.ts'
import { typeStatements } from './type.ts'
import { viewStatements } from './view.ts'

const own = async (read: Read, kind: ObjectKind, subject: Subject, parts: TableParts): Promise<string[]> => {
  switch (kind) {
    case 'table':
    case 'partitioned table':
    case 'foreign table':
      return tableStatements(read, subject, parts)
    case 'view':
    case 'materialized view':
      return viewStatements(read, subject, parts)
    case 'index':
      return statementsOf(read, indexStatements(subject))
    case 'sequence':
      return statementsOf(read, sequenceStatements(subject))
    case 'function':
    case 'procedure':
      return statementsOf(read, routineStatements(subject))
    case 'aggregate':
      return statementsOf(read, aggregateStatements(subject))
    case 'type':
    case 'domain':
      return statementsOf(read, typeStatements(subject))
    case 'schema':
      return [`CREATE SCHEMA ${subject.identity}`]
    case 'extension':
      return statementsOf(read, extensionStatements(subject))
    case 'role':
      return statementsOf(read, roleStatements(subject))
    case 'database':
      return statementsOf(read, databaseStatements(subject))
    default:
      return kind satisfies never
  }
}

/** Roles have no owner, extensions keep theirs, and an index belongs to whom its table does. */
const ownership = ({ word, identity, owner }: Subject): RawBuilder<{ statement: string }> => sql`
  select format('ALTER %s %s OWNER TO %I', ${word}::text, ${identity}::text, ${owner}::text) as statement
   where ${word}::text not in ('ROLE', 'EXTENSION', 'INDEX')`

const comment = ({ word, identity }: Subject, text: string | null): RawBuilder<{ statement: string }> => sql`
  select format('COMMENT ON %s %s IS %L', ${word}::text, ${identity}::text, ${text}::text) as statement
   where ${text}::text is not null`

/** An object as SQL: what the server deparses of it, in the order in which it runs. */
export const readDdl = async (
  read: Read,
  kind: ObjectKind,
  subject: Subject,
  commentText: string | null,
  parts: TableParts,
): Promise<string> => {
  const statements = await Promise.all([
    own(read, kind, subject, parts),
    statementsOf(read, comment(subject, commentText)),
    statementsOf(read, ownership(subject)),
    subject.grantWord === null ? [] : statementsOf(read, grantStatements(kind, subject)),
  ])
  return script(statements.flat())
}

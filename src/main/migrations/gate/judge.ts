import type { SqlStatement } from '../statements.ts'
import { judgeAlterTable } from './alter-table.ts'
import {
  judgeAlterPolicy,
  judgeAlterPublication,
  judgeAlterSequence,
  judgeCreatePolicy,
  judgeCreatePublication,
  judgeCreateStatistics,
  judgeCreateTrigger,
  judgeGrant,
  judgeRule,
} from './attached.ts'
import {
  judgeCompositeType,
  judgeCreateForeignTable,
  judgeCreateTable,
  judgeCreateTableAs,
  judgeSequence,
  judgeView,
} from './create-table.ts'
import { judgeAlterDomain, judgeAlterEnum, judgeCreateDomain, judgeCreateEnum } from './domains.ts'
import { judgeDrop, judgeDropDatabase, judgeDropOwned, judgeTruncate } from './drop.ts'
import { judgeCall, judgeCalls, judgeCreateFunction, judgeDo } from './functions.ts'
import { judgeCluster, judgeCreateIndex, judgeRefresh, judgeReindex, judgeVacuum } from './indexes.ts'
import type { Known } from './known.ts'
import { judgeVersion } from './newer-server.ts'
import { judgeComment, judgeLock, judgeRename, judgeSetSchema } from './rename.ts'
import { judgeRows } from './rows.ts'
import { judgeSetting } from './settings.ts'
import { judgeTransaction } from './transaction.ts'
import { bodyOf, type NodeBody, type NodeTag, tagOf } from './tree.ts'
import { Verdict } from './verdict.ts'

type Judge<Tag extends NodeTag> = (body: NodeBody<Tag>, verdict: Verdict) => void
type Judges = { [Tag in NodeTag]?: Judge<Tag> }

const judges: Judges = {
  AlterDomainStmt: judgeAlterDomain,
  AlterEnumStmt: judgeAlterEnum,
  AlterObjectSchemaStmt: judgeSetSchema,
  AlterPolicyStmt: judgeAlterPolicy,
  AlterPublicationStmt: judgeAlterPublication,
  AlterSeqStmt: judgeAlterSequence,
  AlterTableStmt: judgeAlterTable,
  CallStmt: judgeCall,
  ClusterStmt: judgeCluster,
  CommentStmt: judgeComment,
  CompositeTypeStmt: judgeCompositeType,
  CreateDomainStmt: judgeCreateDomain,
  CreateEnumStmt: judgeCreateEnum,
  CreateForeignTableStmt: judgeCreateForeignTable,
  CreateFunctionStmt: judgeCreateFunction,
  CreatePolicyStmt: judgeCreatePolicy,
  CreatePublicationStmt: judgeCreatePublication,
  CreateSeqStmt: judgeSequence,
  CreateStatsStmt: judgeCreateStatistics,
  CreateStmt: judgeCreateTable,
  CreateTableAsStmt: judgeCreateTableAs,
  CreateTrigStmt: judgeCreateTrigger,
  DoStmt: judgeDo,
  DropOwnedStmt: judgeDropOwned,
  DropStmt: judgeDrop,
  DropdbStmt: judgeDropDatabase,
  GrantStmt: judgeGrant,
  IndexStmt: judgeCreateIndex,
  LockStmt: judgeLock,
  RefreshMatViewStmt: judgeRefresh,
  ReindexStmt: judgeReindex,
  RenameStmt: judgeRename,
  RuleStmt: judgeRule,
  TruncateStmt: judgeTruncate,
  VacuumStmt: judgeVacuum,
  VariableSetStmt: judgeSetting,
  ViewStmt: judgeView,
}

/** Statements on rows; what they read and change stands anywhere in them. */
const onRows: ReadonlySet<NodeTag> = new Set<NodeTag>([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CopyStmt',
  'ExplainStmt',
  'DeclareCursorStmt',
  'PrepareStmt',
])

/** Statements that lock no relation of people, and take no data away. */
const harmless: ReadonlySet<NodeTag> = new Set<NodeTag>([
  'AlterDatabaseSetStmt',
  'AlterDatabaseStmt',
  'AlterDefaultPrivilegesStmt',
  'AlterEventTrigStmt',
  'AlterFdwStmt',
  'AlterForeignServerStmt',
  'AlterFunctionStmt',
  'AlterObjectDependsStmt',
  'AlterOperatorStmt',
  'AlterOwnerStmt',
  'AlterRoleSetStmt',
  'AlterRoleStmt',
  'AlterSystemStmt',
  'AlterTSConfigurationStmt',
  'AlterTSDictionaryStmt',
  'AlterTypeStmt',
  'AlterUserMappingStmt',
  'ConstraintsSetStmt',
  'CreateAmStmt',
  'CreateCastStmt',
  'CreateConversionStmt',
  'CreateEventTrigStmt',
  'CreateFdwStmt',
  'CreateForeignServerStmt',
  'CreateOpClassStmt',
  'CreateOpFamilyStmt',
  'CreatePLangStmt',
  'CreateRangeStmt',
  'CreateRoleStmt',
  'CreateTableSpaceStmt',
  'CreateTransformStmt',
  'CreateUserMappingStmt',
  'CreatedbStmt',
  'DefineStmt',
  'DropRoleStmt',
  'DropTableSpaceStmt',
  'DropUserMappingStmt',
  'GrantRoleStmt',
  'ListenStmt',
  'NotifyStmt',
  'SecLabelStmt',
  'TransactionStmt',
  'UnlistenStmt',
  'VariableShowStmt',
])

const judgeAs = <Tag extends NodeTag>(tag: Tag, body: NodeBody<Tag>, verdict: Verdict): boolean => {
  const judge: Judge<Tag> | undefined = judges[tag]
  judge?.(body, verdict)
  return judge !== undefined
}

/** CREATE SCHEMA with things in it. */
const judgeSchema = (
  { schemaname, authrole, schemaElts }: NodeBody<'CreateSchemaStmt'>,
  verdict: Verdict,
): void => {
  const { relations } = verdict.known
  const { searchPath } = relations
  relations.searchPath = [schemaname ?? authrole?.rolename ?? '', ...searchPath]
  for (const element of schemaElts ?? []) judgeNode(element, verdict)
  relations.searchPath = searchPath
}

const judgeNode = (node: NonNullable<SqlStatement['node']>, verdict: Verdict): void => {
  const tag = tagOf(node)
  const schema = bodyOf(node, 'CreateSchemaStmt')
  if (schema !== undefined) {
    judgeSchema(schema, verdict)
    return
  }
  if (onRows.has(tag)) {
    judgeRows(node, verdict)
    judgeCalls(node, verdict)
    return
  }
  const body = bodyOf(node, tag)
  if (body !== undefined && judgeAs(tag, body, verdict)) return
  if (harmless.has(tag)) return
  verdict.say(
    'opaque',
    'warning',
    'The gate has no rule for this kind of statement: what it locks is not foretold.',
  )
}

/** What one statement does, by what is known; then changes what is known as the statement would. */
export const judgeStatement = (statement: SqlStatement, transactional: boolean, known: Known): Verdict => {
  const verdict = new Verdict(known)
  if (statement.node === null) {
    verdict.say(
      'not-parsed',
      'danger',
      'The parser of PostgreSQL 18 does not understand the file, so that nothing is known of what it does. The server has the last word.',
    )
    return verdict
  }
  judgeTransaction(statement.node, transactional, verdict)
  judgeVersion(statement.node, verdict)
  judgeNode(statement.node, verdict)
  return verdict
}

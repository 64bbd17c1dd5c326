import type { AlterTableCmd, Constraint } from 'libpg-query'
import type { LockMode } from '../../../shared/migrations.ts'
import { addColumn, alterType, dropColumn, setExpression } from './alter-column.ts'
import { addConstraint, dropConstraint, setNotNull, validateConstraint } from './constraints.ts'
import { isStronger } from './lock-modes.ts'
import { attachPartition, detachPartition, disinherit, inherit } from './partitions.ts'
import type { Relation } from './relations.ts'
import { bodyOf, findAll, type NodeBody } from './tree.ts'
import type { Verdict } from './verdict.ts'

type Subtype = NonNullable<AlterTableCmd['subtype']>

const weaker: Partial<Record<Subtype, LockMode>> = {
  AT_SetStatistics: 'SHARE UPDATE EXCLUSIVE',
  AT_SetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ClusterOn: 'SHARE UPDATE EXCLUSIVE',
  AT_DropCluster: 'SHARE UPDATE EXCLUSIVE',
  AT_ValidateConstraint: 'SHARE UPDATE EXCLUSIVE',
  AT_AttachPartition: 'SHARE UPDATE EXCLUSIVE',
  AT_DetachPartitionFinalize: 'SHARE UPDATE EXCLUSIVE',
  AT_EnableTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableAlwaysTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableReplicaTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigUser: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrig: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigUser: 'SHARE ROW EXCLUSIVE',
}

/** Storage parameters that need less than ACCESS EXCLUSIVE, apart from those of autovacuum. */
const lightParameters = new Set([
  'fillfactor',
  'parallel_workers',
  'toast_tuple_target',
  'vacuum_index_cleanup',
  'vacuum_truncate',
  'vacuum_max_eager_freeze_failure_rate',
  'log_autovacuum_min_duration',
  'deduplicate_items',
  'n_distinct',
  'n_distinct_inherited',
])

const constraintOf = ({ def }: AlterTableCmd): Constraint | undefined => bodyOf(def, 'Constraint')

/** Mode that one command of ALTER TABLE asks for, as AlterTableGetLockLevel of tablecmds.c has it. */
const modeOf = (command: AlterTableCmd): LockMode => {
  const { subtype, def } = command
  switch (subtype) {
    case 'AT_AddConstraint':
      return constraintOf(command)?.contype === 'CONSTR_FOREIGN' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE'
    case 'AT_SetRelOptions':
    case 'AT_ResetRelOptions': {
      const light = findAll(def, 'DefElem').every(
        ({ defname = '' }) => lightParameters.has(defname) || defname.startsWith('autovacuum_'),
      )
      return light ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'
    }
    case 'AT_DetachPartition':
      return bodyOf(def, 'PartitionCmd')?.concurrent === true ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'
    default:
      return (subtype === undefined ? undefined : weaker[subtype]) ?? 'ACCESS EXCLUSIVE'
  }
}

/** Commands that go on to partitions and tables that inherit. */
const recursing: ReadonlySet<Subtype> = new Set<Subtype>([
  'AT_AddColumn',
  'AT_ColumnDefault',
  'AT_DropNotNull',
  'AT_SetNotNull',
  'AT_SetExpression',
  'AT_DropExpression',
  'AT_SetStatistics',
  'AT_SetStorage',
  'AT_DropColumn',
  'AT_AlterColumnType',
])

/** These do so for partitions alone. */
const recursingToPartitions: ReadonlySet<Subtype> = new Set<Subtype>([
  'AT_EnableTrig',
  'AT_EnableAlwaysTrig',
  'AT_EnableReplicaTrig',
  'AT_EnableTrigAll',
  'AT_EnableTrigUser',
  'AT_DisableTrig',
  'AT_DisableTrigAll',
  'AT_DisableTrigUser',
  'AT_AlterConstraint',
  'AT_AddIdentity',
  'AT_SetIdentity',
  'AT_DropIdentity',
])

const rewriteWith = (verdict: Verdict, table: Relation, rule: 'persistence' | 'moved-storage', why: string) =>
  verdict.lock(table, 'ACCESS EXCLUSIVE', { work: { kind: 'rewrite', rule, why } })

const judgeCommand = (table: Relation, command: AlterTableCmd, inherits: boolean, verdict: Verdict): void => {
  const { relations } = verdict.known
  const { subtype, def, name = '' } = command
  const children = inherits
  const cascade = command.behavior === 'DROP_CASCADE'
  switch (subtype) {
    case 'AT_AddColumn': {
      const column = bodyOf(def, 'ColumnDef')
      const missingOk = command.missing_ok === true
      if (column !== undefined) addColumn(table, column, { children, missingOk }, verdict)
      return
    }
    case 'AT_DropColumn':
      dropColumn(table, name, { children, cascade }, verdict)
      return
    case 'AT_AlterColumnType': {
      const column = bodyOf(def, 'ColumnDef')
      if (column !== undefined) alterType(table, name, column, children, verdict)
      return
    }
    case 'AT_SetExpression':
      setExpression(table, name, children, verdict)
      return
    case 'AT_SetNotNull':
      setNotNull(table, name, { children }, verdict)
      return
    case 'AT_DropNotNull':
      for (const each of children ? relations.family(table) : [table]) {
        const column = each.columns.get(name)
        if (column !== undefined) column.notNull = false
      }
      return
    case 'AT_AddConstraint': {
      const constraint = constraintOf(command)
      if (constraint !== undefined) addConstraint(table, constraint, { children }, verdict)
      return
    }
    case 'AT_DropConstraint':
      dropConstraint(table, name, { children, cascade }, verdict)
      return
    case 'AT_ValidateConstraint':
      validateConstraint(table, name, children, verdict)
      return
    case 'AT_AttachPartition':
    case 'AT_DetachPartition': {
      const partition = bodyOf(def, 'PartitionCmd')
      if (partition === undefined) return
      const go = subtype === 'AT_AttachPartition' ? attachPartition : detachPartition
      go(table, partition, verdict)
      return
    }
    case 'AT_DetachPartitionFinalize':
      verdict.lock(verdict.find(bodyOf(def, 'PartitionCmd')?.name), 'ACCESS EXCLUSIVE')
      return
    case 'AT_AddInherit':
      inherit(table, verdict.find(bodyOf(def, 'RangeVar')), verdict)
      return
    case 'AT_DropInherit':
      disinherit(table, verdict.find(bodyOf(def, 'RangeVar')), verdict)
      return
    case 'AT_SetLogged':
    case 'AT_SetUnLogged': {
      const wanted = subtype === 'AT_SetLogged' ? 'p' : 'u'
      if (table.persistence === wanted) return
      table.persistence = wanted
      rewriteWith(verdict, table, 'persistence', 'The whole table and its indexes are written anew.')
      for (const sequence of relations.sequences(table)) verdict.lock(sequence, 'ACCESS EXCLUSIVE')
      if (subtype === 'AT_SetUnLogged') {
        verdict.say(
          'unlogged-data',
          'danger',
          `${table.key} is empty after a crash, and on every standby: nothing of it is in the WAL.`,
        )
      }
      return
    }
    case 'AT_SetTableSpace':
      if (table.tablespace === name) return
      table.tablespace = name
      rewriteWith(verdict, table, 'moved-storage', 'Its file is copied, block by block.')
      return
    case 'AT_SetAccessMethod':
      if (table.accessMethod === name) return
      table.accessMethod = name
      rewriteWith(verdict, table, 'moved-storage', 'Each row is written into the other kind of storage.')
      return
    case 'AT_ChangeOwner':
      for (const sequence of relations.sequences(table)) verdict.lock(sequence, 'ACCESS EXCLUSIVE')
      return
    case 'AT_SetIdentity':
      for (const sequence of relations.sequences(table, name)) verdict.lock(sequence, 'SHARE ROW EXCLUSIVE')
      return
    case 'AT_DropIdentity':
      for (const sequence of relations.sequences(table, name)) {
        verdict.lock(sequence, 'ACCESS EXCLUSIVE')
        relations.remove(sequence)
      }
      return
    case 'AT_DisableTrig':
    case 'AT_DisableTrigAll':
    case 'AT_DisableTrigUser':
      verdict.say(
        'trigger-off',
        'danger',
        subtype === 'AT_DisableTrig'
          ? `Trigger ${name} of ${table.key} does nothing until it is enabled again.`
          : `Triggers of ${table.key} do nothing until they are enabled again, audit and foreign keys among them.`,
      )
      return
    case 'AT_DisableRowSecurity':
    case 'AT_NoForceRowSecurity':
      verdict.say(
        'row-security-off',
        'danger',
        subtype === 'AT_DisableRowSecurity'
          ? `Whoever may read ${table.key} sees all its rows from then on.`
          : `The owner of ${table.key} sees all its rows from then on.`,
      )
      return
    default:
  }
}

/** ALTER TABLE, INDEX, VIEW, SEQUENCE and the like, as far as they are commands of ALTER TABLE. */
export const judgeAlterTable = (body: NodeBody<'AlterTableStmt'>, verdict: Verdict): void => {
  if (body.objtype === 'OBJECT_TYPE') {
    judgeTypedTables(body, verdict)
    return
  }
  const table = verdict.find(body.relation, body.missing_ok)
  if (table === undefined) return
  const commands = findAll(body.cmds, 'AlterTableCmd')
  const modes = commands.map(modeOf)
  const overall = modes.reduce((a, b) => (isStronger(b, a) ? b : a), modes[0] ?? 'ACCESS EXCLUSIVE')
  const inherits = body.relation?.inh === true
  verdict.lock(table, overall)
  for (const command of commands) {
    const { subtype } = command
    if (subtype === undefined) continue
    const follows = subtype.includes('Trig') ? table.triggers.length > 0 : true
    const partitions = table.kind === 'p' && follows && recursingToPartitions.has(subtype)
    if (inherits && (partitions || recursing.has(subtype))) verdict.lock(table, overall, { children: true })
    judgeCommand(table, command, inherits, verdict)
  }
}

/** ALTER TYPE of a composite type: tables made of it follow. */
const judgeTypedTables = ({ relation }: NodeBody<'AlterTableStmt'>, verdict: Verdict): void => {
  for (const table of verdict.known.relations.all()) {
    if (table.ofType !== null && table.ofType === relation?.relname) verdict.lock(table, 'ACCESS EXCLUSIVE')
  }
}

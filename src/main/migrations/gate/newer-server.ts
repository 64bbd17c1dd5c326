import type { Node } from 'libpg-query'
import { bodyOf, findAll } from './tree.ts'
import type { Verdict } from './verdict.ts'

type Feature = { since: number; what: string; used: (node: Node) => boolean }

const commands = (node: Node) => findAll(bodyOf(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd')
const constraints = (node: Node) => findAll(node, 'Constraint')
const option = (node: unknown, name: string) =>
  findAll(node, 'DefElem').some(({ defname }) => defname === name)

/** What came after 14, the oldest server that migrations are run on. */
const features: Feature[] = [
  { since: 15, what: 'MERGE', used: (node) => findAll(node, 'MergeStmt').length > 0 },
  {
    since: 15,
    what: 'NULLS NOT DISTINCT',
    used: (node) =>
      bodyOf(node, 'IndexStmt')?.nulls_not_distinct === true ||
      constraints(node).some((constraint) => constraint.nulls_not_distinct === true),
  },
  {
    since: 15,
    what: 'security_invoker',
    used: (node) => option(bodyOf(node, 'ViewStmt')?.options, 'security_invoker'),
  },
  {
    since: 15,
    what: 'SET ACCESS METHOD',
    used: (node) => commands(node).some(({ subtype }) => subtype === 'AT_SetAccessMethod'),
  },
  {
    since: 15,
    what: 'ON DELETE SET NULL with columns',
    used: (node) => constraints(node).some(({ fk_del_set_cols }) => fk_del_set_cols !== undefined),
  },
  {
    since: 15,
    what: 'a publication of some rows, some columns or a whole schema',
    used: (node) =>
      findAll(node, 'PublicationObjSpec').some(
        ({ pubobjtype, pubtable }) =>
          pubobjtype !== 'PUBLICATIONOBJ_TABLE' ||
          pubtable?.whereClause !== undefined ||
          pubtable?.columns !== undefined,
      ),
  },
  {
    since: 16,
    what: 'STORAGE of a new column',
    used: (node) => findAll(node, 'ColumnDef').some(({ storage_name }) => storage_name !== undefined),
  },
  {
    since: 17,
    what: 'SET EXPRESSION',
    used: (node) => commands(node).some(({ subtype }) => subtype === 'AT_SetExpression'),
  },
  { since: 17, what: 'JSON_TABLE', used: (node) => findAll(node, 'JsonTable').length > 0 },
  {
    since: 17,
    what: 'MERGE … RETURNING',
    used: (node) => findAll(node, 'MergeStmt').some(({ returningClause }) => returningClause !== undefined),
  },
  {
    since: 18,
    what: 'NOT ENFORCED',
    used: (node) =>
      constraints(node).some(
        ({ contype, is_enforced }) =>
          contype === 'CONSTR_ATTR_NOT_ENFORCED' ||
          ((contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN') && is_enforced !== true),
      ),
  },
  {
    since: 18,
    what: 'ALTER CONSTRAINT … ENFORCED or INHERIT',
    used: (node) =>
      findAll(node, 'ATAlterConstraint').some(
        ({ alterEnforceability, alterInheritability }) =>
          alterEnforceability === true || alterInheritability === true,
      ),
  },
  {
    since: 18,
    what: 'a virtual generated column',
    used: (node) => constraints(node).some(({ generated_kind }) => generated_kind === 'v'),
  },
  {
    since: 18,
    what: 'ADD … NOT NULL as a constraint',
    used: (node) =>
      commands(node).some(
        ({ subtype, def }) =>
          subtype === 'AT_AddConstraint' && bodyOf(def, 'Constraint')?.contype === 'CONSTR_NOTNULL',
      ),
  },
  {
    since: 18,
    what: 'WITHOUT OVERLAPS or PERIOD',
    used: (node) =>
      constraints(node).some(
        ({ without_overlaps, fk_with_period }) => without_overlaps === true || fk_with_period === true,
      ),
  },
]

/** Syntax that this parser knows and the server does not. */
export const judgeVersion = (node: Node, verdict: Verdict): void => {
  const server = Math.floor(verdict.known.versionNumber / 10000)
  for (const { since, what, used } of features) {
    if (server >= since || !used(node)) continue
    verdict.say(
      'newer-server',
      'danger',
      `The server is version ${server}, and ${what} came with ${since}: the statement fails.`,
    )
  }
}

import type { Node, RangeVar, TypeName } from 'libpg-query'

type TagOf<Union> = Union extends unknown ? keyof Union : never

/** Name of a kind of node: `AlterTableStmt`, `FuncCall`. */
export type NodeTag = TagOf<Node>
export type NodeBody<Tag extends NodeTag> = Node extends infer Each
  ? Each extends Record<Tag, infer Body>
    ? Body
    : never
  : never

/** What stands in a node, when it is of that kind. */
export const bodyOf = <Tag extends NodeTag>(
  node: Node | null | undefined,
  tag: Tag,
): NodeBody<Tag> | undefined => {
  // Narrowing a union of all kinds of node by a name that is not known yet takes the compiler seconds.
  const bodies: object = node ?? {}
  return (bodies as Record<string, unknown>)[tag] as NodeBody<Tag> | undefined
}

export const tagOf = (node: Node): NodeTag => Object.keys(node)[0] as NodeTag

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Everything of that kind in a tree, itself included, in the order of the text as far as the tree has it. */
export const findAll = <Tag extends NodeTag>(tree: unknown, tag: Tag): NodeBody<Tag>[] => {
  const found: NodeBody<Tag>[] = []
  const walk = (within: unknown): void => {
    if (!isObject(within)) return
    for (const [key, value] of Object.entries(within)) {
      if (key === tag && isObject(value)) found.push(value as NodeBody<Tag>)
      walk(value)
    }
  }
  walk(tree)
  return found
}

const isRangeVar = (value: object): value is RangeVar => 'relname' in value
const isTypeName = (value: object): value is TypeName => 'names' in value && 'typemod' in value

const findShaped = <Shape extends object>(
  tree: unknown,
  fits: (value: object) => value is Shape,
): Shape[] => {
  if (!isObject(tree)) return []
  const own = !Array.isArray(tree) && fits(tree) ? [tree] : []
  return [...own, ...Object.values(tree).flatMap((value) => findShaped(value, fits))]
}

/** Relations as a tree names them. The parser leaves them untagged where only a relation can stand. */
export const findRangeVars = (tree: unknown): RangeVar[] => findShaped(tree, isRangeVar)

/** Types as a tree names them, untagged in columns. */
export const findTypeNames = (tree: unknown): TypeName[] => findShaped(tree, isTypeName)

const text = (node: Node): string => bodyOf(node, 'String')?.sval ?? ''

/** `a.b.c` of a tree, in whichever of its forms a name comes: a list, a type, a function with arguments. */
export const nameParts = (node: Node | Node[] | undefined): string[] => {
  if (node === undefined) return []
  if (Array.isArray(node)) return node.map(text)
  const list =
    bodyOf(node, 'List')?.items ?? bodyOf(node, 'TypeName')?.names ?? bodyOf(node, 'ObjectWithArgs')?.objname
  return list === undefined ? [text(node)].filter((part) => part !== '') : list.map(text)
}

/** Value of an integer constant, which the tree leaves out when it is 0. */
export const integerOf = (node: Node | undefined): number | undefined => {
  const constant = bodyOf(node, 'A_Const')
  return constant?.ival === undefined ? bodyOf(node, 'Integer')?.ival : (constant.ival.ival ?? 0)
}

/** Text of a string constant or of a bare word. */
export const stringOf = (node: Node | undefined): string | undefined =>
  bodyOf(node, 'A_Const')?.sval?.sval ?? bodyOf(node, 'String')?.sval

/** Name of a column that stands alone. */
export const columnOf = (node: Node | undefined): string | undefined => {
  const fields = bodyOf(node, 'ColumnRef')?.fields
  return fields?.length === 1 ? fields.map(text)[0] : undefined
}

/** Columns that `expression` cannot be true without, of the form `a is not null and …`: what PostgreSQL, too, takes as a proof. */
export const provenNotNull = (expression: Node | undefined): string[] => {
  const all = bodyOf(expression, 'BoolExpr')
  if (all?.boolop === 'AND_EXPR') return (all.args ?? []).flatMap(provenNotNull)
  const test = bodyOf(expression, 'NullTest')
  const column = test?.nulltesttype === 'IS_NOT_NULL' ? columnOf(test.arg) : undefined
  return column === undefined ? [] : [column]
}

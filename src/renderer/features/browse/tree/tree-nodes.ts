import type { CatalogObject, SchemaGroup, SchemaSummary } from '../../../../shared/catalog.ts'
import { schemaGroups } from '../../../../shared/catalog.ts'
import type { ConsoleError } from '../../../../shared/errors.ts'

/** Folders whose content is read when they are opened. `id` is what the set of open folders holds. */
export type Branch =
  | { kind: 'schema'; id: string; schema: SchemaSummary }
  | { kind: 'system'; id: string }
  | { kind: 'group'; id: string; schema: string; group: SchemaGroup }
  | { kind: 'partitions'; id: string; parent: CatalogObject }
  | { kind: 'roles' | 'extensions' | 'databases'; id: string }

/** What is known of a folder's content. */
export type BranchContent =
  | { state: 'loading' }
  | { state: 'failed'; error: ConsoleError }
  | { state: 'ready'; objects: CatalogObject[] }

export type TreeNode = { id: string; level: number; position: number; siblings: number } & (
  | { type: 'branch'; branch: Branch; label: string; count: number | null; isOpen: boolean }
  | { type: 'object'; object: CatalogObject; branch: Branch | null; isOpen: boolean }
  | { type: 'loading' }
  | { type: 'failed'; branch: Branch; error: ConsoleError }
)

const groupLabels: Record<SchemaGroup, string> = {
  tables: 'Tables',
  views: 'Views',
  'materialized views': 'Materialized views',
  'foreign tables': 'Foreign tables',
  functions: 'Functions',
  types: 'Types',
  sequences: 'Sequences',
}

export const objectId = ({ kind, oid }: { kind: string; oid: string }): string => `${kind}/${oid}`

type Draft = TreeNode extends infer Node
  ? Node extends TreeNode
    ? Omit<Node, 'position' | 'siblings' | 'level'>
    : never
  : never

const placed = (level: number, drafts: Draft[], under: (draft: Draft) => TreeNode[]): TreeNode[] =>
  drafts.flatMap((draft, index) => [
    { ...draft, level, position: index + 1, siblings: drafts.length } as TreeNode,
    ...under(draft),
  ])

/** The lines of the tree from top to bottom: what lies in closed folders is not there. */
export const treeNodes = (
  schemas: SchemaSummary[],
  open: ReadonlyMap<string, Branch>,
  contentOf: (branch: Branch) => BranchContent,
): TreeNode[] => {
  const content = (branch: Branch, level: number): TreeNode[] => {
    const known = contentOf(branch)
    switch (known.state) {
      case 'loading':
        return placed(level, [{ type: 'loading', id: `${branch.id}/loading` }], () => [])
      case 'failed':
        return placed(
          level,
          [{ type: 'failed', id: `${branch.id}/failed`, branch, error: known.error }],
          () => [],
        )
      case 'ready':
        return objects(known.objects, level)
      default:
        return known satisfies never
    }
  }
  const objects = (list: CatalogObject[], level: number): TreeNode[] =>
    placed(
      level,
      list.map((object): Draft => {
        const id = objectId(object)
        const branch: Branch | null =
          object.partitions > 0
            ? { kind: 'partitions', id: `partitions/${object.oid}`, parent: object }
            : null
        return { type: 'object', id, object, branch, isOpen: branch !== null && open.has(branch.id) }
      }),
      (draft) =>
        draft.type === 'object' && draft.branch !== null && draft.isOpen
          ? content(draft.branch, level + 1)
          : [],
    )
  const groups = (schema: SchemaSummary, level: number): TreeNode[] =>
    placed(
      level,
      schemaGroups
        .filter((group) => (schema.counts[group] ?? 0) > 0)
        .map((group): Draft => {
          const id = `group/${schema.oid}/${group}`
          return {
            type: 'branch',
            id,
            branch: { kind: 'group', id, schema: schema.name, group },
            label: groupLabels[group],
            count: schema.counts[group] ?? 0,
            isOpen: open.has(id),
          }
        }),
      (draft) => (draft.type === 'branch' && draft.isOpen ? content(draft.branch, level + 1) : []),
    )
  const schemaDraft = (schema: SchemaSummary): Draft => {
    const id = `schema/${schema.oid}`
    const branch: Branch = { kind: 'schema', id, schema }
    return { type: 'branch', id, branch, label: schema.name, count: null, isOpen: open.has(id) }
  }
  const folder = (kind: 'roles' | 'extensions' | 'databases', label: string): Draft => ({
    type: 'branch',
    id: kind,
    branch: { kind, id: kind },
    label,
    count: null,
    isOpen: open.has(kind),
  })
  const system = schemas.filter(({ isSystem }) => isSystem)
  const systemFolder: Draft = {
    type: 'branch',
    id: 'system',
    branch: { kind: 'system', id: 'system' },
    label: 'System schemas',
    count: system.length,
    isOpen: open.has('system'),
  }
  const below = (level: number) => (draft: Draft) => {
    if (draft.type !== 'branch' || !draft.isOpen) return []
    if (draft.branch.kind === 'schema') return groups(draft.branch.schema, level + 1)
    if (draft.branch.kind === 'system') {
      return placed(level + 1, system.map(schemaDraft), (inner) =>
        inner.type === 'branch' && inner.isOpen && inner.branch.kind === 'schema'
          ? groups(inner.branch.schema, level + 2)
          : [],
      )
    }
    return content(draft.branch, level + 1)
  }
  return placed(
    1,
    [
      ...schemas.filter(({ isSystem }) => !isSystem).map(schemaDraft),
      folder('roles', 'Roles'),
      folder('extensions', 'Extensions'),
      folder('databases', 'Databases'),
      ...(system.length > 0 ? [systemFolder] : []),
    ],
    below(1),
  )
}

/** What is open before a person opened anything: `public`, or the first schema of one's own, down to its tables. */
export const initiallyOpen = (schemas: SchemaSummary[]): Map<string, Branch> => {
  const own = schemas.filter(({ isSystem, accessible }) => !isSystem && accessible)
  const schema = own.find(({ name }) => name === 'public') ?? own[0]
  if (schema === undefined) return new Map()
  const branches: Branch[] = [
    { kind: 'schema', id: `schema/${schema.oid}`, schema },
    { kind: 'group', id: `group/${schema.oid}/tables`, schema: schema.name, group: 'tables' },
  ]
  return new Map(branches.map((branch) => [branch.id, branch]))
}

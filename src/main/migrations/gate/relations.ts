import type { RangeVar } from 'libpg-query'
import { displayName } from './names.ts'

/** A column as far as the gate asks: what a change of its type or of NOT NULL would cost. */
export type Column = {
  /** Null: the plan itself makes it, or a type that is not there yet. */
  type: number | null
  typmod: number
  notNull: boolean
}

export type TableConstraint = {
  /** As `pg_constraint.contype`. */
  kind: 'c' | 'f' | 'p' | 'u' | 'x' | 'n' | 't'
  columns: string[]
  valid: boolean
  /** It is the parent's. */
  inherited: boolean
  /** Table that a foreign key points to. */
  references: string | null
  /** Columns there. */
  referenced: string[]
  /** What a DELETE there does here, as `pg_constraint.confdeltype`. */
  onDelete: string | null
  /** Columns that it proves to be not null. */
  proves: string[]
}

export type Index = { columns: string[]; hasExpressions: boolean }

/** A table, view, index or the like, as it will be when the statement at hand begins. */
export type Relation = {
  /** `public.documents`. */
  key: string
  schema: string
  name: string
  /** As `pg_class.relkind`. */
  kind: string
  /** Null: an earlier statement of the plan makes it, so it is empty and nobody waits for it. */
  oid: number | null
  columns: Map<string, Column>
  constraints: Map<string, TableConstraint>
  indexes: Map<string, Index>
  /** Table of an index; table that a sequence belongs to; parent of a partition. */
  parent: string | null
  /** Column that a sequence belongs to. */
  ownedBy: string | null
  /** What a view reads. */
  uses: string[]
  /** The partition that takes what fits nowhere else. */
  isDefault: boolean
  /** As `pg_class.relpersistence`. */
  persistence: string
  tablespace: string
  accessMethod: string | null
  /** Names of its extended statistics. */
  statistics: string[]
  /** Triggers of people, not those of constraints. */
  triggers: string[]
  /** Partitions and tables that inherit, of the next level. */
  children: string[]
  /** Composite type of `create table … of`. */
  ofType: string | null
}

export const newRelation = (schema: string, name: string, kind: string): Relation => ({
  key: displayName(schema, name),
  schema,
  name,
  kind,
  oid: null,
  columns: new Map(),
  constraints: new Map(),
  indexes: new Map(),
  parent: null,
  ownedBy: null,
  uses: [],
  isDefault: false,
  persistence: 'p',
  tablespace: 'pg_default',
  accessMethod: null,
  statistics: [],
  triggers: [],
  children: [],
  ofType: null,
})

/** The relations that a plan touches, and what surrounds them. Changes with each statement of the plan. */
export class Relations {
  readonly #byKey = new Map<string, Relation>()
  /** Where names without a schema are looked for. Migrations begin with `public`. */
  searchPath = ['public']

  constructor(relations: Iterable<Relation> = []) {
    for (const relation of relations) this.add(relation)
  }

  add(relation: Relation): void {
    this.#byKey.set(relation.key, relation)
  }

  remove({ key, parent }: Relation): void {
    this.#byKey.delete(key)
    const above = parent === null ? undefined : this.#byKey.get(parent)
    if (above === undefined) return
    above.children = above.children.filter((child) => child !== key)
  }

  delete(key: string): void {
    this.#byKey.delete(key)
  }

  get(key: string | null): Relation | undefined {
    return key === null ? undefined : this.#byKey.get(key)
  }

  all(): Relation[] {
    return [...this.#byKey.values()]
  }

  /** The relation of that name; undefined when there is none, or the gate did not look for it. */
  find(schema: string | undefined, name: string): Relation | undefined {
    const schemas = schema === undefined ? ['pg_temp', ...this.searchPath] : [schema]
    for (const each of schemas) {
      const found = this.#byKey.get(displayName(each, name))
      if (found !== undefined) return found
    }
    return undefined
  }

  named({ schemaname, relname }: RangeVar): Relation | undefined {
    return relname === undefined ? undefined : this.find(schemaname, relname)
  }

  /** `a.b` or `b`. */
  path(parts: string[]): Relation | undefined {
    const [name, schema] = [parts.at(-1), parts.at(-2)]
    return name === undefined ? undefined : this.find(schema, name)
  }

  /** Where a statement without a schema makes things. */
  schemaFor(range: Pick<RangeVar, 'schemaname' | 'relpersistence'>): string {
    if (range.relpersistence === 't') return 'pg_temp'
    return range.schemaname ?? this.searchPath[0] ?? 'public'
  }

  /** Itself and all below it. */
  family(relation: Relation): Relation[] {
    return [
      relation,
      ...relation.children.flatMap((key) => {
        const child = this.#byKey.get(key)
        return child === undefined ? [] : this.family(child)
      }),
    ]
  }

  /** Gives it another name, and tells everybody who knows it by the old one. */
  rename(relation: Relation, schema: string, name: string): void {
    const before = relation.key
    this.#byKey.delete(before)
    relation.schema = schema
    relation.name = name
    relation.key = displayName(schema, name)
    this.#byKey.set(relation.key, relation)
    for (const other of this.#byKey.values()) {
      if (other.parent === before) other.parent = relation.key
      other.children = other.children.map((child) => (child === before ? relation.key : child))
      other.uses = other.uses.map((used) => (used === before ? relation.key : used))
      for (const constraint of other.constraints.values()) {
        if (constraint.references === before) constraint.references = relation.key
      }
    }
  }

  /** Sequences that go with the table, or with one of its columns. */
  sequences({ key }: Relation, column?: string): Relation[] {
    return this.all().filter(
      ({ kind, parent, ownedBy }) =>
        kind === 'S' && parent === key && (column === undefined || ownedBy === column),
    )
  }

  /** Indexes of the table, as relations. */
  indexesOf({ key }: Relation): Relation[] {
    return this.all().filter(({ kind, parent }) => (kind === 'i' || kind === 'I') && parent === key)
  }

  /** Views that read it, and views that read these. */
  viewsOn(relation: Relation): Relation[] {
    const found = new Set<Relation>()
    const visit = ({ key }: Relation) => {
      for (const view of this.all()) {
        if (!view.uses.includes(key) || found.has(view)) continue
        found.add(view)
        visit(view)
      }
    }
    visit(relation)
    return [...found]
  }

  /** Foreign keys of other tables that point here. */
  referencing({ key }: Relation): { table: Relation; name: string; constraint: TableConstraint }[] {
    return this.all().flatMap((table) =>
      [...table.constraints].flatMap(([name, constraint]) =>
        constraint.references === key ? [{ table, name, constraint }] : [],
      ),
    )
  }
}

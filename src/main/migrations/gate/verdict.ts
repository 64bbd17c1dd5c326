import type { RangeVar } from 'libpg-query'
import type { GateFinding, LockMode } from '../../../shared/migrations.ts'
import type { Known } from './known.ts'
import { isStronger } from './lock-modes.ts'
import { displayName } from './names.ts'
import type { Relation } from './relations.ts'
import type { RuleId } from './rules.ts'

/** Rows that a statement goes through while it holds its lock. */
export type Work = {
  /** Rewrites: each row is written anew. Scans: each row is read, to prove something or to build an index. */
  kind: 'rewrite' | 'scan'
  /** Rule that tells of it. */
  rule: RuleId
  why: string
}

/** What a statement does to one relation. */
export type Touched = {
  /** Null: the plan itself makes it, so it is empty and nobody waits for it. */
  oid: number | null
  mode: LockMode
  works: Work[]
}

type Said = { rule: RuleId; severity: GateFinding['severity']; detail: string }

const isCatalog = ({ schemaname, relname = '' }: RangeVar): boolean =>
  schemaname === undefined
    ? relname.startsWith('pg_')
    : ['pg_catalog', 'information_schema'].includes(schemaname)

/** What is found out about one statement. Judges note it here, then change what is known as the statement would. */
export class Verdict {
  readonly known: Known
  /** By the name that the relation has when the statement begins. */
  readonly touched = new Map<string, Touched>()
  readonly said: Said[] = []
  readonly confirm: string[] = []

  constructor(known: Known) {
    this.known = known
  }

  /** @param more.children also its partitions and the tables that inherit from it */
  lock(
    relation: Relation | undefined,
    mode: LockMode,
    more: { children?: boolean | undefined; work?: Work | null } = {},
  ): void {
    if (relation === undefined) return
    const family = more.children === true ? this.known.relations.family(relation) : [relation]
    for (const { key, oid, kind } of family) {
      const touched = this.touched.get(key) ?? { oid, mode, works: [] }
      if (isStronger(mode, touched.mode)) touched.mode = mode
      // Only these have rows of their own.
      if (more.work && ['r', 'm'].includes(kind)) touched.works.push(more.work)
      this.touched.set(key, touched)
    }
  }

  say(rule: RuleId, severity: Said['severity'], detail: string): void {
    if (this.said.some((said) => said.rule === rule && said.detail === detail)) return
    this.said.push({ rule, severity, detail })
  }

  /** The relation of that name. Says so when there is none, unless the statement can do without. */
  find(range: RangeVar | undefined, missingOk = false): Relation | undefined {
    if (range?.relname === undefined) return undefined
    const found = this.known.relations.named(range)
    if (found === undefined && !missingOk && !isCatalog(range)) {
      const name = displayName(...(range.schemaname === undefined ? [] : [range.schemaname]), range.relname)
      this.say(
        'unknown-relation',
        'warning',
        `${name} is not in the database, and no earlier statement of the plan makes it in a way that can be seen.`,
      )
    }
    return found
  }

  /** Data goes. `name` is what a person types before it may. */
  destroys(name: string, detail: string): void {
    this.say('destructive', 'danger', detail)
    if (!this.confirm.includes(name)) this.confirm.push(name)
  }
}

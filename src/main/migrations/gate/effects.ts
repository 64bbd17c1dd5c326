import type { LockMode } from '../../../shared/migrations.ts'
import { lockModes } from '../../../shared/migrations.ts'
import type { Relation, Relations } from './relations.ts'

/** Rows that a statement goes through while it holds its lock. */
export type Work = {
  /** Rewrites: each row is written anew. Scans: each row is read, to prove something or to build an index. */
  kind: 'rewrite' | 'scan'
  /** Rule that tells of it. */
  rule: string
  why: string
  /** Byte of the file where its cause stands. */
  location?: number | undefined
}

/** What a statement does to one relation. */
export type Effect = {
  relation: Relation
  mode: LockMode
  /** Also to its partitions and to tables that inherit from it. */
  children: boolean
  work: Work | null
}

export const effect = (
  relation: Relation | undefined,
  mode: LockMode,
  more: { children?: boolean; work?: Work | null } = {},
): Effect[] =>
  relation === undefined
    ? []
    : [{ relation, mode, children: more.children ?? false, work: more.work ?? null }]

export const isStronger = (mode: LockMode, than: LockMode): boolean =>
  lockModes.indexOf(mode) > lockModes.indexOf(than)

export const strongest = (modes: LockMode[]): LockMode | undefined =>
  lockModes.findLast((mode) => modes.includes(mode))

/** Modes that make who inserts, updates or deletes wait. */
export const blocksWrites = (mode: LockMode): boolean => !isStronger('SHARE', mode)

/** The one mode that makes who reads wait. */
export const blocksReads = (mode: LockMode): boolean => mode === 'ACCESS EXCLUSIVE'

const conflicts: Record<LockMode, readonly LockMode[]> = {
  'ACCESS SHARE': ['ACCESS EXCLUSIVE'],
  'ROW SHARE': ['EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'ROW EXCLUSIVE': ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE UPDATE EXCLUSIVE': [
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ],
  SHARE: ['ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE ROW EXCLUSIVE': [
    'ROW EXCLUSIVE',
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ],
  EXCLUSIVE: lockModes.filter((mode) => mode !== 'ACCESS SHARE'),
  'ACCESS EXCLUSIVE': lockModes,
}

/** Table 13.2 of https://www.postgresql.org/docs/current/explicit-locking.html */
export const conflict = (one: LockMode, other: LockMode): boolean => conflicts[one].includes(other)

/** The strongest mode of each relation, children by themselves. */
export const locksOf = (effects: Effect[], relations: Relations): Map<Relation, LockMode> => {
  const locks = new Map<Relation, LockMode>()
  for (const { relation, mode, children } of effects) {
    for (const each of children ? relations.family(relation) : [relation]) {
      const known = locks.get(each)
      if (known === undefined || isStronger(mode, known)) locks.set(each, mode)
    }
  }
  return locks
}

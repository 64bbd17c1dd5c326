import type { LockRow } from './probes/locks.ts'

type TreeRow = Pick<LockRow, 'pid' | 'blockedBy' | 'root' | 'depth' | 'blocks'>

/** Blockers that a row names: the last of a queue of hundreds waits for all of them. */
const namedBlockers = 10

/**
 * The rows as trees, each root followed by all that wait for it. Who waits for several stands as near to a root as one of them leads.
 * Where all wait for each other, as in a deadlock that the server has not seen yet, the lowest pid is the root.
 */
export const blockingTree = <Row extends TreeRow>(rows: readonly Row[]): Row[] => {
  const waiters = new Map<number, Row[]>()
  for (const row of rows) {
    for (const blocker of row.blockedBy) {
      const found = waiters.get(Number(blocker))
      if (found === undefined) waiters.set(Number(blocker), [row])
      else found.push(row)
    }
  }
  const below = new Map<number, Row[]>()
  const placed = new Set<number>()

  /** Breadth first: those that wait for the root itself come right below it. */
  const spread = (from: readonly Row[]) => {
    const queue = [...from]
    for (const { pid } of queue) placed.add(pid)
    for (const { pid } of queue) {
      const next = (waiters.get(pid) ?? []).filter((waiter) => !placed.has(waiter.pid))
      below.set(pid, next)
      for (const waiter of next) placed.add(waiter.pid)
      queue.push(...next)
    }
  }
  const roots = rows.filter(({ blockedBy }) => blockedBy.length === 0)
  spread(roots)
  for (const row of [...rows].sort((one, other) => one.pid - other.pid)) {
    if (placed.has(row.pid)) continue
    roots.push(row)
    spread([row])
  }

  const arrange = (row: Row, root: number, depth: number): Row[] => {
    const lower = (below.get(row.pid) ?? []).flatMap((waiter) => arrange(waiter, root, depth + 1))
    const blockedBy = row.blockedBy.slice(0, namedBlockers)
    return [{ ...row, blockedBy, root, depth, blocks: lower.length }, ...lower]
  }
  return roots.flatMap((root) => arrange(root, root.pid, 0))
}

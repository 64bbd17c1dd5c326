import type { LockRow } from './probes/locks.ts'

/**
 * The rows as trees, each root followed by all that wait for it, the deepest last. Who waits for several stands below the first that leads
 * to a root. Where all wait for each other, as in a deadlock that the server has not seen yet, the lowest pid is the root.
 */
export const blockingTree = <Row extends Pick<LockRow, 'pid' | 'blockedBy' | 'root' | 'depth' | 'blocks'>>(
  rows: readonly Row[],
): Row[] => {
  const children = new Map<number, Row[]>()
  for (const row of rows) {
    for (const blocker of row.blockedBy) {
      children.set(Number(blocker), [...(children.get(Number(blocker)) ?? []), row])
    }
  }
  const placed = new Set<number>()
  const arranged: Row[] = []

  const grow = (row: Row, root: number, depth: number): number => {
    placed.add(row.pid)
    const at = arranged.push(row) - 1
    let blocks = 0
    for (const child of children.get(row.pid) ?? []) {
      if (!placed.has(child.pid)) blocks += 1 + grow(child, root, depth + 1)
    }
    arranged[at] = { ...row, root, depth, blocks }
    return blocks
  }

  const roots = rows.filter(({ blockedBy }) => blockedBy.length === 0)
  for (const root of roots) grow(root, root.pid, 0)
  for (const row of [...rows].sort((one, other) => one.pid - other.pid)) {
    if (!placed.has(row.pid)) grow(row, row.pid, 0)
  }
  return arranged
}

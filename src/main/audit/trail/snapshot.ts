/** A `pg_snapshot`: which transactions were over when it was taken. */
export type Snapshot = { xmin: bigint; xmax: bigint; running: ReadonlySet<bigint> }

/** Reads `xmin:xmax:xip,…` as the server writes it. Null: it is none. */
export const readSnapshot = (text: string): Snapshot | null => {
  const [, xmin, xmax, running] = /^(\d+):(\d+):((?:\d+(?:,\d+)*)?)$/.exec(text) ?? []
  if (xmin === undefined || xmax === undefined || running === undefined) return null
  return {
    xmin: BigInt(xmin),
    xmax: BigInt(xmax),
    running: new Set(running === '' ? [] : running.split(',').map(BigInt)),
  }
}

/** Whether a transaction was over in the snapshot: what `pg_visible_in_snapshot` says, by arithmetic alone. */
export const isVisible = (xid: bigint, { xmin, xmax, running }: Snapshot): boolean =>
  xid < xmin || (xid < xmax && !running.has(xid))

/** Whether something that was over in the snapshot before is not in this one: of one cluster, no later snapshot is like that. */
export const seesLess = (later: Snapshot, before: Snapshot): boolean =>
  later.xmin < before.xmin ||
  later.xmax < before.xmax ||
  [...later.running].some((xid) => isVisible(xid, before))

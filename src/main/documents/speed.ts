/** Milliseconds that count. */
const span = 3000

/** Bytes a second over the last moments. */
export const createSpeed = (now: () => number = () => performance.now()) => {
  let moves: { at: number; bytes: number }[] = []
  return {
    add(bytes: number): void {
      const at = now()
      const last = moves.at(-1)
      if (last !== undefined && at - last.at < 50) last.bytes += bytes
      else moves.push({ at, bytes })
    },
    reset(): void {
      moves = []
    },
    /** Null when nothing moved lately. */
    perSecond(): number | null {
      const since = now() - span
      moves = moves.filter(({ at }) => at >= since)
      const [first] = moves
      if (first === undefined) return null
      const bytes = moves.reduce((sum, move) => sum + move.bytes, 0)
      return Math.max(0, (bytes / Math.max(250, now() - first.at)) * 1000)
    },
  }
}

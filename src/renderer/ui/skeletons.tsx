type SkeletonRowsProps = {
  rows?: number
  /** Read out while it loads. */
  label?: string
}

const widths = [62, 84, 48, 71, 55, 90, 40, 76]

/** Grey rows of the height that the real ones will have, so that nothing jumps when they come. */
export const SkeletonRows = ({ rows = 12, label = 'Loading' }: SkeletonRowsProps) => (
  <div className="skeleton-rows" role="status" aria-label={label}>
    {Array.from({ length: rows }, (_, row) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
      <div key={row} className="skeleton-row">
        <span className="skeleton" style={{ width: `${widths[row % widths.length]}%` }} />
      </div>
    ))}
  </div>
)

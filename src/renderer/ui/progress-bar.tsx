import './progress-bar.css'

type ProgressBarProps = {
  /** Read out as its name. */
  label: string
  done: number
  /** Null: how much there is to do is not known. */
  total: number | null
}

/** How far something is. Moves to and fro while nobody knows how much there is to do. */
export const ProgressBar = ({ label, done, total }: ProgressBarProps) => {
  const isKnown = total !== null && total > 0
  return (
    <div
      className="progress-bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={isKnown ? total : undefined}
      aria-valuenow={isKnown ? done : undefined}
      data-unknown={!isKnown || undefined}
    >
      <span style={isKnown ? { width: `${Math.min(100, (100 * done) / total)}%` } : undefined} />
    </div>
  )
}

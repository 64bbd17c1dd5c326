import type { ReactNode } from 'react'

/** `environment` is the colour of the environment around it. */
export type Tone = 'neutral' | 'ok' | 'warn' | 'crit' | 'environment'

type ChipProps = {
  /** The dim word in front: `role`, `plant`. */
  label?: string
  children: ReactNode
  /** A dot in the tone's colour; the words must say the same. */
  dot?: Tone
  tone?: Tone
  /** `outline` states a fact, `filter` is a filter that is set. */
  variant?: 'outline' | 'filter'
  title?: string
  onClick?: () => void
  /** Shows a cross that takes the chip away. */
  onRemove?: () => void
  /** Name of what the cross takes away, for those who do not see it. */
  removeLabel?: string
}

/** A small fact or a set filter, 24 px high. */
export const Chip = ({
  label,
  children,
  dot,
  tone = 'neutral',
  variant = 'outline',
  title,
  onClick,
  onRemove,
  removeLabel,
}: ChipProps) => {
  const words = (
    <>
      {dot !== undefined && <span className="dot" data-tone={dot} />}
      {label !== undefined && <span className="chip-label">{label}</span>}
      <span className="chip-value">{children}</span>
    </>
  )
  return (
    <span className="chip" data-variant={variant} data-tone={tone} title={title}>
      {onClick === undefined ? (
        words
      ) : (
        <button type="button" className="chip-button" onClick={onClick}>
          {words}
        </button>
      )}
      {onRemove !== undefined && (
        <button
          type="button"
          className="chip-remove"
          aria-label={removeLabel ?? `Remove ${label ?? 'filter'}`}
          onClick={onRemove}
        >
          ×
        </button>
      )}
    </span>
  )
}

import { Textarea } from '@mantine/core'
import { reason, reasonLimits } from '../../shared/reason.ts'

type ReasonFieldProps = {
  value: string
  onChange: (value: string) => void
  /** Where it is kept: `Kept in the migration history`. */
  kept: string
  /** What to write, where it is not a change that asks why. */
  hint?: string
  disabled?: boolean
}

/** Whether the text says enough for the database to take it. */
export const isReason = (text: string): boolean => reason.safeParse(text).success

/** Asks why. Every screen that writes has it beside its button. */
export const ReasonField = ({
  value,
  onChange,
  kept,
  hint = 'Why this change is made, with the number of its request',
  disabled = false,
}: ReasonFieldProps) => (
  <Textarea
    label="Reason"
    placeholder={hint}
    description={
      value.trim().length > reasonLimits.max - 100
        ? `${kept}. ${reasonLimits.max - value.trim().length} characters left.`
        : `${kept}. At least ${reasonLimits.min} characters.`
    }
    inputWrapperOrder={['label', 'input', 'description']}
    autosize
    minRows={2}
    maxRows={5}
    required
    withAsterisk={false}
    disabled={disabled}
    value={value}
    maxLength={reasonLimits.max}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
)

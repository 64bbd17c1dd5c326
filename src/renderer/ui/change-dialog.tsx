import { Button, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useAskToWrite } from '../app/write-access.tsx'
import { ErrorState } from './error-state.tsx'
import { isReason, ReasonField } from './reason-field.tsx'

type ChangeDialogProps = {
  title: string
  /** The button that does it. */
  verb: string
  isRisky?: boolean
  /** Whether its further fields are filled in, and it can be done as it stands. */
  isComplete?: boolean
  /** What it does, and further fields. */
  children: ReactNode
  onChange: (reason: string) => Promise<void>
  onClose: () => void
}

/** Asks why, and does it. */
export const ChangeDialog = ({
  title,
  verb,
  isRisky,
  isComplete = true,
  children,
  onChange,
  onClose,
}: ChangeDialogProps) => {
  const askToWrite = useAskToWrite()
  const [reason, setReason] = useState('')
  const change = useMutation({
    mutationFn: async () => {
      if (await askToWrite()) await onChange(reason)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={title} size={500} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form className="form" onSubmit={submit}>
        {children}
        <ReasonField value={reason} onChange={setReason} kept="Kept in the audit trail, with your name" />
        {change.error !== null && <ErrorState variant="line" error={change.error} />}
        <div className="form-buttons">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            {...(isRisky && { color: 'red' })}
            loading={change.isPending}
            disabled={!isReason(reason) || !isComplete}
          >
            {verb}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

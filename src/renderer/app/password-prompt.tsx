import { Button, Modal, PasswordInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { ConsoleError } from '../../shared/errors.ts'

type PasswordPromptProps = {
  /** `dba-1 on db.example.com`. */
  account: string
  /** Why it is asked for: none is saved, the keychain is locked, the server refused the last one. */
  reason: string
  error: ConsoleError | null
  connecting: boolean
  /** An empty password is null: servers that trust the host, or ask for a certificate, need none. */
  onConnect: (password: string | null) => void
  onCancel: () => void
}

/** Asks for a password that is used once and not kept. */
export const PasswordPrompt = ({
  account,
  reason,
  error,
  connecting,
  onConnect,
  onCancel,
}: PasswordPromptProps) => {
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onConnect(password === '' ? null : password)
  }
  return (
    <Modal
      opened
      onClose={onCancel}
      title="Password"
      size={420}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <form className="form" onSubmit={submit}>
        <p className="form-text">{reason}</p>
        <PasswordInput
          data-autofocus
          label={`Password of ${account}`}
          description="Used for this connection only. Edit the connection to save it."
          autoComplete="off"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={error === null ? undefined : `${error.message} ${error.remedy}`}
        />
        <div className="form-buttons">
          <Button onClick={onCancel}>Cancel</Button>
          <Button type="submit" variant="filled" loading={connecting}>
            Connect
          </Button>
        </div>
      </form>
    </Modal>
  )
}

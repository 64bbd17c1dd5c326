import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { EnvironmentBadge } from '../ui/environment-badge.tsx'
import { asConsoleError } from './console-error.ts'
import { queryClient, trpc } from './rpc.ts'
import { useSession } from './session-context.tsx'

type ConfirmWritesProps = { onConfirmed: () => void; onCancel: () => void }

/** Asks for the name of the production database. It holds until the session ends. */
export const ConfirmWrites = ({ onConfirmed, onCancel }: ConfirmWritesProps) => {
  const { sessionId, server, environment, profileName } = useSession()
  const [name, setName] = useState('')
  const confirm = useMutation(
    trpc.sessions.confirmWrites.mutationOptions({
      onSuccess: (state) => {
        queryClient.setQueryData(trpc.sessions.state.queryKey({ sessionId }), state)
        onConfirmed()
      },
    }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate({ sessionId, database: name })
  }
  return (
    <Modal
      opened
      onClose={onCancel}
      title="Write to production"
      size={460}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <form className="form" onSubmit={submit} data-environment={environment}>
        <p className="form-text">
          <EnvironmentBadge environment={environment} /> {profileName} on {server.host.host}:
          {server.host.port} takes changes from this session once you have typed the name of its database.
          Each change still asks for a reason.
        </p>
        <TextInput
          data-autofocus
          label="Name of the database"
          description={
            <>
              Type <span className="data">{server.database}</span>
            </>
          }
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value)
            confirm.reset()
          }}
          error={confirm.error === null ? undefined : asConsoleError(confirm.error).message}
          autoComplete="off"
          spellCheck={false}
        />
        <div className="form-buttons">
          <Button onClick={onCancel}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            color="red"
            loading={confirm.isPending}
            disabled={name !== server.database}
          >
            Allow changes in this session
          </Button>
        </div>
      </form>
    </Modal>
  )
}

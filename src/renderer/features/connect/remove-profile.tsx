import { Button, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Profile } from '../../../shared/profiles.ts'
import { notifyDone } from '../../app/notify.ts'
import { queryClient, trpc } from '../../app/rpc.ts'
import { ErrorState } from '../../ui/error-state.tsx'

/** Asks before a saved connection and its password are removed. */
export const RemoveProfile = ({ profile, onClose }: { profile: Profile; onClose: () => void }) => {
  const remove = useMutation(
    trpc.profiles.remove.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.profiles.list.pathFilter())
        notifyDone(`“${profile.name}” was removed.`)
        onClose()
      },
    }),
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Remove “${profile.name}”?`}
      size={440}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <div className="form">
        <p className="form-text">
          The connection{profile.hasSecret ? ' and its saved password are' : ' is'} removed from this machine.
          The database is not touched, and open sessions go on.
        </p>
        {remove.error !== null && <ErrorState variant="line" error={remove.error} />}
        <div className="form-buttons">
          <Button data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="filled"
            color="red"
            loading={remove.isPending}
            onClick={() => remove.mutate({ id: profile.id })}
          >
            Remove
          </Button>
        </div>
      </div>
    </Modal>
  )
}

import { Button, Modal, NumberInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { formatThreshold } from '../../../shared/format-threshold.ts'
import type { ProbeAbout } from '../../../shared/operations.ts'
import { notifyDone } from '../../app/notify.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { typedUnit } from './threshold-words.ts'

type ThresholdsDialogProps = { about: ProbeAbout; onClose: () => void; onSaved: () => void }

/** Where the verdicts of one check turn, for this connection. */
export const ThresholdsDialog = ({ about, onClose, onSaved }: ThresholdsDialogProps) => {
  const { sessionId, profileName } = useSession()
  const [values, setValues] = useState<ReadonlyMap<string, number>>(
    () => new Map(about.thresholds.map(({ key, value }) => [key, value])),
  )
  const save = useMutation({
    mutationFn: () =>
      rpc.operations.setThresholds.mutate({ sessionId, probe: about.id, values: Object.fromEntries(values) }),
    onSuccess: async ({ isSaved }) => {
      await queryClient.invalidateQueries(trpc.operations.list.pathFilter())
      notifyDone(
        isSaved
          ? `Kept with the connection ${profileName}.`
          : `They hold until the console ends: ${profileName} is no connection of yours.`,
      )
      onSaved()
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Thresholds of ${about.title}`}
      size={460}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className="form" onSubmit={submit}>
        {about.thresholds.map(({ key, title, unit, verdict, standard }) => {
          const { suffix, size } = typedUnit[unit]
          return (
            <NumberInput
              key={key}
              label={
                verdict === null ? title : `${title}: ${verdict === 'warn' ? 'warning' : 'critical'} from`
              }
              description={`By default ${formatThreshold(standard, unit)}`}
              inputWrapperOrder={['label', 'input', 'description']}
              suffix={suffix}
              min={0}
              required
              withAsterisk={false}
              thousandSeparator=","
              value={(values.get(key) ?? standard) / size}
              onChange={(value) => {
                if (typeof value === 'number') setValues((before) => new Map(before).set(key, value * size))
              }}
            />
          )
        })}
        {save.error !== null && <ErrorState variant="line" error={save.error} />}
        <div className="form-buttons">
          <Button
            onClick={() => setValues(new Map(about.thresholds.map(({ key, standard }) => [key, standard])))}
          >
            Defaults
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Modal>
  )
}

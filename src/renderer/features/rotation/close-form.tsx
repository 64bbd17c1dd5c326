import { Button, NumberInput, Radio, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { RotationCloseInput, RotationLogin } from '../../../shared/rotation.ts'
import { useAskToWrite } from '../../app/write-access.tsx'
import { count } from '../../ui/count.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'

type CloseFormProps = {
  old: RotationLogin
  fresh: RotationLogin
  isBlocked: boolean
  isPending: boolean
  error: unknown
  onClose: (input: Omit<RotationCloseInput, 'login'>) => void
}

/** Ends a log-in now, or lets its password run out; what that does is told before, and its name typed. */
export const CloseForm = ({ old, fresh, isBlocked, isPending, error, onClose }: CloseFormProps) => {
  const askToWrite = useAskToWrite()
  const [how, setHow] = useState<'now' | 'grace'>('now')
  const [hours, setHours] = useState(48)
  const [confirmation, setConfirmation] = useState('')
  const [reason, setReason] = useState('')
  const why = !fresh.mayLogIn
    ? `${fresh.name} may not log in: without ${old.name} the application could not.`
    : how === 'now' && old.sessions > 0
      ? `${old.name} has ${count(old.sessions, 'session')} still: wait until none is left, or give it a time of grace.`
      : null
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (await askToWrite()) {
      onClose({ graceHours: how === 'now' ? null : hours, confirmation, reason })
    }
  }
  if (!old.mayLogIn) return <p>{old.name} may not log in: there is nothing to close.</p>
  return (
    <form className="rotation-close" onSubmit={(event) => void submit(event)}>
      <Radio.Group
        label={`What becomes of ${old.name}`}
        value={how}
        onChange={(value) => setHow(value === 'grace' ? 'grace' : 'now')}
      >
        <Radio value="now" label="It may log in no more, and its password is taken away" />
        <Radio value="grace" label="Its password is refused after a time of grace; open sessions stay" />
      </Radio.Group>
      {how === 'grace' && (
        <NumberInput
          label="Hours of grace"
          min={1}
          max={720}
          allowDecimal={false}
          value={hours}
          onChange={(value) => setHours(Math.min(720, Math.max(1, Number(value) || 1)))}
        />
      )}
      {fresh.mayLogIn && fresh.sessions === 0 && (
        <p className="rotation-blocked">
          <span className="dot" data-tone="warn" />
          {fresh.name} has no session: the application may not have gone over to it yet.
        </p>
      )}
      <TextInput
        label="Log-in to close"
        placeholder={old.name}
        value={confirmation}
        onChange={(event) => setConfirmation(event.currentTarget.value)}
      />
      <ReasonField value={reason} onChange={setReason} kept="Kept in the audit trail, with your name" />
      {why !== null && <p className="dim">{why}</p>}
      {error != null && <ErrorState variant="line" error={error} />}
      <div>
        <Button
          type="submit"
          variant="filled"
          color="red"
          loading={isPending}
          disabled={isBlocked || why !== null || confirmation !== old.name || !isReason(reason)}
        >
          Close {old.name}
        </Button>
      </div>
    </form>
  )
}

import { Button, NativeSelect } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Migration } from '../../../shared/migrations.ts'
import { count } from '../../ui/count.ts'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'

type BaselineFormProps = {
  migrations: readonly Migration[]
  isStarting: boolean
  onBegin: (input: { to: string; reason: string }) => void
  onCancel: () => void
}

/** For a database that was made by other means: says through which file it already is what the files would make. */
export const BaselineForm = ({ migrations, isStarting, onBegin, onCancel }: BaselineFormProps) => {
  const [to, setTo] = useState(migrations.at(-1)?.version ?? '')
  const [reason, setReason] = useState('')
  const through = migrations.findIndex(({ version }) => version === to) + 1
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReason(reason)) onBegin({ to, reason })
  }
  return (
    <aside className="migration-panel" aria-label="Baseline">
      <h2>Take what is there as applied</h2>
      <p className="migration-text">
        For a database that was made by other means. The history then says that these files are in it, without
        running them. Check for drift afterwards: it shows whether that is true.
      </p>
      <form className="plan-form" onSubmit={submit}>
        <NativeSelect
          label="Through"
          data={migrations.map(({ version, name }) => ({ value: version, label: name }))}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <ReasonField value={reason} onChange={setReason} kept="Kept in the migration history" />
        <div className="plan-buttons">
          <Button type="submit" variant="filled" loading={isStarting} disabled={!isReason(reason)}>
            {`Take ${count(through, 'migration', 'migrations')} as applied`}
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
        </div>
      </form>
    </aside>
  )
}

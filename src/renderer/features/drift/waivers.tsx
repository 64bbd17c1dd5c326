import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Difference, DriftWaiver } from '../../../shared/migrations.ts'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'
import { utcDay } from '../../ui/utc-day.ts'
import type { NewWaiver } from './use-drift.ts'

type WaiversProps = {
  difference: Difference
  /** Waivers of it that have run out. */
  past: readonly DriftWaiver[]
  /** Why this session may not change waivers. */
  refusal: string | null
  isBusy: boolean
  onWaive: (waiver: NewWaiver) => void
  onUnwaive: (id: string) => void
}

const WaiverForm = ({ difference, isBusy, onWaive }: WaiversProps) => {
  const [attribute, setAttribute] = useState('')
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState(utcDay(30))
  const isFuture = until >= utcDay()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isReason(reason) || !isFuture) return
    const { kind, identity } = difference
    onWaive({ kind, identity, attribute: attribute === '' ? null : attribute, reason, until })
    setReason('')
  }
  return (
    <form className="waiver-form" onSubmit={submit}>
      <div className="waiver-fields">
        <NativeSelect
          label="What is accepted"
          data={[
            { value: '', label: `the whole ${difference.kind}` },
            ...(difference.change === 'changed'
              ? difference.attributes.map(({ name }) => ({ value: name, label: name }))
              : []),
          ]}
          value={attribute}
          onChange={(event) => setAttribute(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label="Until"
          min={utcDay()}
          value={until}
          error={isFuture ? undefined : 'This day has passed.'}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      </div>
      <ReasonField value={reason} onChange={setReason} kept="Kept with your name beside the history" />
      <Button type="submit" loading={isBusy} disabled={!isReason(reason) || !isFuture}>
        Accept until {until}
      </Button>
    </form>
  )
}

/** Who accepted this difference and until when, and the way to do so. */
export const Waivers = (props: WaiversProps) => {
  const { difference, past, refusal, isBusy, onUnwaive } = props
  return (
    <section className="drift-section" aria-label="Waivers">
      <h3>Accepted</h3>
      {difference.waivers.length === 0 && <p className="drift-text">By nobody: it counts as drift.</p>}
      <ul className="waiver-list">
        {difference.waivers.map(({ id, attribute, who, reason, until }) => (
          <li key={id}>
            <div>
              <p>
                {attribute ?? `the whole ${difference.kind}`}{' '}
                <span className="drift-dim">
                  by {who} until {until}
                </span>
              </p>
              <p className="drift-dim">{reason}</p>
            </div>
            {refusal === null && (
              <Button disabled={isBusy} onClick={() => onUnwaive(id)}>
                Take back
              </Button>
            )}
          </li>
        ))}
      </ul>
      {past.map(({ id, attribute, who, until }) => (
        <p key={id} className="drift-text">
          {attribute ?? `The whole ${difference.kind}`} was accepted by {who}; that ran out on {until}.
        </p>
      ))}
      {refusal !== null ? (
        <p className="drift-text">This session cannot accept differences. {refusal}</p>
      ) : (
        !difference.waived && <WaiverForm key={`${difference.kind} ${difference.identity}`} {...props} />
      )}
    </section>
  )
}

import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { MigrationPlan } from '../../../shared/migrations.ts'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { GateFindings } from './gate-findings.tsx'
import { count, gateWords } from './migration-words.ts'
import { planFigures } from './plan-figures.ts'
import { RoundTrip } from './round-trip.tsx'

export type Approved = { reason: string; confirmed: string[] }

type PlanPanelProps = {
  plan: MigrationPlan
  /** Version of the migration whose SQL is shown. */
  chosen: string | null
  /** Why this session cannot run it. */
  refusal: string | null
  isStarting: boolean
  onChoose: (version: string) => void
  onLine: (line: number) => void
  onRun: (approved: Approved) => void
  onCancel: () => void
}

const versions = ({ migrations }: MigrationPlan): string => {
  const [first, last] = [migrations[0]?.version, migrations.at(-1)?.version]
  return first === last ? `${first}` : `${first} to ${last}`
}

/** The button says what it does, with numbers. */
const runLabel = (plan: MigrationPlan): string => {
  switch (plan.direction) {
    case 'up':
      return `Apply ${versions(plan)}`
    case 'down':
      return `Roll back ${versions(plan)}`
    case 'redo':
      return `Redo ${versions(plan)}`
    default:
      return plan.direction satisfies never
  }
}

/** What would run, what the gate says of it, and what a person must say before it runs. */
export const PlanPanel = ({
  plan,
  chosen,
  refusal,
  isStarting,
  onChoose,
  onLine,
  onRun,
  onCancel,
}: PlanPanelProps) => {
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState<Record<string, string>>({})
  const names = [...new Set(plan.migrations.flatMap(({ confirm }) => confirm))]
  const missing = names.filter((name) => typed[name] !== name)
  const shown = plan.migrations.find(({ version }) => version === chosen) ?? plan.migrations[0]
  const mayRun = refusal === null && isReason(reason) && missing.length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (mayRun) onRun({ reason, confirmed: names })
  }
  return (
    <aside className="migration-panel plan-panel" aria-label="Plan">
      <div className="plan-scroll">
        <h2>
          Plan: {runLabel(plan).toLowerCase()}
          <button type="button" className="link migration-close" onClick={onCancel}>
            Discard
          </button>
        </h2>
        <dl className="migration-facts">
          {planFigures(plan).map(({ label, value, tone }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd data-tone={tone}>
                {label === 'last backup' && value.includes('T') ? (
                  <Timestamp value={value} format="relative" />
                ) : (
                  value
                )}
              </dd>
            </div>
          ))}
        </dl>
        {plan.migrations.length > 1 && (
          <ul className="plan-migrations" aria-label="Migrations of the plan, in their order">
            {plan.migrations.map((gated, at) => (
              <li key={`${gated.version} ${gated.direction}`}>
                <button type="button" aria-pressed={gated === shown} onClick={() => onChoose(gated.version)}>
                  <span>
                    {at + 1}. {gated.name}
                    {plan.direction === 'redo' && ` ${gated.direction}`}
                  </span>
                  <span className="migration-dim">{gateWords(gated)}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {shown !== undefined && (
          <>
            <h3>Gate: {shown.name}</h3>
            <GateFindings gated={shown} onLine={onLine} />
          </>
        )}
        <RoundTrip plan={plan} />
      </div>
      <form className="plan-form" onSubmit={submit}>
        {names.map((name) => (
          <TextInput
            key={name}
            label={`Name of what is taken away: ${name}`}
            description="Type it to say that its content may go"
            error={
              (typed[name] ?? '') !== '' && !name.startsWith(typed[name] ?? '')
                ? 'This is another name.'
                : undefined
            }
            value={typed[name] ?? ''}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => {
              const { value } = event.currentTarget
              setTyped((all) => ({ ...all, [name]: value }))
            }}
          />
        ))}
        {refusal === null ? (
          <>
            <ReasonField value={reason} onChange={setReason} kept="Kept in the migration history" />
            <div className="plan-buttons">
              <Button
                type="submit"
                variant="filled"
                color={names.length > 0 || plan.direction === 'down' ? 'red' : 'blue'}
                loading={isStarting}
                disabled={!mayRun}
              >
                {runLabel(plan)}
              </Button>
              <span className="migration-dim">
                {missing.length > 0
                  ? `${count(missing.length, 'name', 'names')} to type`
                  : isReason(reason)
                    ? 'waits 3 s for a lock, 5 times'
                    : 'a reason is needed'}
              </span>
            </div>
          </>
        ) : (
          <p className="migration-text" role="note">
            This session cannot run it. {refusal}
          </p>
        )}
      </form>
    </aside>
  )
}

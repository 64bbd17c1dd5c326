import { Button, NumberInput, Radio, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type MigrationPlan, type MigrationsRun, migrationsRunInput } from '../../../shared/migrations.ts'
import { count } from '../../ui/count.ts'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'

/** What a person says before a plan runs. */
export type Approved = Pick<MigrationsRun, 'reason' | 'confirmed' | 'unclear' | 'lockTimeout' | 'lockRetries'>

const { lockTimeout: lockTimeoutSchema, lockRetries: lockRetriesSchema } = migrationsRunInput.shape

const versions = ({ migrations }: MigrationPlan): string => {
  const [first, last] = [migrations[0]?.version, migrations.at(-1)?.version]
  return first === last ? `${first}` : `${first} to ${last}`
}

/** The button says what it does, with numbers. */
export const runLabel = (plan: MigrationPlan): string => {
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

type UnclearProps = {
  unclear: NonNullable<MigrationPlan['unclear']>
  found: Approved['unclear']
  onFound: (found: Approved['unclear']) => void
}

/** Asks for what the console cannot find out by itself. */
const Unclear = ({ unclear, found, onFound }: UnclearProps) => (
  <Radio.Group
    label={`Line ${unclear.line} of ${unclear.version} was sent, and how it ended was not seen`}
    description="Look into the database, then say what you found."
    value={found}
    onChange={(answer) => onFound(answer === 'done' ? 'done' : 'again')}
  >
    <pre className="plan-unclear">{unclear.sql}</pre>
    <Radio value="done" label="It is done: go on with what comes after it" />
    <Radio value="again" label="It is not done: run it again" />
  </Radio.Group>
)

type PlanFormProps = {
  plan: MigrationPlan
  /** Why this session cannot run it. */
  refusal: string | null
  isStarting: boolean
  onRun: (approved: Approved) => void
}

/** What a person must say before the plan runs, and the button that runs it. */
export const PlanForm = ({ plan, refusal, isStarting, onRun }: PlanFormProps) => {
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState<Record<string, string>>({})
  const [found, setFound] = useState<Approved['unclear']>(null)
  const [seconds, setSeconds] = useState<number | string>(lockTimeoutSchema.parse(undefined) / 1000)
  const [retries, setRetries] = useState<number | string>(lockRetriesSchema.parse(undefined))
  const names = [...new Set(plan.migrations.flatMap(({ confirm }) => confirm))]
  const missing = names.filter((name) => typed[name] !== name)
  const lockTimeout = lockTimeoutSchema.safeParse(seconds === '' ? null : Math.round(Number(seconds) * 1000))
  const lockRetries = lockRetriesSchema.safeParse(retries)
  const wants = [
    ...(plan.unclear !== null && found === null ? ['say what became of the statement'] : []),
    ...(missing.length > 0 ? [`${count(missing.length, 'name', 'names')} to type`] : []),
    ...(isReason(reason) ? [] : ['a reason is needed']),
    ...(lockTimeout.success ? [] : ['waits 0.001 to 3600 s']),
    ...(lockRetries.success ? [] : ['tries again 0 to 100 times']),
  ]
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (refusal !== null || wants.length > 0 || !lockTimeout.success || !lockRetries.success) return
    onRun({
      reason,
      confirmed: names,
      unclear: found,
      lockTimeout: lockTimeout.data,
      lockRetries: lockRetries.data,
    })
  }
  if (refusal !== null) {
    return (
      <p className="plan-form migration-text" role="note">
        This session cannot run it. {refusal}
      </p>
    )
  }
  return (
    <form className="plan-form" onSubmit={submit}>
      {plan.unclear !== null && <Unclear unclear={plan.unclear} found={found} onFound={setFound} />}
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
      <ReasonField value={reason} onChange={setReason} kept="Kept in the migration history" />
      <div className="plan-locks">
        waits
        <NumberInput
          aria-label="Seconds that a statement waits for a lock"
          value={seconds}
          min={0.001}
          max={3600}
          decimalScale={3}
          hideControls
          error={!lockTimeout.success}
          onChange={setSeconds}
        />
        s for a lock, tries again
        <NumberInput
          aria-label="Times that what waited in vain is tried again"
          value={retries}
          min={0}
          max={100}
          allowDecimal={false}
          hideControls
          error={!lockRetries.success}
          onChange={setRetries}
        />
        times
      </div>
      <div className="plan-buttons">
        <Button
          type="submit"
          variant="filled"
          color={names.length > 0 || plan.direction === 'down' ? 'red' : 'blue'}
          loading={isStarting}
          disabled={wants.length > 0}
        >
          {runLabel(plan)}
        </Button>
        <span className="migration-dim">{wants[0]}</span>
      </div>
    </form>
  )
}

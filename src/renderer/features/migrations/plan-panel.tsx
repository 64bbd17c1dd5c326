import type { MigrationPlan } from '../../../shared/migrations.ts'
import { Timestamp } from '../../ui/timestamp.tsx'
import { GateFindings } from './gate-findings.tsx'
import { gateWords } from './migration-words.ts'
import { planFigures } from './plan-figures.ts'
import { type Approved, PlanForm, runLabel } from './plan-form.tsx'
import { RoundTrip } from './round-trip.tsx'

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
  const shown = plan.migrations.find(({ version }) => version === chosen) ?? plan.migrations[0]
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
      <PlanForm plan={plan} refusal={refusal} isStarting={isStarting} onRun={onRun} />
    </aside>
  )
}

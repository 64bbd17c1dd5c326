import { useState } from 'react'
import type { ProvisioningPlan, ProvisioningStep } from '../../../shared/provisioning.ts'
import type { Tone } from '../../ui/chip.tsx'
import { ChoiceList } from '../../ui/choices/choice-list.tsx'
import { CodeView } from '../../ui/code/code-view.tsx'

const groups: Record<ProvisioningStep['state'], { title: string; tone: Tone }> = {
  todo: { title: 'To do', tone: 'neutral' },
  blocked: { title: 'Blocked: this role may not', tone: 'crit' },
  done: { title: 'Done', tone: 'ok' },
}

const StepDetail = ({ step }: { step: ProvisioningStep }) => (
  <section className="provisioning-step" aria-label="Step">
    <h2>{step.title}</h2>
    <p className="provisioning-why">{step.why}</p>
    {step.found.length > 0 && <p>Now: {step.found.join(', ')}.</p>}
    {step.remedy !== null && (
      <p className="provisioning-remedy" role="note">
        {step.remedy}
      </p>
    )}
    {step.sql.length === 0 ? (
      <p className="provisioning-why">Nothing is to be run.</p>
    ) : (
      <CodeView text={step.sql.join('\n')} language="pgsql" label={`SQL of ${step.title}`} />
    )}
  </section>
)

/** The steps of a plan by their state, and what the chosen one runs. */
export const StepList = ({ plan: { steps } }: { plan: ProvisioningPlan }) => {
  const inGroups = (['blocked', 'todo', 'done'] as const).flatMap((state) =>
    steps.filter((step) => step.state === state),
  )
  const [chosen, setChosen] = useState<string | null>(null)
  const shown = inGroups.find(({ id }) => id === chosen) ?? inGroups[0]
  return (
    <div className="provisioning-steps">
      <ChoiceList
        label="Steps"
        chosen={shown?.id ?? null}
        onChoose={setChosen}
        choices={inGroups.map(({ id, title, state, found }) => ({
          id,
          group: groups[state].title,
          content: (
            <span className="provisioning-line">
              <span className="dot" data-tone={groups[state].tone} />
              <span className="provisioning-title">{title}</span>
              <span className="provisioning-found">{found.join(', ')}</span>
            </span>
          ),
        }))}
      />
      {shown !== undefined && <StepDetail step={shown} />}
    </div>
  )
}

import './provisioning.css'
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type ProvisioningPlan,
  type ProvisioningSuggestion,
  provisioningOutcome,
} from '../../../shared/provisioning.ts'
import { rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useJob } from '../../app/use-job.ts'
import { useAskToWrite } from '../../app/write-access.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Secret } from '../../ui/secret.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { AccessRules } from './access-rules.tsx'
import { CheckList } from './check-list.tsx'
import { PresetNotes } from './preset-notes.tsx'
import { RunPanel } from './run-panel.tsx'
import { RunProgress } from './run-progress.tsx'
import { SettingsFields } from './settings-fields.tsx'
import { initialForm, readForm, type SettingsErrors } from './settings-form.ts'
import { StepList } from './step-list.tsx'

const countOf = (plan: ProvisioningPlan): string => {
  const count = (state: ProvisioningPlan['steps'][number]['state']) =>
    plan.steps.filter((step) => step.state === state).length
  return [
    plan.settings.database,
    ...(count('todo') > 0 ? [`${count('todo')} to do`] : []),
    ...(count('blocked') > 0 ? [`${count('blocked')} blocked`] : []),
    `${count('done')} done`,
    `as ${plan.runsAs}`,
  ].join(' · ')
}

const Wizard = ({ suggestion }: { suggestion: ProvisioningSuggestion }) => {
  const { sessionId } = useSession()
  const askToWrite = useAskToWrite()
  const [form, setForm] = useState(() => initialForm(suggestion.preset))
  const [errors, setErrors] = useState<SettingsErrors>({})
  const plan = useMutation(trpc.provisioning.plan.mutationOptions())
  const job = useJob({
    kind: 'provision',
    result: provisioningOutcome,
    watch: false,
    // What failed half-way left the server another one: the plan on the screen is made anew.
    onEnd: () => {
      if (plan.variables !== undefined) plan.mutate(plan.variables)
    },
  })

  const makePlan = () => {
    const read = readForm(form)
    setErrors('errors' in read ? read.errors : {})
    if ('settings' in read) plan.mutate({ sessionId, settings: read.settings })
  }
  const run = async (shown: ProvisioningPlan, reason: string) => {
    if (!(await askToWrite())) return
    const { settings, fingerprint } = shown
    job.start(() => rpc.provisioning.run.mutate({ sessionId, settings, fingerprint, reason }))
  }
  const startOver = () => {
    job.dismiss()
    plan.reset()
    setForm((before) => ({ ...before, newPassword: false }))
  }

  const outcome = job.result
  const shown = outcome?.plan ?? plan.data ?? null
  const login = outcome?.login ?? null
  if (job.isRunning && job.state !== null) {
    return (
      <>
        <PageHead title="Provisioning" facts={job.state.title} />
        <RunProgress job={job.state} onCancel={job.cancel} />
      </>
    )
  }
  if (shown === null) {
    return (
      <>
        <PageHead title="Provisioning" facts="database, roles and log-ins of the ERP on this server" />
        {job.error !== null && <ErrorState variant="line" error={job.error} />}
        {plan.error !== null && <ErrorState variant="line" error={plan.error} />}
        <div className="provisioning-panes">
          <SettingsFields
            form={form}
            errors={errors}
            suggestion={suggestion}
            isPlanning={plan.isPending}
            onChange={(change) => setForm({ ...form, ...change })}
            onPlan={makePlan}
          />
          <PresetNotes preset={form.preset} />
        </div>
      </>
    )
  }
  return (
    <>
      <PageHead title="Provisioning" facts={countOf(shown)}>
        {shown.script !== '' && (
          <CopyButton text={shown.script} what="The script">
            Copy all SQL
          </CopyButton>
        )}
        <Button onClick={startOver}>Change settings</Button>
      </PageHead>
      {job.error !== null && <ErrorState variant="line" error={job.error} onRetry={job.dismiss} />}
      {outcome !== null && (
        <p className="provisioning-done" role="status">
          <span className="dot" data-tone="ok" />
          {outcome.done.length === 1 ? 'One step was done.' : `${outcome.done.length} steps were done.`}
        </p>
      )}
      <div className="provisioning-panes" data-plan>
        <StepList key={shown.fingerprint} plan={shown} />
        <div className="provisioning-side">
          {login !== null && job.state !== null && (
            <Secret jobId={job.state.id} login={login} database={shown.settings.database} />
          )}
          <RunPanel plan={shown} isRunning={false} onRun={(reason) => void run(shown, reason)} />
          <AccessRules plan={shown} />
          <CheckList checks={shown.checks} />
        </div>
      </div>
    </>
  )
}

/** Makes database, roles and log-ins of the ERP on a server: settings, plan, run, and what is left to do by hand. */
export const ProvisioningScreen = () => {
  const { sessionId, capabilities, server } = useSession()
  const suggestion = useQuery(
    trpc.provisioning.suggest.queryOptions({ sessionId }, { enabled: capabilities.provisioning }),
  )
  if (!capabilities.provisioning) {
    return (
      <>
        <PageHead title="Provisioning" />
        <EmptyState title={`${server.currentUser} may not create roles and databases`}>
          Connect as a superuser, or let one run:{' '}
          <span className="data">alter role {server.currentUser} createrole createdb;</span>
        </EmptyState>
      </>
    )
  }
  if (suggestion.data !== undefined) return <Wizard suggestion={suggestion.data} />
  return (
    <>
      <PageHead title="Provisioning" />
      {suggestion.error === null ? (
        <SkeletonRows label="Looking at the server" />
      ) : (
        <ErrorState error={suggestion.error} onRetry={() => void suggestion.refetch()} />
      )}
    </>
  )
}

import { expect } from 'vitest'
import { createProvisioning, type Provisioning } from '../../src/main/security/provisioning/provisioning.ts'
import { createKeptSecrets } from '../../src/main/session/kept-secrets.ts'
import type { Session } from '../../src/main/session/session.ts'
import type { JobState } from '../../src/shared/jobs.ts'
import {
  defaultSettings,
  type ProvisioningPlan,
  type ProvisioningSettings,
  provisioningOutcome,
} from '../../src/shared/provisioning.ts'
import { noAbort } from './session.ts'

/** A server of one's own, with the application on this machine. */
export const settingsFor = (changes: Partial<ProvisioningSettings> = {}): ProvisioningSettings => ({
  ...defaultSettings,
  preset: 'other',
  applicationNetworks: ['127.0.0.1/32'],
  ...changes,
})

/** The steps of a plan that are not done, by their ids. */
export const open = ({ steps }: ProvisioningPlan): string[] =>
  steps.filter(({ state }) => state !== 'done').map(({ id }) => id)

/** One step of a plan. */
export const stepOf = ({ steps }: ProvisioningPlan, id: string) => steps.find((step) => step.id === id)

/** Provisioning in a session, waiting for its end as the screen does. */
export const provisioningIn = (session: Session) => {
  const service: Provisioning = createProvisioning(session, { secrets: createKeptSecrets() })
  const plan = (settings: ProvisioningSettings) => service.plan({ settings }, noAbort())
  const ended = async (id: string): Promise<JobState> => {
    await expect
      .poll(async () => (await session.jobs.get({ jobId: id })).status, { timeout: 30_000, interval: 20 })
      .not.toBe('running')
    return session.jobs.get({ jobId: id })
  }
  /** Runs what a plan says. The job, ended. */
  const apply = async ({ settings, fingerprint }: ProvisioningPlan): Promise<JobState> => {
    const { id } = await service.run({ settings, reason: 'a test */ drop', fingerprint })
    return ended(id)
  }
  /** Plans and runs, which must succeed. */
  const provision = async (settings: ProvisioningSettings) => {
    const job = await apply(await plan(settings))
    expect(job).toMatchObject({ status: 'done', error: null })
    return { jobId: job.id, ...provisioningOutcome.parse(job.result) }
  }
  return { service, plan, apply, provision }
}

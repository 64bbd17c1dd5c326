import type { JobState } from '../../../shared/jobs.ts'
import type {
  ProvisioningPlan,
  ProvisioningSettings,
  ProvisioningSuggestion,
} from '../../../shared/provisioning.ts'
import type { KeptSecret, KeptSecrets } from '../../session/kept-secrets.ts'
import type { Session } from '../../session/session.ts'
import { planFor, provision, suggestFor } from './provision.ts'
import { accessOf, reachedBy } from './session-access.ts'

export type Provisioning = {
  suggest(input: null, signal: AbortSignal): Promise<ProvisioningSuggestion>
  plan(input: { settings: ProvisioningSettings }, signal: AbortSignal): Promise<ProvisioningPlan>
  run(input: { settings: ProvisioningSettings; reason: string; fingerprint: string }): Promise<JobState>
  /** The password that a job made. It is kept here until `forget`. Fails with `NOT_FOUND`. */
  secret(input: { jobId: string }): Promise<KeptSecret>
  forget(input: { jobId: string }): Promise<void>
}

/** Makes database, roles and log-ins of the ERP on the session's server. */
export const createProvisioning = (
  session: Session,
  { secrets }: { secrets: KeptSecrets },
): Provisioning => ({
  suggest: (_, signal) => suggestFor(accessOf(session, signal)),

  plan: ({ settings }, signal) => planFor(accessOf(session, signal), settings, reachedBy(session)),

  async run({ settings, reason, fingerprint }) {
    session.assertMayWrite()
    const { database } = settings
    const started = Promise.withResolvers<string>()
    const job = await session.jobs.start(
      { kind: 'provision', title: `Provision ${database}` },
      async ({ signal, report, log }) => {
        const { outcome, password } = await provision(
          accessOf(session, signal),
          settings,
          reachedBy(session),
          {
            reason,
            fingerprint,
            signal,
            onStep: ({ title }, done, total) => {
              report({ done, total, unit: 'steps', what: title })
              log(title)
            },
          },
        )
        const { login } = outcome
        if (login !== null && password !== null) {
          secrets.keep(await started.promise, { login, password, database })
        }
        return outcome
      },
    )
    started.resolve(job.id)
    return job
  },

  secret: async ({ jobId }) => secrets.get(jobId),

  forget: async ({ jobId }) => secrets.forget(jobId),
})

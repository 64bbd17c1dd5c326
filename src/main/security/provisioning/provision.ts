import { ConsoleError } from '../../../shared/errors.ts'
import type {
  ProvisioningOutcome,
  ProvisioningPlan,
  ProvisioningSettings,
  ProvisioningSuggestion,
} from '../../../shared/provisioning.ts'
import { ownerRole } from '../../../shared/provisioning.ts'
import { defaultScramIterations, randomPassword, scramVerifier } from '../../session/scram.ts'
import { type Access, type Opened, readOver, send } from './access.ts'
import type { Reached } from './checks/check.ts'
import { readFacts } from './facts.ts'
import { fingerprintOf, planOf } from './plan.ts'
import { recognise } from './recognise.ts'
import { type RunOptions, runSteps } from './run.ts'
import { scriptOf } from './script.ts'
import { readServerFacts } from './server-facts.ts'
import { isRunnable } from './step.ts'
import { loginToOpen } from './steps/password.ts'
import { stepsFor } from './steps.ts'

/** The outcome with the password that was made, in clear: for the caller alone. */
export type Provisioned = { outcome: ProvisioningOutcome; password: string | null }

/** What kind of server it seems to be, and who may become a DBA. */
export const suggestFor = async (access: Access): Promise<ProvisioningSuggestion> => {
  const opened = await access.open(null)
  try {
    const server = await readOver(opened, (read) => readServerFacts(read, { owner: ownerRole, pid: null }))
    return { ...recognise(server), logIns: server.logIns }
  } finally {
    await opened.end()
  }
}

/** What there is to do, and what was checked. Changes nothing. */
export const planFor = async (
  access: Access,
  settings: ProvisioningSettings,
  reached: Reached,
): Promise<ProvisioningPlan> => {
  const facts = await readFacts(access, settings)
  return planOf(facts, stepsFor(facts, settings), settings, reached)
}

/** Holds as long as the connection. Two consoles that provision from the same database do so one after the other. */
const takeTurn = async ({ client, explain }: Opened): Promise<void> => {
  try {
    const { rows } = await send<{ taken: boolean }>(
      client,
      `select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('viruj-console provision', 0)) as taken`,
    )
    if (rows[0]?.taken === true) return
  } catch (error) {
    throw explain(error)
  }
  throw new ConsoleError(
    'ALREADY_RUNNING',
    'Another console provisions this server right now.',
    'Wait for its end, then look at the new plan.',
  )
}

const changedSince = (): ConsoleError =>
  new ConsoleError(
    'CONFLICT',
    'The server is not as it was when this plan was made. Nothing was changed.',
    'Look at the new plan, then run that.',
  )

/**
 * Does what the plan with this fingerprint says, and nothing else. The password is made here and leaves as a verifier only. Fails
 * with `ConsoleError`: `CONFLICT` when the plan is another one by now.
 */
export const provision = async (
  access: Access,
  settings: ProvisioningSettings,
  reached: Reached,
  options: Pick<RunOptions, 'reason' | 'signal' | 'onStep'> & { fingerprint: string },
): Promise<Provisioned> => {
  const home = await access.open(null)
  try {
    await takeTurn(home)
    const facts = await readFacts(access, settings)
    const steps = stepsFor(facts, settings)
    if (fingerprintOf(scriptOf(facts, steps, settings.database)) !== options.fingerprint) throw changedSince()
    const password = randomPassword()
    const iterations = Math.max(facts.cluster.scramIterations, defaultScramIterations)
    const done = await runSteps(access, home, facts, steps, {
      ...options,
      database: settings.database,
      verifier: () => scramVerifier(password, { iterations }),
    })
    const isOpened = steps.some((one) => one.id === 'password' && isRunnable(one))
    const login = isOpened ? (loginToOpen(facts.cluster, settings)?.name ?? null) : null
    const plan = await planFor(access, { ...settings, newPassword: false }, reached)
    return { outcome: { done, login, plan }, password: login === null ? null : password }
  } finally {
    await home.end()
  }
}

/** All but the log-in's password, for sample servers, where no application logs in. Runs without a plan that anybody saw. */
export const provisionWithoutLogIn = async (
  access: Access,
  settings: ProvisioningSettings,
  options: Pick<RunOptions, 'reason' | 'signal'>,
): Promise<void> => {
  const home = await access.open(null)
  try {
    const facts = await readFacts(access, settings)
    const steps = stepsFor(facts, settings).filter(({ id }) => id !== 'password')
    await runSteps(access, home, facts, steps, {
      ...options,
      database: settings.database,
      verifier: () => {
        throw new ConsoleError('INTERNAL', 'No password was to be made.', 'Report it.')
      },
      onStep: () => undefined,
    })
  } finally {
    await home.end()
  }
}

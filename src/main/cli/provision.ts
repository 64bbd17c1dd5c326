import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { ConsoleError } from '../../shared/errors.ts'
import type { Profile } from '../../shared/profiles.ts'
import {
  defaultSettings,
  type ProvisioningSettings,
  provisioningSettings,
} from '../../shared/provisioning.ts'
import { presetIds } from '../../shared/provisioning-presets.ts'
import { reason } from '../../shared/reason.ts'
import { usageError } from '../api/start-options.ts'
import { connectionOf } from '../security/provisioning/connection.ts'
import { planFor, provision, suggestFor } from '../security/provisioning/provision.ts'
import { accessOf, reachedBy } from '../security/provisioning/session-access.ts'
import { homeFolder } from '../session/home.ts'
import { createKeychain } from '../session/keychain.ts'
import { createProfiles, type Profiles } from '../session/profiles.ts'
import { openHeadlessSession, targetHelp, targetOptions } from './headless-session.ts'
import { planText } from './provision-text.ts'

export const provisionHelp = `  --dry-run          Show the plan and its SQL, with verifiers masked. Change nothing.
  --json             Print plan and outcome as JSON; after a run with the password, where one was made and not saved.
  --preset NAME      ${presetIds.join(', ')}. Without it, the server is recognised by its marks.
  --database NAME    Database to make (viruj_erp).
  --login NAME       Its two log-ins are NAME_a and NAME_b (viruj_app).
  --application-networks A,B
                     Where the application connects from, as 10.20.0.0/16; for pg_hba.conf.
  --people-networks A,B
                     Where people connect from.
  --dbas A,B         Roles that are there already, and become DBAs.
  --connection-limit N, --statement-timeout SECONDS, --idle-in-transaction-timeout SECONDS
                     Of each log-in (50, 30, 60). 0 seconds: no limit.
  --no-statistics    Without pg_stat_statements.
  --new-password     Give the log-in that is in use a new password.
  --save NAME        Save the password in the keychain, as a new connection, instead of printing it.
  --reason TEXT      Why. It stands in each statement. Production connections need it.
${targetHelp}

  Exit codes: 0 all is as wanted, 1 failed, 2 something is left to do (--dry-run) or is blocked.`

const options = {
  ...targetOptions,
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  preset: { type: 'string' },
  database: { type: 'string', default: defaultSettings.database },
  login: { type: 'string', default: defaultSettings.login },
  'application-networks': { type: 'string', default: '' },
  'people-networks': { type: 'string', default: '' },
  dbas: { type: 'string', default: '' },
  'connection-limit': { type: 'string', default: `${defaultSettings.connectionLimit}` },
  'statement-timeout': { type: 'string', default: `${defaultSettings.statementTimeout}` },
  'idle-in-transaction-timeout': { type: 'string', default: `${defaultSettings.idleInTransactionTimeout}` },
  statistics: { type: 'boolean', default: defaultSettings.statistics },
  'new-password': { type: 'boolean', default: defaultSettings.newPassword },
  save: { type: 'string' },
  reason: { type: 'string' },
} as const

const parse = (words: string[]) => {
  try {
    return parseArgs({ args: words, allowNegative: true, options }).values
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : 'The options cannot be read.')
  }
}
type Words = ReturnType<typeof parse>

/** Names of the settings as the command line has them. */
const optionOf: Record<string, string> = {
  applicationNetworks: 'application-networks',
  peopleNetworks: 'people-networks',
  connectionLimit: 'connection-limit',
  statementTimeout: 'statement-timeout',
  idleInTransactionTimeout: 'idle-in-transaction-timeout',
}

const listOf = (words: string): string[] =>
  words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

const wholeNumber = (words: string): number => (/^\d+$/.test(words) ? Number(words) : Number.NaN)

const settingsOf = (words: Words, preset: string): ProvisioningSettings => {
  const parsed = provisioningSettings.safeParse({
    preset,
    database: words.database,
    login: words.login,
    applicationNetworks: listOf(words['application-networks']),
    peopleNetworks: listOf(words['people-networks']),
    dbas: listOf(words.dbas),
    connectionLimit: wholeNumber(words['connection-limit']),
    statementTimeout: wholeNumber(words['statement-timeout']),
    idleInTransactionTimeout: wholeNumber(words['idle-in-transaction-timeout']),
    statistics: words.statistics,
    newPassword: words['new-password'],
  } satisfies Record<keyof z.input<typeof provisioningSettings>, unknown>)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = String(issue?.path[0] ?? '')
  throw usageError(`--${optionOf[field] ?? field}: ${issue?.message ?? 'cannot be used.'}`)
}

const reasonOf = (words: Words, { environment, name }: Profile): string => {
  const given = words.reason ?? (environment === 'production' ? '' : 'Provisioning')
  const parsed = reason.safeParse(given)
  if (parsed.success) return parsed.data
  throw usageError(
    words.reason === undefined
      ? `"${name}" is a production connection: it needs --reason.`
      : '--reason takes a text of 3 to 500 characters.',
  )
}

/** Before anything is made: a password that nobody can keep would be lost. */
const requireKeychain = async (profiles: Profiles): Promise<void> => {
  const { keychain } = await profiles.list()
  if (keychain.state === 'available') return
  throw new ConsoleError(
    keychain.state === 'missing' ? 'KEYCHAIN_MISSING' : 'KEYCHAIN_LOCKED',
    'There is no keychain to save the password in. Nothing was changed.',
    `${keychain.explanation} Or leave --save out: the password is then printed once.`,
  )
}

type Kept = {
  password: string | null
  connection: Pick<Profile, 'id' | 'name'> | null
  unsaved: string | null
}

/** Saves the password where that was asked for. One that the keychain does not take after all is printed instead of lost. */
const keep = async (
  profiles: Profiles,
  via: Profile,
  made: { name: string | undefined; login: string; password: string; database: string },
): Promise<Kept> => {
  const { name, password } = made
  if (name === undefined) return { password, connection: null, unsaved: null }
  try {
    const { id } = await profiles.save({
      id: null,
      draft: connectionOf(via, { ...made, name }),
      secret: { kind: 'keychain', password },
    })
    return { password: null, connection: { id, name }, unsaved: null }
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error
    return { password, connection: null, unsaved: `${error.message} ${error.remedy}` }
  }
}

const secretText = (login: string, { password, connection, unsaved }: Kept): string[] => [
  ...(unsaved === null ? [] : [`The password could not be saved. ${unsaved}`]),
  ...(connection === null ? [] : [`The password of ${login} is in the keychain, as "${connection.name}".`]),
  ...(password === null ? [] : [`Password of ${login}, shown this once: ${password}`]),
]

/** `viruj-console provision`: database, roles and log-ins of the ERP on a server. Does what is missing; a second run does nothing. */
export const provisionCommand = async (words: string[]): Promise<void> => {
  const values = parse(words)
  const home = values.home ?? homeFolder()
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  const session = await openHeadlessSession({
    home,
    profile: values.profile,
    confirm: values.confirm,
    environment: process.env,
    signal: stop.signal,
  })
  try {
    const access = accessOf(session, stop.signal)
    const reached = reachedBy(session)
    const settings = settingsOf(values, values.preset ?? (await suggestFor(access)).preset)
    const plan = await planFor(access, settings, reached)
    const isDry = values['dry-run']
    if (isDry || plan.script === '') {
      console.log(values.json ? JSON.stringify({ plan }) : planText(plan, { withScript: isDry }))
      process.exitCode = plan.steps.some(({ state }) => state !== 'done') ? 2 : 0
      return
    }
    session.assertMayWrite()
    const profiles = createProfiles({ home, environment: process.env, keychain: createKeychain(), extra: [] })
    if (values.save !== undefined) await requireKeychain(profiles)
    const { outcome, password } = await provision(access, settings, reached, {
      reason: reasonOf(values, session.profile),
      fingerprint: plan.fingerprint,
      signal: stop.signal,
      onStep: ({ title }) => {
        if (!values.json) console.log(`  ${title}`)
      },
    })
    const { login, done } = outcome
    const kept: Kept =
      login === null || password === null
        ? { password: null, connection: null, unsaved: null }
        : await keep(profiles, session.profile, {
            name: values.save,
            login,
            password,
            database: settings.database,
          })
    if (values.json) {
      console.log(
        JSON.stringify({
          done,
          login,
          password: kept.password,
          connection: kept.connection,
          plan: outcome.plan,
        }),
      )
    } else {
      console.log(`\n${planText(outcome.plan, { withScript: false })}`)
      if (login !== null) console.log(`\n${secretText(login, kept).join('\n')}`)
    }
    process.exitCode = outcome.plan.steps.some(({ state }) => state !== 'done') ? 2 : 0
  } finally {
    await session.close('user')
  }
}

import { readNetwork } from '../../../../shared/network.ts'
import { loginsOf, type ProvisioningCheck, serviceRole } from '../../../../shared/provisioning.ts'
import { type Client, describeRule, type HbaRule, type Match, matchesOf } from '../../../session/hba-rules.ts'
import { quoted } from '../authority.ts'
import { type Looked, ok, wrong } from './check.ts'

const worst = { ok: 0, unknown: 1, warning: 2, failed: 3 } as const
type Outcome = keyof typeof worst
type Verdict = { outcome: Outcome; words: string }

/** What a method means for a log-in whose password is stored as SCRAM. */
const judge = ({ rule, reach }: Match): Verdict => {
  const where =
    reach === 'all'
      ? ''
      : reach === 'part'
        ? ' (a part of it)'
        : ' (perhaps: only the server knows whom its address stands for)'
  const said = (outcome: Outcome, words: string): Verdict => ({
    outcome: reach === 'perhaps' && outcome === 'ok' ? 'unknown' : outcome,
    words: `${describeRule(rule)}${where} ${words}`,
  })
  switch (rule.method) {
    case 'scram-sha-256':
      return said('ok', 'asks for SCRAM')
    case 'md5':
      return said('warning', 'would take an md5 password, too')
    case 'trust':
      return said('failed', 'asks for no password at all')
    case 'password':
      return said('failed', 'asks for the password in clear text')
    case 'reject':
      return said('failed', 'refuses it')
    default:
      return said('failed', `asks for ${rule.method} instead of a password`)
  }
}

/** What happens to the application from one network, encrypted and not. */
const judgeNetwork = (
  rules: readonly HbaRule[],
  from: string,
  client: Omit<Client, 'encrypted'>,
): Verdict[] => {
  const over = (words: string, { outcome, words: said }: Verdict) => ({
    outcome,
    words: `${client.user} from ${from} ${words}: ${said}`,
  })
  const encrypted = matchesOf(rules, { ...client, encrypted: true })
  const plain = matchesOf(rules, { ...client, encrypted: false }).filter(
    ({ rule }) => rule.method !== 'reject',
  )
  const verdicts = encrypted.map((match) => over('over TLS', judge(match)))
  if (!encrypted.some(({ reach }) => reach === 'all')) {
    verdicts.push(
      over('over TLS', {
        outcome: 'failed',
        words: encrypted.length === 0 ? 'no line lets it in' : 'no line is for all of it',
      }),
    )
  }
  return [
    ...verdicts,
    ...plain.map(({ rule }) =>
      over('without TLS', { outcome: 'warning', words: `${describeRule(rule)} lets it in` }),
    ),
  ]
}

const unreadable = (title: string, id: string, { cluster }: Looked): ProvisioningCheck =>
  wrong(
    { id, title },
    'unknown',
    `"${cluster.me}" may not read pg_hba_file_rules.`,
    `Look into the file yourself, or let a superuser run: grant select on pg_hba_file_rules to ${quoted(cluster.me)}; grant execute on function pg_hba_file_rules() to ${quoted(cluster.me)};`,
  )

const applicationCheck = (looked: Looked, rules: readonly HbaRule[]): ProvisioningCheck => {
  const about = { id: 'hba application', title: 'pg_hba.conf: the application' }
  const { database, login, applicationNetworks } = looked.settings
  const verdicts = applicationNetworks.flatMap((from) => {
    const read = readNetwork(from)
    if ('problem' in read) return []
    return loginsOf(login).flatMap((user) =>
      judgeNetwork(rules, from, { database, user, roles: [serviceRole], network: read.network }),
    )
  })
  const outcome = verdicts.reduce<Outcome>(
    (found, verdict) => (worst[verdict.outcome] > worst[found] ? verdict.outcome : found),
    'ok',
  )
  const details = verdicts.map(({ words }) => words)
  if (outcome === 'ok') {
    return ok(about, 'Both log-ins are let in from each network, over TLS and with SCRAM only.', details)
  }
  const bad = verdicts.filter(({ outcome: one }) => one !== 'ok').length
  return wrong(
    about,
    outcome,
    `${bad} of ${verdicts.length} ways in ${bad === 1 ? 'is' : 'are'} not as wanted.`,
    'Put the lines for pg_hba.conf above all other "host" lines, and have the server read the file again.',
    details,
  )
}

const weakMethods = ['trust', 'password', 'md5']

const weakCheck = (rules: readonly HbaRule[]): ProvisioningCheck => {
  const about = { id: 'hba weak', title: 'pg_hba.conf: weak lines' }
  const weak = rules.filter(({ method, error }) => error === null && weakMethods.includes(method))
  const count = rules.length === 1 ? '1 line' : `${rules.length} lines`
  if (weak.length === 0) return ok(about, `${count}: none trusts anybody, or takes a weak password.`)
  return wrong(
    about,
    'warning',
    `${weak.length} of ${count}: trusted without a password, or with a weak one.`,
    'Replace trust, password and md5 by scram-sha-256; roles with an md5 password need a new one first.',
    weak.map(describeRule),
  )
}

const errorCheck = (rules: readonly HbaRule[]): ProvisioningCheck[] => {
  const broken = rules.filter(({ error }) => error !== null)
  if (broken.length === 0) return []
  return [
    wrong(
      { id: 'hba errors', title: 'pg_hba.conf: errors' },
      'failed',
      `${broken.length} ${broken.length === 1 ? 'line' : 'lines'} cannot be read. Until they are mended, the server keeps to the rules it read before.`,
      'Correct the lines, and have the server read the file again.',
      broken.map(({ line, error }) => `line ${line}: ${error}`),
    ),
  ]
}

/** What the access rules of a server of one's own say about the application. Nothing where there is no such file. */
export const hbaChecks = (looked: Looked): ProvisioningCheck[] => {
  if (looked.preset.hba === null) return []
  const rules = looked.server.hba
  if (rules === null) return [unreadable('pg_hba.conf', 'hba application', looked)]
  return [...errorCheck(rules), applicationCheck(looked, rules), weakCheck(rules)]
}

import type { PaperSeal, RetiredMonth } from '../../shared/audit-trail.ts'
import { usageError } from '../api/start-options.ts'
import { createRetention, type RetireReport } from '../audit/evidence/retire.ts'
import { createSigningKeys } from '../audit/evidence/signing-key.ts'
import { createKeychain } from '../session/keychain.ts'
import type { Session } from '../session/session.ts'
import { reasonOf } from './migrate/words.ts'

const none: string[] = []

export const retireOptions = {
  month: { type: 'string' },
  package: { type: 'string', multiple: true, default: none },
  key: { type: 'string', multiple: true, default: none },
  'dry-run': { type: 'boolean', default: false },
} as const

type Values = {
  month?: string | undefined
  package: string[]
  key: string[]
  'dry-run': boolean
  unsigned: boolean
  reason?: string | undefined
}

const keyOf = (word: string): string => {
  const key = word.replaceAll(':', '').toLowerCase()
  if (/^[0-9a-f]{64}$/.test(key)) return key
  throw usageError('--key takes the 64 hexadecimal digits of a fingerprint.')
}

/** Lets a month of the trail go, or tells what would. */
export const retireMonth = async (
  session: Session,
  home: string,
  values: Values & { expected: readonly PaperSeal[] },
  signal: AbortSignal,
): Promise<RetireReport> => {
  const { month, package: files } = values
  if (month === undefined) throw usageError('Name the month with --month, such as --month 2026-08.')
  if (files.length === 0) throw usageError('Name the evidence that holds the month with --package.')
  const own = await createSigningKeys({ home, keychain: createKeychain() }).known()
  return createRetention(session, { home }).retire(
    {
      month,
      files,
      keys: [...values.key.map(keyOf), ...(own === null ? [] : [own])],
      unsigned: values.unsigned,
      expected: values.expected,
      reason: values['dry-run'] ? null : reasonOf(values.reason),
    },
    { signal, report: () => undefined },
  )
}

const packagesText = (packages: RetiredMonth['packages']): string =>
  packages
    .map(({ sha256, keyId }) => `${sha256}, ${keyId === null ? 'unsigned' : `signed by ${keyId}`}`)
    .join('; ')

export const retireText = ({ month, events, seals, partly, packages, isGone, seal }: RetireReport): string =>
  [
    `${month}: ${events.toLocaleString('en')} events${seals === null ? '' : ` of seals ${seals.from} to ${seals.to}`} ${isGone ? 'are gone' : 'would go'}.`,
    ...(partly === 0
      ? []
      : [`Of ${partly.toLocaleString('en')} of these seals events of other months stay.`]),
    `The package holds all of them as they were sealed: ${packagesText(packages)}. ${isGone ? 'Keep it: nothing else has them.' : ''}`.trim(),
    ...(isGone
      ? [
          seal === null
            ? 'Seal now: until then nothing proves that they went this way.'
            : `Seal ${seal} covers the note of it.`,
        ]
      : []),
  ].join('\n')

/** What a verification says of a month that is gone. */
export const retiredText = ({ month, events, fromSeal, toSeal, packages, shown }: RetiredMonth): string =>
  `Retired: ${month}, ${events.toLocaleString('en')} events${fromSeal === null ? '' : ` of seals ${fromSeal} to ${toSeal}`}, ${
    shown ? 'proven by' : 'proven only by the digest of'
  } package ${packagesText(packages)}.`

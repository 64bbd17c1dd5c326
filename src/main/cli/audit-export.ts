import { resolve } from 'node:path'
import { ConsoleError } from '../../shared/errors.ts'
import { type EvidenceReport, type EvidenceScope, evidenceScope } from '../../shared/evidence.ts'
import { usageError } from '../api/start-options.ts'
import { createEvidence } from '../audit/evidence/export.ts'
import { createSigningKeys, type SigningKey } from '../audit/evidence/signing-key.ts'
import { createKeychain } from '../session/keychain.ts'
import type { Session } from '../session/session.ts'
import { reasonOf } from './migrate/words.ts'

export const exportOptions = {
  from: { type: 'string' },
  to: { type: 'string' },
  seals: { type: 'string' },
  table: { type: 'string' },
  row: { type: 'string' },
  out: { type: 'string' },
  unsigned: { type: 'boolean', default: false },
} as const

type Values = {
  [Name in 'from' | 'to' | 'seals' | 'table' | 'row' | 'out' | 'reason']?: string | undefined
} & { unsigned: boolean }

/** A day begins at midnight UTC. */
const timeOf = (text: string | undefined): string | null =>
  text === undefined ? null : /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text

const scopeOf = ({ from, to, seals, table, row }: Values): EvidenceScope => {
  const kinds = [from ?? to, seals, table ?? row].filter((word) => word !== undefined)
  if (kinds.length !== 1) {
    throw usageError('Name one scope: --from and --to, or --seals A..B, or --table with --row.')
  }
  const [schema, ...name] = (table ?? '').split('.')
  const [first, last] = (seals ?? '').split('..')
  const scope = evidenceScope.safeParse(
    seals !== undefined
      ? { kind: 'seals', from: first, to: last }
      : from !== undefined || to !== undefined
        ? { kind: 'period', from: timeOf(from), to: timeOf(to) }
        : { kind: 'row', schema, table: name.length === 0 ? undefined : name.join('.'), row },
  )
  if (scope.success) return scope.data
  throw usageError(
    seals !== undefined
      ? '--seals takes the first and the last seal, such as 12..40.'
      : table !== undefined || row !== undefined
        ? 'Name the table with its schema and the row by its key: --table public.orders --row 4711.'
        : '--from and --to take times such as 2026-11-01 or 2026-11-01T06:00:00Z.',
  )
}

const signingKey = async (home: string): Promise<SigningKey> => {
  try {
    return await createSigningKeys({ home, keychain: createKeychain() }).get()
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error
    throw new ConsoleError(
      error.code,
      `The package cannot be signed. ${error.message}`,
      `${error.remedy} With --unsigned it is made without a signature, and says so.`,
      { cause: error },
    )
  }
}

/** Writes a package of evidence. */
export const exportEvidence = async (
  session: Session,
  home: string,
  values: Values,
  signal: AbortSignal,
): Promise<EvidenceReport> => {
  const scope = scopeOf(values)
  if (values.out === undefined) throw usageError('Say where with --out, such as --out evidence.zip.')
  const reason = reasonOf(values.reason)
  const key = values.unsigned ? null : await signingKey(home)
  return createEvidence(session, { home }).export(
    { scope, reason, target: resolve(values.out), key },
    { signal, report: () => undefined },
  )
}

export const exportText = ({ name, bytes, sha256, accessEvent, words, verdict }: EvidenceReport): string =>
  [
    `${name}: ${bytes.toLocaleString('en')} bytes, SHA-256 ${sha256}. It holds personal data as it was recorded.`,
    `The trail has this export as event ${accessEvent}.`,
    verdict === 'refused' ? 'REFUSED by its own verifier: the trail does not hold.' : 'Its verifier says:',
    ...words.map((word) => `  ${word}`),
  ].join('\n')

/** The fingerprint that others compare. */
export const printKey = async (
  home: string,
  print: (outcome: unknown, text: string) => void,
): Promise<void> => {
  const { keyId, publicKey } = await createSigningKeys({ home, keychain: createKeychain() }).get()
  print({ keyId, publicKey }, `Ed25519 ${keyId}`)
}

import type { Bucket } from './buckets.ts'
import { type Call, requireAction } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { header } from './s3-request.ts'
import type { Lock, Version } from './versions.ts'

const modes = ['GOVERNANCE', 'COMPLIANCE'] as const

const isMode = (text: string | undefined): text is (typeof modes)[number] =>
  modes.some((mode) => mode === text)

export const requireObjectLock = (bucket: Bucket): void => {
  if (bucket.objectLock !== undefined) return
  throw new S3Error('InvalidRequest', 'Bucket is missing Object Lock Configuration')
}

/** A mode and a date that lies ahead. */
export const readRetention = (
  mode: string | undefined,
  date: string | undefined,
): { mode: 'GOVERNANCE' | 'COMPLIANCE'; until: number } => {
  const until = Date.parse(date ?? '')
  if (!isMode(mode)) throw new S3Error('InvalidArgument', 'Unknown wormMode directive.')
  if (Number.isNaN(until)) throw new S3Error('InvalidArgument', 'The retain until date is not a date.')
  if (until <= Date.now())
    throw new S3Error('InvalidArgument', 'The retain until date must be in the future!')
  return { mode, until }
}

/** The lock that a new version gets: what its request says, else what the bucket says. */
export const lockForNew = (call: Call, bucket: Bucket): Lock => {
  const mode = header(call.request, 'x-amz-object-lock-mode')
  const date = header(call.request, 'x-amz-object-lock-retain-until-date')
  const hold = header(call.request, 'x-amz-object-lock-legal-hold')
  if (mode !== undefined || date !== undefined || hold !== undefined) requireObjectLock(bucket)
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw new S3Error('InvalidArgument', 'Legal Hold must be either of ON or OFF')
  }
  if (hold !== undefined) requireAction(call, 's3:PutObjectLegalHold')
  const legalHold = hold === 'ON'
  if (mode !== undefined || date !== undefined) {
    requireAction(call, 's3:PutObjectRetention')
    return { ...readRetention(mode, date), legalHold }
  }
  const byDefault = bucket.objectLock
  if (byDefault === undefined || byDefault === null) return { mode: null, until: null, legalHold }
  const until = new Date()
  until.setUTCFullYear(until.getUTCFullYear() + (byDefault.years ?? 0))
  until.setUTCDate(until.getUTCDate() + (byDefault.days ?? 0))
  return { mode: byDefault.mode, until: until.getTime(), legalHold }
}

/** Whether the request asks to pass by a retention of mode GOVERNANCE, and may. */
const bypasses = (call: Call): boolean =>
  header(call.request, 'x-amz-bypass-governance-retention')?.toLowerCase() === 'true' &&
  call.may('s3:BypassGovernanceRetention')

const lockedUntil = ({ lock }: Version): number => (lock.mode === null ? 0 : (lock.until ?? 0))

const forbidden = (): S3Error =>
  new S3Error('AccessDenied', 'Access Denied because object protected by object lock.')

/** @throws S3Error AccessDenied when a legal hold or a retention protects this version */
export const checkMayDelete = (call: Call, version: Version): void => {
  if (version.lock.legalHold) throw forbidden()
  if (lockedUntil(version) <= Date.now()) return
  if (version.lock.mode === 'GOVERNANCE' && bypasses(call)) return
  throw forbidden()
}

/** @throws S3Error AccessDenied when the new retention would protect less than the one that runs */
export const checkMayRetain = (
  call: Call,
  version: Version,
  next: { mode: string | null; until: number },
): void => {
  if (lockedUntil(version) <= Date.now()) return
  const longer = next.until >= lockedUntil(version)
  if (longer && (next.mode === version.lock.mode || next.mode === 'COMPLIANCE')) return
  if (version.lock.mode === 'GOVERNANCE' && bypasses(call)) return
  throw forbidden()
}

/** A version's lock as headers, as far as the credential may see it. */
export const lockHeaders = (call: Call, { lock }: Version): Record<string, string> => ({
  ...(lock.mode !== null && lock.until !== null && call.may('s3:GetObjectRetention')
    ? {
        'x-amz-object-lock-mode': lock.mode,
        'x-amz-object-lock-retain-until-date': new Date(lock.until).toISOString(),
      }
    : {}),
  ...(lock.legalHold && call.may('s3:GetObjectLegalHold') ? { 'x-amz-object-lock-legal-hold': 'ON' } : {}),
})

import type { UploadState } from '../../../shared/documents.ts'
import { formatBytes } from '../../ui/bytes.tsx'
import { count } from '../../ui/count.ts'
import { isStill } from './use-uploads.ts'

const phases: Record<UploadState['status'], string> = {
  queued: 'waits',
  hashing: 'hashing',
  duplicate: 'there already',
  sending: 'sending',
  checking: 'checking',
  stored: 'stored',
  failed: 'failed',
  cancelled: 'given up',
}

/** What an upload does, in a word or two. */
export const phaseOf = (upload: UploadState): string => {
  if (upload.paused && !isStill(upload)) return 'paused'
  if (upload.starving) return 'needs its file'
  return phases[upload.status]
}

export const toneOf = ({ status, starving }: UploadState): 'ok' | 'warn' | 'crit' | 'neutral' => {
  if (status === 'stored') return 'ok'
  if (status === 'failed') return 'crit'
  return status === 'duplicate' || starving ? 'warn' : 'neutral'
}

const span = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`

/** All of them in one line: how many are stored, how fast it goes, what went wrong. */
export const totalsOf = (uploads: readonly UploadState[]): string => {
  const of = (status: UploadState['status']) => uploads.filter((upload) => upload.status === status)
  const moving = uploads.filter((upload) => !isStill(upload))
  const speed = uploads.reduce((sum, upload) => sum + (upload.speed ?? 0), 0)
  const left = moving.reduce(
    (sum, { bytes, done, status }) =>
      sum + (status === 'sending' ? bytes - done : status === 'checking' ? 0 : bytes),
    0,
  )
  return [
    `${of('stored').length.toLocaleString('en')} of ${count(uploads.length, 'file')} stored`,
    ...(of('failed').length > 0 ? [`${of('failed').length.toLocaleString('en')} failed`] : []),
    ...(of('duplicate').length > 0 ? [`${of('duplicate').length.toLocaleString('en')} there already`] : []),
    ...(of('cancelled').length > 0 ? [`${of('cancelled').length.toLocaleString('en')} given up`] : []),
    ...(moving.length > 0 && speed > 0 ? [`${formatBytes(speed)}/s`, `${span(left / speed)} left`] : []),
  ].join(' · ')
}

import type { UploadState } from '../../../shared/documents.ts'
import { formatBytes } from '../../ui/bytes.tsx'
import { count } from '../../ui/count.ts'
import { isStill } from './is-still.ts'

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

/** How much of an upload is done, between 0 and 1: the first half is its hash. */
const shareOf = ({ status, done, bytes }: UploadState): number => {
  const ofPhase = bytes === 0 ? 0 : done / bytes
  if (status === 'hashing') return ofPhase / 2
  if (status === 'sending') return 0.5 + ofPhase / 2
  return status === 'checking' || status === 'stored' ? 1 : 0
}

/** What screens that are not about documents say of uploads; null: nothing moves, and nothing waits for a person. */
export const briefOf = (
  uploads: readonly UploadState[],
): { text: string; words: string; needsPerson: boolean } | null => {
  const moving = uploads.filter((upload) => !isStill(upload))
  const waiting = uploads.filter(
    ({ status, starving }) => starving || status === 'failed' || status === 'duplicate',
  )
  const needs = waiting.length === 0 ? [] : [`${count(waiting.length, 'upload')} to decide upon`]
  if (moving.length === 0) {
    return needs.length === 0
      ? null
      : { text: waiting.length.toLocaleString('en'), words: needs.join(''), needsPerson: true }
  }
  const shown = uploads.filter((upload) => upload.status === 'stored' || !isStill(upload))
  const total = shown.reduce((sum, { bytes }) => sum + bytes, 0)
  const done = shown.reduce((sum, upload) => sum + upload.bytes * shareOf(upload), 0)
  // Whole only once it is.
  const percent = total === 0 ? 0 : Math.min(99, Math.floor((100 * done) / total))
  const isPaused = moving.every(({ paused }) => paused)
  return {
    text: `${percent} %`,
    words: [
      `${moving.length.toLocaleString('en')} of ${count(shown.length, 'upload')} ${isPaused ? 'paused' : 'on the way'}, ${percent} %`,
      ...needs,
    ].join(', '),
    needsPerson: needs.length > 0,
  }
}

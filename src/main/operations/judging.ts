import type { Threshold, Verdict } from '../../shared/operations.ts'
import type { Finding } from './probe.ts'

/** The last of the thresholds, which rise, that a value reaches. */
const reached = (value: number, levels: readonly Threshold[]): Threshold | null =>
  levels.findLast((level) => value >= level.value) ?? null

/** A finding where a value reaches one of the thresholds, named with the one that it reached; nothing where it reaches none, or is not known. */
export const judged = (
  value: number | null,
  levels: readonly Threshold[],
  finding: Omit<Finding, 'verdict' | 'threshold'>,
): Finding[] => {
  const threshold = value === null ? null : reached(value, levels)
  const verdict: Verdict | null = threshold?.verdict ?? null
  return verdict === null ? [] : [{ ...finding, verdict, threshold }]
}

/** `1 standby`, `3 standbys`. */
export const counted = (number: number, one: string, several = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : several}`

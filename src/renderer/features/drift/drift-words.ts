import type { Difference, DriftReport, DriftWaiver } from '../../../shared/migrations.ts'
import type { Tone } from '../../ui/chip.tsx'

export const keyOf = ({ kind, identity }: Pick<Difference, 'kind' | 'identity'>): string =>
  `${kind} ${identity}`

export const changeWords = {
  missing: 'missing in the database',
  unexpected: 'not in the migrations',
  changed: 'differs',
} as const satisfies Record<Difference['change'], string>

/** The same in one word, for the list. */
export const shortWords = {
  missing: 'missing',
  unexpected: 'unexpected',
  changed: 'differs',
} as const satisfies Record<Difference['change'], string>

export const toneOf = ({ change, waived }: Difference): Tone =>
  waived ? 'neutral' : change === 'changed' ? 'warn' : 'crit'

const covers = (waivers: readonly DriftWaiver[], attributes: Difference['attributes']): boolean =>
  waivers.some(({ attribute }) => attribute === null) ||
  (attributes.length > 0 &&
    attributes.every(({ name }) => waivers.some(({ attribute }) => attribute === name)))

/** The report as a new check would tell it, now that these waivers hold. */
export const withWaivers = (
  report: DriftReport,
  waivers: readonly DriftWaiver[],
  day: string,
): DriftReport => ({
  ...report,
  differences: report.differences.map((difference) => {
    const own = waivers.filter((waiver) => waiver.until >= day && keyOf(waiver) === keyOf(difference))
    return { ...difference, waivers: own, waived: covers(own, difference.attributes) }
  }),
})

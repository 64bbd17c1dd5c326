import type { Difference, GateFinding } from '../../../shared/migrations.ts'
import { finding } from './statement-findings.ts'

const shownDifferences = 8
const shownValue = 120

const valueText = (value: string | null): string => {
  if (value === null) return 'nothing'
  return value.length <= shownValue ? value : `${value.slice(0, shownValue)} …`
}

const differenceText = ({ kind, identity, change, attributes }: Difference): string => {
  if (change === 'missing') return `${kind} ${identity} is gone`
  if (change === 'unexpected') return `${kind} ${identity} is left over`
  const changes = attributes.map(
    ({ name, expected, actual }) => `${name} was ${valueText(expected)} and is ${valueText(actual)}`,
  )
  return `${kind} ${identity}: ${changes.join(', ')}`
}

const listed = (differences: Difference[]): string => {
  const shown = differences.slice(0, shownDifferences).map(differenceText)
  const rest = differences.length - shown.length
  return `${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`
}

/** What rule `round-trip` says. */
export const roundTripFinding = {
  same: (): GateFinding =>
    finding(
      'round-trip',
      'ok',
      null,
      'It leaves no difference on a shadow. Rows are not tried: a shadow has none.',
    ),
  noDown: (name: string): GateFinding =>
    finding('round-trip', 'warning', null, `Only upwards: there is no ${name}.down.sql.`),
  fails: (which: 'up' | 'down' | 'up again', message: string): GateFinding =>
    finding('round-trip', 'danger', null, `The way ${which} fails: ${message}`),
  differs: (behind: 'down' | 'up again', differences: Difference[]): GateFinding =>
    finding(
      'round-trip',
      'danger',
      null,
      behind === 'down'
        ? `After up and down it is not as before: ${listed(differences)}`
        : `After up again it is not as after the first time: ${listed(differences)}`,
    ),
}

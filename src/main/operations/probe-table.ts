import { formatThreshold } from '../../shared/format-threshold.ts'
import { cadences } from '../../shared/operations.ts'
import type { Need } from './probe.ts'
import { probes } from './probes.ts'

const need = (one: Need): string => {
  switch (one.kind) {
    case 'role':
      return '`pg_monitor`'
    case 'extension':
      return `\`${one.name}\``
    case 'relation':
      return `SELECT on \`${one.name}\``
    case 'function':
      return `EXECUTE on \`${one.name}\``
    case 'version':
      return `PostgreSQL ${one.since}`
    default:
      return one satisfies never
  }
}

/** The probes as tables of docs/operations.md, by cadence. */
export const probeTables = (): string =>
  cadences
    .map((cadence) => {
      const lines = probes
        .filter((probe) => probe.cadence === cadence)
        .map(({ id, title, about, thresholds, needs }) => {
          const turns = Object.entries(thresholds).map(
            ([key, { title: what, unit, verdict, standard }]) =>
              `\`${key}\` ${what}: ${formatThreshold(standard, unit)}${verdict === null ? '' : ` (${verdict})`}`,
          )
          return `| **${title}** \`${id}\`<br>${about} | ${turns.join('<br>')} | ${needs.map(need).join(', ') || 'any role'} |`
        })
      return [`### ${cadence}`, '', '| probe | thresholds | needs |', '|---|---|---|', ...lines].join('\n')
    })
    .join('\n\n')

/** What stands around them in the page. */
export const probeTableMarks = {
  begin: '<!-- Written by `node scripts/generate-probe-table.ts`, which keeps all that stands outside. -->',
  end: '<!-- End of what `node scripts/generate-probe-table.ts` writes. -->',
} as const

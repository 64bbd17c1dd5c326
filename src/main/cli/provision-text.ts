import type { ProvisioningCheck, ProvisioningPlan, ProvisioningStep } from '../../shared/provisioning.ts'
import { presets } from '../../shared/provisioning-presets.ts'

const stateWords = { done: 'done', todo: 'to do', blocked: 'blocked' } as const

const line = (mark: string, words: string): string => `  ${mark.padEnd(8)} ${words}`
const below = (words: string): string => `           ${words}`

const stepText = ({ state, title, found, remedy }: ProvisioningStep): string[] => [
  line(stateWords[state], `${title}${found.length === 0 ? '' : ` (now: ${found.join(', ')})`}`),
  ...(remedy === null ? [] : [below(remedy)]),
]

const checkText = ({ outcome, title, seen, details, remedy }: ProvisioningCheck): string[] => [
  line(outcome, `${title}: ${seen}`),
  ...(outcome === 'ok' ? [] : details.map((detail) => below(`- ${detail}`))),
  ...(remedy === null ? [] : [below(remedy)]),
]

const accessText = ({ accessRules, settings }: ProvisioningPlan): string[] => {
  if (accessRules === null) return ['Who may connect', `  ${presets[settings.preset].network}`]
  const { file, lines, reload } = accessRules
  return [`For ${file}, then: ${reload}`, ...lines.map((text) => `  ${text}`)]
}

/** A plan for people who read it in a terminal. */
export const planText = (plan: ProvisioningPlan, { withScript }: { withScript: boolean }): string =>
  [
    `Database ${plan.settings.database}, as ${plan.runsAs} (${presets[plan.settings.preset].title})`,
    ...plan.steps.flatMap(stepText),
    '',
    'Checks',
    ...plan.checks.flatMap(checkText),
    '',
    ...accessText(plan),
    ...(withScript ? ['', plan.script === '' ? 'There is nothing to run.' : plan.script.trimEnd()] : []),
  ].join('\n')

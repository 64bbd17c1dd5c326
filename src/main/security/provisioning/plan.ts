import { createHash } from 'node:crypto'
import type {
  ProvisioningPlan,
  ProvisioningSettings,
  ProvisioningStep,
} from '../../../shared/provisioning.ts'
import { presets } from '../../../shared/provisioning-presets.ts'
import type { Reached } from './checks/check.ts'
import { hbaChecks } from './checks/hba.ts'
import { serverChecks } from './checks/server.ts'
import type { Facts } from './facts.ts'
import { accessLines } from './hba/lines.ts'
import { masked, scriptOf } from './script.ts'
import { isTodo, type Step } from './step.ts'

const shown = (one: Step): ProvisioningStep => ({
  id: one.id,
  title: one.title,
  why: one.why,
  state: !isTodo(one) ? 'done' : one.refusal === null ? 'todo' : 'blocked',
  found: one.found,
  sql: one.statements.map((statement) => `${statement(masked)};`),
  remedy: one.refusal,
})

/** SHA-256 of what would run, with masks for verifiers: those are new each time. */
export const fingerprintOf = (script: string): string => createHash('sha256').update(script).digest('hex')

/** What people see of the steps, beside what was checked and what belongs into pg_hba.conf. */
export const planOf = (
  facts: Facts,
  steps: readonly Step[],
  settings: ProvisioningSettings,
  reached: Reached,
): ProvisioningPlan => {
  const preset = presets[settings.preset]
  const script = scriptOf(facts, steps, settings.database)
  const looked = { settings, preset, cluster: facts.cluster, server: facts.server, reached }
  return {
    settings,
    runsAs: facts.cluster.me,
    steps: steps.map(shown),
    checks: [...hbaChecks(looked), ...serverChecks(looked)],
    accessRules:
      preset.hba === null
        ? null
        : {
            file: facts.server.settings.get('hba_file') ?? preset.hba.file,
            lines: accessLines(settings),
            reload: preset.hba.reload,
          },
    script,
    fingerprint: fingerprintOf(script),
  }
}

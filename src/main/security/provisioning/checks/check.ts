import type { ProvisioningCheck, ProvisioningSettings } from '../../../../shared/provisioning.ts'
import type { Preset } from '../../../../shared/provisioning-presets.ts'
import type { ClusterFacts } from '../cluster-facts.ts'
import type { ServerFacts } from '../server-facts.ts'

/** How this session reached the server. */
export type Reached = { port: number; tlsMode: string | null; isLocal: boolean }

/** What a check looks at. */
export type Looked = {
  settings: ProvisioningSettings
  preset: Preset
  cluster: ClusterFacts
  server: ServerFacts
  reached: Reached
}

type About = Pick<ProvisioningCheck, 'id' | 'title'>

export const ok = (about: About, seen: string, details: string[] = []): ProvisioningCheck => ({
  ...about,
  outcome: 'ok',
  seen,
  details,
  remedy: null,
})

export const wrong = (
  about: About,
  outcome: Exclude<ProvisioningCheck['outcome'], 'ok'>,
  seen: string,
  remedy: string,
  details: string[] = [],
): ProvisioningCheck => ({ ...about, outcome, seen, remedy, details })

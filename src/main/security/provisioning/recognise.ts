import type { ProvisioningSuggestion } from '../../../shared/provisioning.ts'
import type { ServerFacts } from './server-facts.ts'

/** The preset that fits a server, by what only that kind of server has. */
export const recognise = ({
  version,
  settings,
  marks,
}: Pick<ServerFacts, 'version' | 'settings' | 'marks'>): Pick<
  ProvisioningSuggestion,
  'preset' | 'because'
> => {
  if (marks.includes('rds_superuser') || settings.has('rds.extensions')) {
    return { preset: 'rds', because: 'There is a role rds_superuser.' }
  }
  if (marks.includes('azure_pg_admin') || settings.has('azure.extensions')) {
    return { preset: 'azure', because: 'There is a role azure_pg_admin.' }
  }
  if (marks.includes('supabase_admin'))
    return { preset: 'supabase', because: 'There is a role supabase_admin.' }
  if (/^PostgreSQL \S+ \(Homebrew\)/.test(version))
    return { preset: 'homebrew', because: 'Its version says Homebrew.' }
  // At its beginning only: further on stands what the compiler was made for.
  const [, system] = /^PostgreSQL \S+ \((Debian|Ubuntu) /.exec(version) ?? []
  if (system !== undefined) return { preset: 'debian', because: `Its version says ${system}.` }
  return { preset: 'other', because: 'It has no mark of a service or a distribution.' }
}

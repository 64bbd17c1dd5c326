import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { superuser } from '../../src/main/sandbox/connect.ts'

type State = {
  folder: string
  primaryPort: number
  superuserPassword: string
  personas: { name: string; user: string; password: string }[]
}

/**
 * One of the sandbox's people, or who made it, on its primary as a URL with the password. A console with the sample servers
 * must be up.
 */
export const personaUrl = (name: 'dba' | 'reviewer' | 'operator' | 'superuser'): string => {
  const sandbox = join(process.env.E2E_HOME ?? '', 'sandbox')
  const state = JSON.parse(readFileSync(join(sandbox, 'sandbox.json'), 'utf8')) as State
  const { user, password } =
    name === 'superuser'
      ? { user: superuser, password: state.superuserPassword }
      : (state.personas.find((persona) => persona.name === name) ?? {})
  const authority = encodeURIComponent(join(sandbox, 'servers', state.folder, 'ca.crt'))
  return `postgresql://${user}:${password}@127.0.0.1:${state.primaryPort}/viruj_erp?sslmode=verify-full&sslrootcert=${authority}`
}

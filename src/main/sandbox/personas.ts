import type pg from 'pg'
import { randomPassword, scramVerifier } from '../session/scram.ts'
import type { Persona } from './sandbox-folder.ts'
import { replicator } from './settings.ts'

const createRole = (user: string, password: string, options: string): string =>
  `create role "${user}" login ${options} password '${scramVerifier(password)}'`

/** What the operator sees of the ten plants. */
const operatorPlants = ['HYD-1', 'HYD-2', 'HYD-3']

/** Creates the log-in roles of the three people, with passwords of their own. The schema must exist. */
export const createPersonas = async (client: pg.ClientBase): Promise<Persona[]> => {
  const personas: Persona[] = []
  for (const [name, groups] of [
    ['dba', 'viruj_dba, pg_monitor'],
    ['reviewer', 'viruj_reviewer'],
    ['operator', 'viruj_operator'],
  ] as const) {
    const persona = { name, user: `${name}-1`, password: randomPassword() }
    await client.query(createRole(persona.user, persona.password, `in role ${groups}`))
    personas.push(persona)
    if (name === 'operator') {
      await client.query(
        'insert into public.plant_access (role_name, plant) select $1, plant from unnest($2::text[]) plant',
        [persona.user, operatorPlants],
      )
    }
  }
  // The sandbox is there to be failed over, too.
  await client.query(
    'grant execute on function pg_promote(boolean, integer), pg_wal_replay_pause(), pg_wal_replay_resume() to viruj_dba',
  )
  return personas
}

/** Creates the role that the standby logs in with. */
export const createReplicator = async (client: pg.ClientBase, password: string): Promise<void> => {
  await client.query(createRole(replicator, password, 'replication connection limit 2'))
}

import { defaultSettings } from '../../shared/provisioning.ts'
import type { Access } from '../security/provisioning/access.ts'
import { provisionWithoutLogIn } from '../security/provisioning/provision.ts'
import { connectAsSuperuser, databaseName } from './connect.ts'

/** Database, groups and statistics of the sample server, as provisioning makes them on any other one. */
export const provisionSandbox = (
  server: { port: number; ca: string; password: string },
  signal: AbortSignal = new AbortController().signal,
): Promise<void> => {
  const access: Access = {
    async open(database) {
      const client = await connectAsSuperuser({ ...server, database: database ?? 'postgres' })
      return {
        client,
        pid: null,
        explain: (error) => (error instanceof Error ? error : new Error('The sample server failed.')),
        end: () => client.end(),
      }
    },
  }
  return provisionWithoutLogIn(
    access,
    { ...defaultSettings, preset: 'other', database: databaseName, applicationNetworks: ['127.0.0.1/32'] },
    { reason: 'The sandbox is made', signal },
  )
}

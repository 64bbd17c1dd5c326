import { newStorage } from '../../shared/storage.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { ExtraProfile } from '../session/profiles.ts'

const titles = { dba: 'DBA', reviewer: 'Compliance reviewer', operator: 'Operator' } as const

/** The sandbox's people as profiles, and its standby for the first of them. Their passwords are never asked for. */
export const sandboxProfiles = (sandbox: Sandbox): ExtraProfile[] => {
  const { secretAccessKey, ...bucket } = sandbox.storage
  const connection = {
    source: 'sandbox',
    hasSecret: true,
    hasStorageSecret: true,
    environment: 'development',
    database: sandbox.database,
    tlsMode: 'verify-full',
    caFile: sandbox.caFile,
    allowWeakAuthentication: false,
    role: null,
    // What a reviewer may write is a review, and the record of what was revealed; an operator, documents and signatures.
    readOnly: false,
    migrationsFolder: null,
    storage: { ...newStorage, ...bucket, pathStyle: true },
    thresholds: {},
    statementTimeout: 60,
    connectTimeout: 10,
    idleDisconnect: 0,
  } as const
  const people = sandbox.personas.map(
    ({ name, user, password }): ExtraProfile => ({
      password,
      storageSecret: secretAccessKey,
      profile: {
        ...connection,
        id: `sandbox-${name}`,
        name: titles[name],
        user,
        hosts: [sandbox.primary, sandbox.standby],
        targetSessionAttrs: 'primary',
      },
    }),
  )
  const [dba] = people
  if (dba === undefined) return []
  return [
    ...people,
    {
      password: dba.password,
      storageSecret: dba.storageSecret,
      profile: {
        ...dba.profile,
        id: 'sandbox-standby',
        name: 'DBA on the standby',
        hosts: [sandbox.standby],
        targetSessionAttrs: 'standby',
      },
    },
  ]
}

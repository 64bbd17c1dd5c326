import type pg from 'pg'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { openSession, type Session } from '../../src/main/session/session.ts'
import { newStorage, type StorageSettings } from '../../src/shared/storage.ts'
import { testCredential } from './object-server.ts'
import {
  createDatabase,
  createRole,
  type ServerAddress,
  type TestDatabase,
  type TestRole,
} from './postgres.ts'
import { noAbort, profileOf } from './session.ts'
import { uploadsOver } from './upload-page.ts'

/** The schema of the ERP, with an operator who sees the plant HYD-1. */
export const createDocumentDatabase = async (
  on?: ServerAddress,
): Promise<{
  database: TestDatabase
  owner: pg.Client
  operator: TestRole
  [Symbol.asyncDispose](): Promise<void>
}> => {
  const where = on === undefined ? {} : { on }
  const database = await createDatabase(where)
  const owner = await database.client()
  await applySchema(owner)
  const operator = await createRole({ ...where, as: 'in role viruj_operator' })
  await owner.query(`set audit.reason = 'A test'`)
  await owner.query(`insert into plant_access (role_name, plant) values ($1, 'HYD-1')`, [operator.user])
  return {
    database,
    owner,
    operator,
    async [Symbol.asyncDispose]() {
      await database.drop()
      await operator.drop()
    },
  }
}

/** Settings for the bucket `documents` of a test's object server. */
export const storageAt = (url: string, changes: Partial<StorageSettings> = {}): StorageSettings => ({
  ...newStorage,
  endpoint: url,
  bucket: 'documents',
  prefix: 'erp/',
  pathStyle: true,
  accessKeyId: testCredential.accessKeyId,
  allowedTypes: [...newStorage.allowedTypes, 'application/octet-stream'],
  ...changes,
})

/** An operator of such a database with a storage, and a page of theirs. */
export const openUploads = async (
  on: { database: TestDatabase; operator: TestRole },
  storage: StorageSettings | null,
  options: { secret?: string | null; port?: number; wrap?: (session: Session) => Session } = {},
) => {
  const { database, operator } = on
  const {
    secret = testCredential.secretAccessKey,
    port = database.port,
    wrap = (session) => session,
  } = options
  const session = await openSession({
    sessionId: 'uploads',
    profile: profileOf({ ...database, ...operator, port }, { readOnly: false, storage }),
    password: operator.password,
    storageSecret: secret,
    signal: noAbort(),
    onState: () => undefined,
  })
  return uploadsOver(wrap(session))
}

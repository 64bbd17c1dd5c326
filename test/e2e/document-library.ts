import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Page } from '@playwright/test'
import type pg from 'pg'
import { startObjectServer } from '../../src/main/object-server/object-server.ts'
import type { Switches } from '../../src/main/object-server/options.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { storageAt } from '../support/documents.ts'
import { s3Client, testCredential } from '../support/object-server.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
import { openDocuments } from './open-documents.ts'
import { test as own } from './own-server.ts'

type Library = {
  library: {
    database: TestDatabase
    owner: pg.Client
    url: string
    /** Puts a document where an upload would have left it. Returns its id. */
    store(filename: string, type: string, body: Buffer, plant?: string): Promise<string>
    client: S3Client
    switches: Switches
    folder: string
    roleOf(group: string): Promise<TestRole>
  }
}

/** A database with documents and their bucket, for each test anew. */
export const test = own.extend<Library>({
  library: async ({ server, folder }, use) => {
    const on = server.address
    const objects = join(folder, `objects-${Date.now()}`)
    const switches: Switches = {}
    const storage = await startObjectServer({ folder: objects, credentials: [testCredential], switches })
    const client = s3Client(storage.url)
    await client.send(new CreateBucketCommand({ Bucket: 'documents', ObjectLockEnabledForBucket: true }))
    const database = await createDatabase({ on })
    const roles: TestRole[] = []
    const owner = await database.client()
    await applySchema(owner)
    await owner.query(`set audit.reason = 'Scanned records of the week'`)
    await use({
      database,
      owner,
      client,
      switches,
      url: storage.url,
      folder: objects,
      async store(filename, type, body, plant = 'HYD-1') {
        const key = `erp/${plant.toLowerCase()}/${filename}`
        const { VersionId } = await client.send(
          new PutObjectCommand({ Bucket: 'documents', Key: key, Body: body, ContentType: type }),
        )
        const { rows } = await owner.query(
          `insert into documents (filename, plant, site, bytes, sha256, content_type, s3_bucket, s3_key, s3_version, state, stored_at)
           values ($1, $2, 'qc-lab', $3, $4, $5, 'documents', $6, $7, 'stored', now()) returning id`,
          [filename, plant, body.length, hashOf(body), type, key, VersionId],
        )
        return String(rows[0].id)
      },
      async roleOf(group) {
        const role = await createRole({ on, as: `in role ${group}` })
        roles.push(role)
        await owner.query(`insert into plant_access (role_name, plant) values ($1, 'HYD-1'), ($1, 'VIZ-1')`, [
          role.user,
        ])
        return role
      },
    })
    client.destroy()
    await storage.close()
    await database.drop()
    for (const role of roles) await role.drop()
  },
})

export const hashOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

/** Opens the documents as somebody of a group, who sees two plants where the group does not see all. */
export const openAs = async (
  page: Page,
  { database, url, roleOf }: Library['library'],
  group: string,
  options: { storage?: null; readOnly?: boolean } = {},
): Promise<void> =>
  openDocuments(page, {
    database,
    role: await roleOf(group),
    storage: storageAt(url),
    storageSecret: testCredential.secretAccessKey,
    ...options,
  })

import type { Page } from '@playwright/test'
import type { StorageSettings } from '../../src/shared/storage.ts'
import type { TestDatabase, TestRole } from '../support/postgres.ts'
import { profileOf } from '../support/session.ts'
import { askConsole } from './ask-console.ts'
import { connectTo } from './new-connection.ts'
import { expect } from './own-server.ts'

/** Connects as a role, over a connection with this storage, which may write unless told otherwise, and opens the documents. One of them has to be there. */
export const openDocuments = async (
  page: Page,
  on: {
    database: TestDatabase
    role: TestRole
    storage: StorageSettings | null
    storageSecret: string
    readOnly?: boolean
  },
): Promise<void> => {
  const { database, role, storage, storageSecret, readOnly = false } = on
  const draft = {
    ...profileOf({ ...database, ...role, database: database.database }, { readOnly }),
    name: role.user,
    storage,
  }
  await askConsole(page, 'profiles.save', {
    id: null,
    draft,
    secret: { kind: 'memory', password: role.password },
    ...(storage !== null && { storageSecret: { kind: 'memory', password: storageSecret } }),
  })
  await page.reload()
  await connectTo(page, role.user)
  await page.getByRole('link', { name: 'Documents' }).click()
  await expect(page.getByRole('grid', { name: 'Documents' }).getByRole('gridcell').first()).toBeVisible()
}

import type { Page } from '@playwright/test'
import { loopback } from '../../src/shared/loopback.ts'
import type { StorageSettings } from '../../src/shared/storage.ts'
import type { TestDatabase, TestRole } from '../support/postgres.ts'
import { profileOf } from '../support/session.ts'
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
  const status = await page.evaluate(
    async ({ input, header, key }) => {
      const answer = await fetch('/rpc/profiles.save', {
        method: 'POST',
        headers: { 'content-type': 'application/json', [header]: sessionStorage.getItem(key) ?? '' },
        body: JSON.stringify(input),
      })
      return answer.status
    },
    {
      header: loopback.tabHeader,
      key: loopback.tabKey,
      input: {
        id: null,
        draft,
        secret: { kind: 'memory', password: role.password },
        ...(storage !== null && { storageSecret: { kind: 'memory', password: storageSecret } }),
      },
    },
  )
  expect(status).toBe(200)
  await page.reload()
  await connectTo(page, role.user)
  await page.getByRole('link', { name: 'Documents' }).click()
  await expect(page.getByRole('grid', { name: 'Documents' }).getByRole('gridcell').first()).toBeVisible()
}

import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { connectAs, openScreen } from './session.ts'

test.describe('axe finds nothing serious', () => {
  test.beforeEach(() => {
    // axe looks at every element of a dozen states, twice.
    test.setTimeout(420_000)
  })

  test('on the connections and their dialogs', async ({ page }) => {
    await expect(page.getByRole('button', { name: 'Connect to DBA', exact: true })).toBeVisible()
    await expectAccessible(page, 'connections')

    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await expect(page.getByRole('region', { name: /^Test of / }).first()).toBeVisible()
    await expectAccessible(page, 'test of a connection')

    await page.getByRole('button', { name: 'New connection' }).click()
    const editor = page.getByRole('dialog', { name: 'New connection' })
    await editor.getByText('Role, limits and more').click()
    await editor.getByRole('button', { name: 'Save' }).click()
    await expect(editor.getByText('Name the database.')).toBeVisible()
    await expectAccessible(page, 'editor with mistakes')

    await editor.getByLabel('Import from URL').fill('postgres://clerk@127.0.0.1:9/ledger')
    await editor.getByRole('button', { name: 'Fill in' }).click()
    await editor.getByLabel('Name', { exact: true }).fill('Nobody there')
    await editor.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Connect to Nobody there' }).click()
    const prompt = page.getByRole('dialog', { name: 'Password' })
    await prompt.getByRole('button', { name: 'Connect' }).click()
    await expect(prompt).toContainText('127.0.0.1:9')
    await expectAccessible(page, 'password that failed')
    await prompt.getByRole('button', { name: 'Cancel' }).last().click()

    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await expectAccessible(page, 'removal')
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(page.getByRole('dialog')).toBeHidden()
  })

  test('on the screens of a session, its palette, help and menus', async ({ page }) => {
    await connectAs(page, 'DBA')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('public.doc')
    await expect(page.getByRole('option').first()).toBeVisible()
    await expectAccessible(page, 'palette')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
    await expectAccessible(page, 'keyboard help')
    await page.keyboard.press('Escape')
    await page.getByRole('banner').getByRole('button', { name: 'viruj_erp' }).click()
    await expect(page.getByRole('menuitem', { name: 'Connections' })).toBeVisible()
    await expectAccessible(page, 'menu of the session')
    await page.keyboard.press('Escape')

    for (const title of ['Metadata', 'Documents', 'Audit log']) {
      await openScreen(page, title)
      await expectAccessible(page, title)
    }
    await page.getByRole('button', { name: 'actor any person' }).click()
    await expect(page.getByLabel('Find a value of actor')).toBeVisible()
    await expectAccessible(page, 'values of a filter')
    await page.keyboard.press('Escape')

    for (const title of ['Migrations', 'Drift']) {
      await page.getByRole('link', { name: title, exact: true }).click()
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
      await expect(page.locator('.skeleton')).toHaveCount(0)
      await expectAccessible(page, title)
    }
  })

  test('on rows, their inspector, filters and columns, and on the structure of a table', async ({ page }) => {
    await connectAs(page, 'DBA')
    await expect(page.getByRole('treeitem').first()).toBeVisible()
    await expectAccessible(page, 'no table chosen')
    await page.getByLabel('Filter objects by name').fill('documents')
    await page.getByRole('treeitem', { name: 'documents' }).first().click()
    await page.getByRole('gridcell').first().click()
    await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeVisible()
    await expectAccessible(page, 'rows and inspector')
    await page.getByRole('button', { name: '+ filter' }).click()
    await expectAccessible(page, 'editor of a filter')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Columns' }).click()
    await expect(page.getByLabel('Find a column')).toBeVisible()
    await expectAccessible(page, 'choice of columns')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Column filename' }).click()
    await expect(page.getByRole('menuitem', { name: 'Sort' }).first()).toBeVisible()
    await expectAccessible(page, 'menu of a column')
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Structure' }).click()
    await expect(page.getByRole('cell', { name: 'sha256' }).first()).toBeVisible()
    await expectAccessible(page, 'structure')
    await page.getByRole('tab', { name: 'DDL' }).click()
    await expect(page.locator('.code-view')).toContainText('CREATE TABLE')
    await expectAccessible(page, 'DDL')
  })

  test('on a plan of migrations, their history, and a diagram', async ({ page }) => {
    await connectAs(page, 'DBA')
    await page.getByRole('link', { name: 'Migrations' }).click()
    await expect(page.getByRole('listbox', { name: 'Migrations' })).toBeVisible()
    await expect(page.locator('.view-lines').first()).toBeVisible()
    await page.keyboard.press('r')
    await expect(page.getByLabel('Reason')).toBeVisible()
    await expectAccessible(page, 'plan')
    await page.getByRole('button', { name: 'History' }).click()
    await expect(page.getByRole('region', { name: 'Chosen run' })).toBeVisible()
    await expectAccessible(page, 'history of migrations')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('diagram of public')
    await page.getByRole('option', { name: 'Diagram of public' }).click()
    await page.getByRole('group', { name: /^table documents,/ }).focus()
    await expect(page.getByRole('complementary', { name: 'Chosen table' })).toBeVisible()
    await expectAccessible(page, 'diagram')
  })

  test('where something is refused', async ({ page }) => {
    await connectAs(page, 'Operator')
    await page.getByLabel('Filter objects by name').fill('audit_logs')
    await page.getByRole('treeitem', { name: 'audit_logs' }).first().click()
    await expect(page.getByRole('alert')).toBeVisible()
    await expectAccessible(page, 'no privilege')
  })
})

import type { Page } from '@playwright/test'
import type pg from 'pg'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { jpeg, png, pngOfBytes } from '../support/images.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
import { expectAccessible } from './axe.ts'
import { connectTo, makeConnection } from './new-connection.ts'
import { expect, test as own } from './own-server.ts'

type Signers = {
  /** A migrated database with three people: ann, bob, and a program. */
  signers: { database: TestDatabase; owner: pg.Client; roleOf: (group: string) => Promise<TestRole> }
}

const test = own.extend<Signers>({
  signers: async ({ server }, use) => {
    const on = server.address
    const database = await createDatabase({ on })
    const roles: TestRole[] = []
    const owner = await database.client()
    await applySchema(owner)
    await owner.query(`insert into users (email, password_hash, role) values
      ('ann@example.com', '!', 'operator'), ('bob@example.com', '!', 'reviewer'), ('mailer@example.com', '!', 'service')`)
    await use({
      database,
      owner,
      async roleOf(group) {
        const role = await createRole({ on, as: `in role ${group}` })
        roles.push(role)
        return role
      },
    })
    await database.drop()
    for (const role of roles) await role.drop()
  },
})

type Opened = { group: string; writes?: boolean; environment?: 'production' }

const openAs = async (page: Page, { database, roleOf }: Signers['signers'], as: Opened): Promise<void> => {
  const { group, writes = true, environment } = as
  const role = await roleOf(group)
  const name = role.user
  const url = new URL(database.url)
  url.username = role.user
  url.password = role.password
  await makeConnection(page, { name, url: url.href, writes, ...(environment && { environment }) })
  await connectTo(page, name)
  await page.getByRole('link', { name: 'Signatures' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Signatures' })).toBeVisible()
}

const stored = async (owner: pg.Client) =>
  (
    await owner.query<{ email: string; image: Buffer; state: string }>(`
      select email, image, case when superseded_by is not null then 'superseded' when revoked_at is not null then 'revoked' else 'in force' end as state
        from signatures s join users u on u.id = s.user_id order by s.id`)
  ).rows

const addDialog = async (page: Page, person: string) => {
  await page.getByRole('button', { name: 'Add a signature' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a signature' })
  await dialog.getByRole('combobox', { name: 'Person' }).fill(person)
  await page.getByRole('option', { name: `${person}@example.com` }).click()
  return dialog
}

const imageFile = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/png', buffer })

test('a signature is uploaded, replaced and revoked, each for a reason, and none is lost', async ({
  page,
  signers,
}) => {
  const { owner } = signers
  await openAs(page, signers, { group: 'viruj_operator' })
  await expect(page.getByText('Nobody has one yet.')).toBeVisible()
  await expectAccessible(page, 'no signatures')

  const dialog = await addDialog(page, 'ann')
  await expectAccessible(page, 'upload')
  await dialog.getByLabel('Image of the signature').setInputFiles(imageFile('ann.png', png({ fill: 0 })))
  const preview = dialog.getByRole('region', { name: 'Preview' })
  await expect(preview).toContainText('PNG, 4 × 3 pixels')
  await expect(preview).toContainText('Its ground is transparent')
  await expect(preview.getByRole('img').first()).toBeVisible()
  await expect(dialog).toContainText('who has none in force')
  const store = dialog.getByRole('button', { name: 'Store the signature' })
  await expect(store).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('New signatory, HR-0931')
  await expectAccessible(page, 'preview')
  await store.click()
  await expect(dialog.getByRole('status')).toContainText('Stored as signature 1 of ann@example.com')
  await dialog.getByRole('button', { name: 'Done' }).click()

  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details.getByRole('heading', { name: 'ann@example.com' })).toBeVisible()
  await expect(details).toContainText('is that of its row')
  await expectAccessible(page, 'one signature')
  await details.getByRole('button', { name: 'Replace' }).click()
  const replace = page.getByRole('dialog', { name: 'Replace signature 1' })
  // As a person drops it.
  const dropped = await page.evaluateHandle(
    (bytes) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(bytes)], 'ann.jpg', { type: 'image/jpeg' }))
      return transfer
    },
    [...jpeg()],
  )
  await replace.getByText('or drop it here').dispatchEvent('drop', { dataTransfer: dropped })
  await expect(replace).toContainText('JPEG, 16 × 8 pixels')
  await expect(replace).toContainText('Its ground is not transparent')
  await expect(replace).toContainText('Signature 1 is superseded by it, and kept.')
  await replace.getByRole('textbox', { name: 'Reason' }).fill('Clearer scan')
  await replace.getByRole('button', { name: 'Replace signature 1' }).click()
  await expect(replace.getByRole('status')).toContainText('signature 1 is superseded and kept')
  await replace.getByRole('button', { name: 'Done' }).click()

  const list = page.getByRole('listbox', { name: 'Signatures' })
  await expect(list.getByRole('option')).toContainText([/^2.*in force/, /^1.*superseded/])
  await details.getByRole('button', { name: 'Revoke' }).click()
  const revoke = page.getByRole('dialog', { name: 'Revoke signature 2' })
  await expectAccessible(page, 'revoking')
  await revoke.getByRole('textbox', { name: 'Reason' }).fill('Left the company')
  await revoke.getByRole('button', { name: 'Revoke' }).click()
  await expect(revoke).toBeHidden()
  await expect(list.getByRole('option').first()).toContainText('revoked')
  await expect(details.getByRole('button', { name: 'Replace' })).toHaveCount(0)

  expect(await stored(owner)).toEqual([
    { email: 'ann@example.com', image: png({ fill: 0 }), state: 'superseded' },
    { email: 'ann@example.com', image: jpeg(), state: 'revoked' },
  ])
  const { rows } = await owner.query(
    `select op, reason from audit.event where table_name = 'signatures' and op <> 'DDL' and row_pk is not null order by id`,
  )
  expect(rows).toEqual([
    { op: 'INSERT', reason: 'New signatory, HR-0931' },
    { op: 'INSERT', reason: 'Clearer scan' },
    { op: 'UPDATE', reason: 'Clearer scan' },
    { op: 'UPDATE', reason: 'Left the company' },
  ])
})

test('what is no signature is refused with its reason, and another file can be chosen', async ({
  page,
  signers,
}) => {
  await openAs(page, signers, { group: 'viruj_operator' })
  const dialog = await addDialog(page, 'bob')
  const file = dialog.getByLabel('Image of the signature')
  for (const [image, words] of [
    [pngOfBytes(262_145), 'The image has 262,145 bytes; the table takes 262,144 at most.'],
    [png({ width: 40_000, height: 40_000, pixels: Buffer.alloc(1000) }), '40,000 × 40,000 pixels'],
    [png({ pixels: Buffer.alloc(10_000_000) }), 'not what its size promises'],
    [Buffer.concat([png(), Buffer.from('PK\x05\x06')]), '4 bytes follow the end of the image'],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'This is an SVG'],
    [png().subarray(0, 60), 'ends before it is whole'],
    // Its table of codes makes no sense.
    [Buffer.from(jpeg()).fill(0xff, 182, 198), 'its pixels cannot be drawn'],
    [Buffer.alloc(0), 'The file is empty.'],
  ] as const) {
    await file.setInputFiles(imageFile('signature.png', Buffer.from(image)))
    await expect(dialog.getByRole('alert')).toContainText(words)
  }
  await expectAccessible(page, 'refused image')
  await file.setInputFiles(imageFile('signature.png', pngOfBytes(262_144)))
  await expect(dialog.getByRole('region', { name: 'Preview' })).toContainText('256 kB')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect(await stored(signers.owner)).toEqual([])
})

test('a signature is drawn, mended, and stored as ink on a transparent ground, trimmed to it', async ({
  page,
  signers,
}) => {
  await openAs(page, signers, { group: 'viruj_operator' })
  const dialog = await addDialog(page, 'ann')
  await dialog.getByText('Sign here').click()
  const pad = dialog.getByRole('img', { name: /^Pad to sign on/ })
  const box = await pad.boundingBox()
  if (box === null) throw new Error('The pad is not drawn.')
  const line = async (fromX: number, toX: number) => {
    await page.mouse.move(box.x + fromX, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(box.x + toX, box.y + 90, { steps: 8 })
    await page.mouse.up()
  }
  await expect(dialog.getByRole('button', { name: 'Use this drawing' })).toBeDisabled()
  await line(60, 160)
  await line(300, 500)
  await expect(pad).toHaveAccessibleName('Pad to sign on, 2 lines drawn')
  await dialog.getByRole('button', { name: 'Undo' }).click()
  await expect(pad).toHaveAccessibleName('Pad to sign on, 1 line drawn')
  await expectAccessible(page, 'drawing')
  await dialog.getByRole('button', { name: 'Use this drawing' }).click()
  const preview = dialog.getByRole('region', { name: 'Preview' })
  await expect(preview).toContainText('Its ground is transparent')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Signed at the desk')
  await dialog.getByRole('button', { name: 'Store the signature' }).click()
  await expect(dialog.getByRole('status')).toContainText('Stored as signature 1')
  const { rows } = await signers.owner.query<{ width: number; height: number; media_type: string }>(
    'select width, height, media_type from signatures',
  )
  // The ink is 100 × 30 of the screen's pixels; with its margin, twice as fine, and nothing of the pad around.
  expect(rows).toMatchObject([{ media_type: 'image/png' }])
  expect(rows[0]?.width).toBeGreaterThan(190)
  expect(rows[0]?.width).toBeLessThan(280)
  expect(rows[0]?.height).toBeLessThan(130)
})

test('all images are held against their hashes, and a damaged one is named and not drawn', async ({
  page,
  signers,
}) => {
  const { owner } = signers
  await owner.query(`begin; set local audit.reason = 'A test';
    insert into signatures (user_id, image, sha256) select id, i, encode(sha256(i), 'hex')
      from users, decode('${png().toString('hex')}', 'hex') i where role <> 'service'; commit`)
  await openAs(page, signers, { group: 'viruj_operator' })
  const result = page.getByRole('region', { name: 'Verification' })
  await page.getByRole('button', { name: 'Verify all' }).click()
  await expect(result).toContainText('All 2 images')
  await owner.query(`begin; set local audit.reason = 'A test';
    alter table signatures drop constraint signatures_sha256_check;
    update signatures set image = set_byte(image, octet_length(image) - 1, 0) where id = 2; commit`)
  await page.getByRole('button', { name: 'Verify all' }).click()
  await expect(result).toContainText('1 signature of 2 is not as stored.')
  await expect(result).toContainText('Signature 2: Its image is not the one that its hash was taken of.')
  await page.reload()
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details.getByRole('alert')).toContainText('Not shown')
  await expect(details.getByRole('img')).toHaveCount(0)
  await expectAccessible(page, 'damage')
})

test('production asks for the name of the database before the first signature', async ({ page, signers }) => {
  await openAs(page, signers, { group: 'viruj_operator', environment: 'production' })
  const dialog = await addDialog(page, 'ann')
  await dialog.getByLabel('Image of the signature').setInputFiles(imageFile('ann.png', png()))
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('New signatory')
  await dialog.getByRole('button', { name: 'Store the signature' }).click()
  const confirm = page.getByRole('dialog', { name: 'Write to production' })
  await confirm.getByLabel('Name of the database').fill(signers.database.database)
  await confirm.getByRole('button', { name: 'Allow changes in this session' }).click()
  await expect(dialog.getByRole('status')).toContainText('Stored as signature 1')
})

test('a reviewer sees whose signatures there are and no image, and who only reads is told why nothing can be changed', async ({
  page,
  signers,
}) => {
  await signers.owner.query(`begin; set local audit.reason = 'A test';
    insert into signatures (user_id, image, sha256) select id, i, encode(sha256(i), 'hex')
      from users, decode('${png().toString('hex')}', 'hex') i where email = 'ann@example.com'; commit`)
  await openAs(page, signers, { group: 'viruj_reviewer' })
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details).toContainText('This role may not see images of signatures.')
  await expect(page.getByRole('main')).toContainText('this role only looks')
  await expect(page.getByRole('main')).not.toContainText('ann@example.com')
  for (const name of ['Add a signature', 'Verify all', 'Replace', 'Revoke']) {
    await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0)
  }
  await expectAccessible(page, 'reviewer')
  await page.getByRole('banner').getByRole('button', { name: signers.database.database }).click()
  await page.getByRole('menuitem', { name: 'Connections' }).click()
  await openAs(page, signers, { group: 'viruj_operator', writes: false })
  await expect(page.getByText('this connection is read-only')).toBeVisible()
  await expect(details.getByRole('img')).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'Add a signature' })).toHaveCount(0)
  await expect(details.getByRole('button', { name: 'Revoke' })).toHaveCount(0)
})

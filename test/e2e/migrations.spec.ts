import type { Page } from '@playwright/test'
import { destructive, expect, test } from './migrations-console.ts'

const reason = 'CR-1204: plants get their own codes'

/** From the plan that is on screen to the end of its run. */
const runPlan = async (page: Page, button: RegExp): Promise<void> => {
  await page.getByLabel('Reason').fill(reason)
  await page.getByRole('button', { name: button }).click()
}

const panel = (page: Page, name: string) => page.getByRole('complementary', { name })

test('pending migrations are planned, applied with a reason, taken back, and stand in the history', async ({
  page,
  migrating,
}) => {
  test.setTimeout(90_000)
  const target = await migrating.target()
  await target.enter(page)
  await expect(page.getByText(/^no history yet · 3 pending · runs as /)).toBeVisible()
  await expect(page.getByRole('option', { name: /0003_email.*pending/ })).toBeVisible()
  await expect(page.getByText('migration lock free')).toBeVisible()

  // Two words of the file are enough to know that it is the right one.
  await page.getByRole('option', { name: /0002_plant/ }).click()
  await expect(page.getByRole('heading', { name: '0002_plant.up.sql' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'SQL' })).toContainText('references')
  await page.getByRole('button', { name: 'Down', exact: true }).click()
  await expect(page.getByRole('heading', { name: '0002_plant.down.sql' })).toBeVisible()

  await page.getByRole('button', { name: 'Plan 3 pending' }).click()
  const plan = panel(page, 'Plan')
  await expect(plan).toContainText('3 migrations, 5 statements')
  const apply = page.getByRole('button', { name: 'Apply 0001 to 0003' })
  await expect(apply).toBeDisabled()
  await runPlan(page, /^Apply 0001 to 0003$/)
  await expect(panel(page, 'Run')).toContainText('3 migrations applied')
  await expect(panel(page, 'Run')).toContainText('The database is at 0003.')
  await expect(page.getByText('at 0003 · 0 pending')).toBeVisible()
  await page.getByRole('button', { name: 'Close', exact: true }).click()

  await page.keyboard.press('r')
  await expect(plan).toContainText('1 migration, 1 statement')
  // Taking the migration back takes a column with its content.
  await plan.getByLabel('Name of what is taken away: public.person.email').fill('public.person.email')
  await runPlan(page, /^Roll back 0003$/)
  await expect(panel(page, 'Run')).toContainText('1 taken back')
  await expect(page.getByText('at 0002 · 1 pending')).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Screens' }).getByLabel('1 not applied')).toBeVisible()
  await page.getByRole('button', { name: 'Close', exact: true }).click()

  await page.keyboard.press('h')
  const runs = page.getByRole('listbox', { name: 'Runs, the last one first' })
  await expect(runs.getByRole('option')).toHaveCount(4)
  await expect(runs.getByRole('option').first()).toContainText('0003_email')
  await expect(runs.getByRole('option').first()).toContainText('taken back')
  await expect(page.getByRole('region', { name: 'Chosen run' })).toContainText(reason)
})

test('a run goes on when its tab is closed, and the next one finds it', async ({
  page,
  migrating,
  context,
}) => {
  test.setTimeout(90_000)
  const target = await migrating.target()
  const client = await target.database.client()
  // Long work, as long as the test wants it.
  await client.query('create table go_on ()')
  target.write({
    '0004_long.up.sql':
      'do $$ begin while not exists (select from go_on) loop perform pg_sleep(0.05); end loop; end $$;\n',
  })

  const closing = await context.newPage()
  await target.enter(closing)
  await closing.getByRole('button', { name: 'Plan 4 pending' }).click()
  await expect(panel(closing, 'Plan')).toContainText('4 migrations')
  await runPlan(closing, /^Apply 0001 to 0004$/)
  await expect(panel(closing, 'Run')).toContainText('5 of 6 statements')
  await closing.close()

  await target.enterAgain(page)
  await expect(panel(page, 'Run')).toContainText('5 of 6 statements')
  await expect(page.getByText(/^migration lock held by test_owner/)).toBeVisible()
  await client.query('insert into go_on default values')
  await expect(panel(page, 'Run')).toContainText('The database is at 0004.', { timeout: 30_000 })
})

test('what takes a table away runs only once its name is typed', async ({ page, migrating }) => {
  test.setTimeout(90_000)
  const target = await migrating.target('production')
  const client = await target.database.client()
  target.write(destructive)
  await target.enter(page)
  await page.getByRole('button', { name: 'Plan 4 pending' }).click()
  await runPlan(page, /^Apply 0001 to 0004$/)
  // Production: the name of the database first, once a session.
  const confirm = page.getByRole('dialog', { name: 'Write to production' })
  await confirm.getByLabel('Name of the database').fill(target.database.database)
  await confirm.getByRole('button', { name: 'Allow changes in this session' }).click()
  await expect(panel(page, 'Run')).toContainText('The database is at 0004.')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  expect((await client.query("select to_regclass('old_note') as gone")).rows).toEqual([{ gone: null }])

  // From here on the table is there with what it holds.
  await expect(page.getByText('at 0004 · 0 pending')).toBeVisible()
  await page.keyboard.press('r')
  await expect(panel(page, 'Plan')).toBeVisible()
  await runPlan(page, /^Roll back 0004$/)
  await expect(panel(page, 'Run')).toContainText('1 taken back')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await client.query("insert into old_note values (1, 'kept')")
  await page.getByRole('button', { name: 'Plan 1 pending' }).click()
  await page.getByLabel('Reason').fill(reason)
  const apply = page.getByRole('button', { name: 'Apply 0004' })
  await expect(apply).toBeDisabled()
  await page.getByLabel('Name of what is taken away: public.old_note').fill('public.old_not')
  await expect(apply).toBeDisabled()
  await page.getByLabel('Name of what is taken away: public.old_note').fill('public.old_note')
  await apply.click()
  await expect(panel(page, 'Run')).toContainText('The database is at 0004.')
})

test('a read-only session, a changed file and a folder that is not there say what is the matter', async ({
  page,
  migrating,
}) => {
  test.setTimeout(90_000)
  const target = await migrating.target('development')
  await target.enter(page)
  await page.getByRole('button', { name: 'Plan 3 pending' }).click()
  await runPlan(page, /^Apply/)
  await expect(panel(page, 'Run')).toContainText('The database is at 0003.')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  target.write({ '0002_plant.up.sql': 'create table plant (code text primary key);\n' })
  await page.keyboard.press('h')
  await page.keyboard.press('h')
  await page.reload()
  await expect(
    page.getByRole('alert').filter({ hasText: '0002_plant was changed since it was applied.' }),
  ).toBeVisible()
  await expect(page.getByRole('option', { name: /0002_plant.*file changed since/ })).toBeVisible()

  const readOnly = await migrating.target('development', { readOnly: true })
  await readOnly.enter(page)
  await expect(panel(page, 'About this migration')).toContainText('This session cannot apply it.')
  await page.keyboard.press('p')
  await expect(panel(page, 'Plan')).toContainText('This session cannot run it.')
  await expect(page.getByRole('button', { name: /^Apply/ })).toHaveCount(0)
})

test('a migration that was torn off asks what a person found, and goes on from the answer', async ({
  page,
  migrating,
}) => {
  test.setTimeout(120_000)
  for (const [answer, notes] of [
    ['It is done: go on with what comes after it', [1, 2]],
    ['It is not done: run it again', [1, 1, 2]],
  ] as const) {
    const target = await migrating.target()
    const client = await target.database.client()
    await client.query(`
      create table note (id int);
      create table go_on ();
      create procedure write_note() language plpgsql as $$
        begin
          insert into note values (1);
          commit;
          while not exists (select from go_on) loop perform pg_sleep(0.05); end loop;
        end $$`)
    const ids = async () => (await client.query('select id from note order by id')).rows.map(({ id }) => id)
    target.write({
      '0004_note.up.sql': '-- no-transaction\ncall write_note();\ninsert into note values (2);\n',
    })
    await target.enter(page)
    await page.getByRole('button', { name: 'Plan 4 pending' }).click()
    await runPlan(page, /^Apply 0001 to 0004$/)
    await expect.poll(ids, { timeout: 30_000 }).toEqual([1])
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%call write_note%' and pid <> pg_backend_pid()`,
    )
    await expect(panel(page, 'Run')).toContainText('It did not run through')
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await expect(
      page.getByRole('option', { name: /0004_note.*half applied, 0 of 2 statements/ }),
    ).toBeVisible()
    await client.query('insert into go_on default values')

    await page.getByRole('button', { name: 'Plan 1 pending' }).click()
    const question = panel(page, 'Plan').getByRole('radiogroup', { name: 'Line 2 of 0004 was sent' })
    await expect(question).toContainText('call write_note()')
    await page.getByLabel('Reason').fill(reason)
    await expect(page.getByRole('button', { name: 'Apply 0004' })).toBeDisabled()
    await question.getByLabel(answer).check()
    await page.getByRole('button', { name: 'Apply 0004' }).click()
    await expect(panel(page, 'Run')).toContainText('The database is at 0004.')
    expect(await ids()).toEqual(notes)
  }
})

test('a plan waits for a lock as long and as often as it was told, and the round trip says what differs', async ({
  page,
  migrating,
}) => {
  test.setTimeout(120_000)
  const target = await migrating.target()
  const client = await target.database.client()
  target.write({
    '0003_email.up.sql':
      'alter table person add email text;\nalter table busy add if not exists email text;\n',
    '0003_email.down.sql': 'alter table person drop email;\n',
    '0000_busy.up.sql': 'create table busy ();\n',
    '0000_busy.down.sql': 'drop table busy;\n',
  })
  await target.enter(page)
  await page.getByRole('option', { name: /0002_plant/ }).click()
  await page.getByRole('button', { name: 'Plan up to 0002' }).click()
  const wait = page.getByLabel('Seconds that a statement waits for a lock')
  const times = page.getByLabel('Times that what waited in vain is tried again')
  await expect(wait).toHaveValue('3')
  await expect(times).toHaveValue('5')
  const trip = page.getByRole('region', { name: 'Round trip' })
  await trip.getByRole('button', { name: 'Try up, down, up' }).click()
  await expect(trip.getByText('0002_plant: up, down and up again leaves no difference')).toBeVisible({
    timeout: 60_000,
  })
  await runPlan(page, /^Apply 0000 to 0002$/)
  await expect(panel(page, 'Run')).toContainText('The database is at 0002.')
  await page.getByRole('button', { name: 'Close', exact: true }).click()

  await page.getByRole('button', { name: 'Plan 1 pending' }).click()
  await trip.getByRole('button', { name: 'Try up, down, up' }).click()
  await expect(trip.getByText('0003_email: down and up again leaves a difference')).toBeVisible({
    timeout: 60_000,
  })
  await expect(trip).toContainText('busy.email')
  // What was found of a file says nothing of it once it is another one.
  target.write({ '0003_email.down.sql': 'alter table person drop email;\nalter table busy drop email;\n' })
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('button', { name: 'Plan 1 pending' }).click()
  await expect(trip).toContainText('the files have changed since they were tried')
  await expect(trip).not.toContainText('leaves a difference')
  await client.query('begin; lock table busy')
  await page.getByLabel('Reason').fill(reason)
  const apply = page.getByRole('button', { name: 'Apply 0003' })
  for (const [field, wrong, right] of [
    [wait, '', '0.2'],
    [times, '', '1'],
  ] as const) {
    await field.fill(wrong)
    await expect(apply).toBeDisabled()
    await field.fill(right)
    await expect(apply).toBeEnabled()
  }
  await apply.click()
  await expect(panel(page, 'Run')).toContainText('It did not run through')
  await expect(panel(page, 'Run')).toContainText('All of it was rolled back; retry 1 of 1.')
  await expect(panel(page, 'Run')).not.toContainText('retry 2')
  await client.query('rollback')
})

test('the next migration is in sight however long the list is, and of many problems some are told', async ({
  page,
  migrating,
}) => {
  const target = await migrating.target()
  const versions = Array.from({ length: 40 }, (_, index) => String(index + 10).padStart(4, '0'))
  target.write(Object.fromEntries(versions.map((version) => [`${version}_more.up.sql`, 'select 1;\n'])))
  await target.enter(page)
  await expect(page.getByRole('option', { name: /^0001_people/ })).toBeInViewport({ ratio: 0.9 })

  await page.getByRole('button', { name: 'Baseline' }).click()
  const form = page.getByRole('complementary', { name: 'Baseline' })
  await form.getByLabel('Reason').fill('CR-1: taken over')
  await form.getByRole('button', { name: 'Take 43 migrations as applied' }).click()
  await expect(page.getByRole('option', { name: /^0049_more taken as applied/ })).toBeVisible()
  target.write(Object.fromEntries(versions.map((version) => [`${version}_more.up.sql`, 'select 2;\n'])))
  await page.reload()
  await expect(page.getByRole('alert').filter({ hasText: 'And 37 more.' })).toContainText(
    '0010_more was changed since it was applied.',
  )
})

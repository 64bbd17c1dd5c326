import { makeHome } from '../e2e/home.ts'
import { openDesktop } from './desktop.ts'
import { beginEndlessUpload } from './endless-upload.ts'
import { expect, hosts as test } from './fixtures.ts'

test('quitting while an upload runs asks first; a signal finds nobody to ask', async () => {
  const { home, remove } = makeHome()
  const open = async () => {
    const desktop = await openDesktop(home)
    await desktop.page.getByRole('button', { name: 'Connect to Operator', exact: true }).click()
    await beginEndlessUpload(desktop.page)
    return desktop
  }
  const first = await open()
  const stayed = first.asked('stay')
  await first.quitByMenu()
  expect(await stayed).toMatchObject({ message: 'Uploads are on the way.' })
  const upload = first.page.getByRole('listitem').filter({ hasText: 'gone.txt' })
  // The session is still there, and does what it is told.
  await upload.getByRole('button', { name: 'Pause gone.txt' }).click()
  await expect(upload).toContainText('paused')
  const left = first.asked('leave')
  await Promise.all([left, first.quitByMenu()])
  expect(await first.ended()).toBe(0)

  const second = await open()
  const asked = second.asked('stay').catch(() => 'nobody was there')
  expect(await second.quit()).toBe(0)
  expect(await asked).toBe('nobody was there')
  remove()
})

/**
 * The console's main side in a process of its own, so that its memory can be measured: the host on 127.0.0.1 without a
 * page. Started by `host.ts` with an IPC channel; DATABASE_URL is its profile.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSessions } from '../../src/main/api/sessions.ts'
import { startLoopback } from '../../src/main/loopback/server.ts'
import { createKeychain } from '../../src/main/session/keychain.ts'
import { createPreferences } from '../../src/main/session/preferences.ts'
import { createProfiles } from '../../src/main/session/profiles.ts'

const home = mkdtempSync(join(tmpdir(), 'viruj-bench-home-'))
const profiles = createProfiles({ home, environment: process.env, keychain: createKeychain(), extra: [] })
const sessions = createSessions(profiles)
const host = await startLoopback({
  context: { profiles, sessions, preferences: createPreferences({ home }) },
  files: new Map(),
  port: 0,
})

process.on('message', (message) => {
  if (message === 'rss') process.send?.({ peakRss: process.resourceUsage().maxRSS * 1024 })
})
process.once('disconnect', async () => {
  await sessions.closeAll('user')
  await host.close()
  rmSync(home, { recursive: true, force: true })
  process.exit()
})
process.send?.({ link: host.newLink() })

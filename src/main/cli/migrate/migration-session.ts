import { createMigrations } from '../../migrations/migrations.ts'
import { homeFolder } from '../../session/home.ts'
import type { Session } from '../../session/session.ts'
import { openHeadlessSession } from '../headless-session.ts'

/** What the common words of a subcommand say. */
type Target = {
  profile?: string | undefined
  confirm?: string | undefined
  home?: string | undefined
  dir?: string | undefined
}

/** What a subcommand works with. */
export type Workplace = {
  session: Session
  migrations: ReturnType<typeof createMigrations>
  /** Fires on SIGINT and SIGTERM. */
  signal: AbortSignal
}

/** Opens the session that the words name, does `work`, and closes it. Ctrl+C stops what runs and rolls it back. */
export const withMigrations = async <Value>(
  { profile, confirm, home = homeFolder(), dir }: Target,
  work: (workplace: Workplace) => Promise<Value>,
): Promise<Value> => {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of names) process.on(name, onSignal)
  try {
    const session = await openHeadlessSession({
      home,
      profile,
      confirm,
      environment: process.env,
      signal: stop.signal,
    })
    try {
      const migrations = createMigrations(session, { folder: dir })
      return await work({ session, migrations, signal: stop.signal })
    } finally {
      await session.close('user')
    }
  } finally {
    for (const name of names) process.off(name, onSignal)
  }
}

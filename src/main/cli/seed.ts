import { parseArgs } from 'node:util'
import { usageError } from '../api/start-options.ts'
import { type SeedOutcome, seedBaseline } from '../sandbox/seed-baseline.ts'
import { databaseError } from '../session/database-errors.ts'
import { homeFolder } from '../session/home.ts'
import { openHeadlessSession, targetHelp, targetOptions } from './headless-session.ts'

export const seedHelp = `  --plants A,B       Plants to seed (HYD-1).
  --sites A,B        Sites of each plant (granulation,compression,packaging,qc-lab).
  --no-documents     Metadata only, no sample documents.
  --reason TEXT      Why, for the audit trail (Baseline data).
  --json             Print the outcome as JSON.
${targetHelp}`

const parse = (words: string[]) => {
  try {
    return parseArgs({
      args: words,
      allowNegative: true,
      options: {
        ...targetOptions,
        plants: { type: 'string', default: 'HYD-1' },
        sites: { type: 'string', default: 'granulation,compression,packaging,qc-lab' },
        documents: { type: 'boolean', default: true },
        reason: { type: 'string', default: 'Baseline data' },
        json: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : 'The options cannot be read.')
  }
}

const names = (option: string, list: string, form: RegExp): string[] => {
  const all = list.split(',').map((name) => name.trim())
  const wrong = all.find((name) => !form.test(name))
  if (wrong !== undefined)
    throw usageError(`--${option} takes names with commas between them, not "${wrong}".`)
  return [...new Set(all)]
}

const told = (what: string, { added, kept }: SeedOutcome): string =>
  `${what}: ${added.toLocaleString('en')} added, ${kept.toLocaleString('en')} there before.`

/** `viruj-console seed`: baseline metadata and sample documents for a migrated database. Adds only what is missing. */
export const seedCommand = async (words: string[]): Promise<void> => {
  const values = parse(words)
  const plants = names('plants', values.plants, /^[A-Z]{3}-[0-9]+$/)
  const sites = names('sites', values.sites, /^[a-z0-9-]+$/)
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  const session = await openHeadlessSession({
    home: values.home ?? homeFolder(),
    profile: values.profile,
    confirm: values.confirm,
    environment: process.env,
    signal: stop.signal,
  })
  try {
    session.assertMayWrite()
    const { client, context, destroy } = await session.openConnection(stop.signal)
    const abort = () => destroy()
    stop.signal.addEventListener('abort', abort)
    try {
      if (context.role !== null)
        await client.query(`select pg_catalog.set_config('role', $1, false)`, [context.role])
      const outcome = await seedBaseline(client, {
        plants,
        sites,
        withDocuments: values.documents,
        reason: values.reason,
      })
      console.log(
        values.json
          ? JSON.stringify(outcome)
          : [
              told('Metadata', outcome.metadata),
              ...(values.documents ? [told('Sample documents', outcome.documents)] : []),
            ].join('\n'),
      )
    } catch (error) {
      throw databaseError(error, context)
    } finally {
      await client.end().catch(() => undefined)
    }
  } finally {
    await session.close('user')
  }
}

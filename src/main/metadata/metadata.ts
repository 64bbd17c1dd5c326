import type { MetadataPlants } from '../../shared/metadata.ts'
import type { Database } from '../session/database.ts'
import { queries } from '../session/kysely.ts'
import type { DomainSchema } from '../session/schema.ts'

const keysPerSite = queries
  .withTables<Pick<DomainSchema, 'metadata'>>()
  .withSchema('public')
  .selectFrom('metadata')
  .select(({ fn, cast }) => ['plant', 'site', cast<number>(fn.countAll(), 'integer').as('keys')])
  .groupBy(['plant', 'site'])
  .orderBy('plant')
  .orderBy('site', (order) => order.asc().nullsFirst())

/** Key/value metadata per plant and site, `public.metadata`. */
export const createMetadata = (database: Database) => ({
  /** Plants and sites by name, with how many keys each has. */
  async plants(_: null, signal: AbortSignal): Promise<MetadataPlants> {
    const plants = new Map<string, MetadataPlants[number]>()
    for (const { plant, site, keys } of await database.query(keysPerSite, { signal })) {
      const found = plants.get(plant) ?? { plant, keys: 0, sites: [] }
      found.keys += keys
      found.sites.push({ site, keys })
      plants.set(plant, found)
    }
    return [...plants.values()]
  },
})

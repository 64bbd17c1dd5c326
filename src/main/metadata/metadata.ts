import { sql } from 'kysely'
import type { MetadataPlants } from '../../shared/metadata.ts'
import type { Database } from '../session/database.ts'

/** Key/value metadata per plant and site, `public.metadata`. */
export const createMetadata = (database: Database) => ({
  /** Plants and sites by name, with how many keys each has. */
  plants: (_: null, signal: AbortSignal): Promise<MetadataPlants> =>
    database.query<MetadataPlants[number]>(
      sql`
        select plant,
               sum(keys)::int as keys,
               jsonb_agg(jsonb_build_object('site', site, 'keys', keys) order by site nulls first) as sites
          from (select plant, site, count(*)::int as keys from public.metadata group by plant, site) counted
         group by plant
         order by plant`,
      { signal },
    ),
})

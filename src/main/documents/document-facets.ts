import { sql } from 'kysely'
import type { z } from 'zod'
import type { documentFacets } from '../../shared/document-reading.ts'
import type { Database } from '../session/database.ts'

/** What the newest documents can be filtered by. */
export const readDocumentFacets = async (
  database: Database,
  signal: AbortSignal,
): Promise<z.infer<typeof documentFacets>> => {
  const [found] = await database.query(
    sql<z.infer<typeof documentFacets> & { mayName: boolean }>`
      with newest as materialized (
        select content_type, plant, site, uploaded_as, uploaded_by from public.documents order by id desc limit 100000)
      select coalesce((select array_agg(distinct content_type) from newest), '{}') as types,
             coalesce((select array_agg(distinct plant) from newest), '{}') as plants,
             coalesce((select array_agg(distinct site) from newest where site is not null), '{}') as sites,
             coalesce((select array_agg(distinct uploaded_as) from newest where uploaded_as is not null), '{}') as roles,
             coalesce((select jsonb_agg(distinct jsonb_build_object('id', uploaded_by, 'name', uploaded_by))
                         from newest where uploaded_by is not null), '[]') as people,
             has_column_privilege('public.users', 'email', 'select') as "mayName"`,
    { signal },
  )
  if (found === undefined) throw new Error('an aggregate has a row')
  const { mayName, ...facets } = found
  if (!mayName || facets.people.length === 0) return facets
  const people = await database.query(
    sql<{ id: string; name: string }>`select id::text, email as name from public.users
      where id = any(${facets.people.map(({ id }) => id)}::uuid[]) order by email`,
    { signal },
  )
  return { ...facets, people }
}

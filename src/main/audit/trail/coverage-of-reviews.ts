import { sql } from 'kysely'
import type { ReviewCoverage } from '../../../shared/audit-review.ts'
import type { Database } from '../../session/database.ts'
import { iso } from '../../session/iso.ts'
import { mayRead } from '../../session/may-read.ts'

type Period = { from: string | null; to: string | null }

/** What of a period is sealed and reviewed. Null where the database keeps no reviews, or where the role may not see them. */
export const readReviewCoverage = async (
  database: Database,
  { from, to }: Period,
  signal: AbortSignal,
): Promise<ReviewCoverage | null> => {
  if (!(await mayRead(database, ['audit.seal', 'audit.review'], signal))) return null
  const retired = (await mayRead(database, ['audit.seal_retired'], signal))
    ? sql`coalesce((select sum(r.events) from sealed join audit.seal_retired r using (seal_no)), 0)::float8`
    : sql`0`
  const [coverage] = await database.query(
    // The seal that ends a period may be made after it: what happened just before is covered by that one.
    sql<ReviewCoverage>`
      with period as materialized (
        select (select min(seal_no) from audit.seal where sealed_at >= coalesce(${from}::timestamptz, '-infinity')) as first,
               coalesce((select min(seal_no) from audit.seal where sealed_at >= ${to}::timestamptz),
                        (select max(seal_no) from audit.seal)) as last),
      sealed as (
        select s.seal_no, s.sysid, s.n, s.sealed_at,
               exists (select from audit.review r where s.seal_no between r.from_seal and r.to_seal) as reviewed
          from period join audit.seal s on s.seal_no between period.first and period.last),
      unreviewed as (
        select min(seal_no) as from_seal, max(seal_no) as to_seal, sum(n)::float8 as events, max(sealed_at) as until
          from (select *, seal_no - row_number() over (partition by sysid order by seal_no) as run from sealed where not reviewed) left_over
         group by sysid, run
         order by from_seal desc
         limit 100),
      touching as (
        select r.* from period join audit.review r on r.from_seal <= period.last and r.to_seal >= period.first
         order by r.review_no desc limit 20)
      select first::text as "fromSeal", case when first is not null then last::text end as "toSeal",
             coalesce((select sum(n) from sealed), 0)::float8 as events,
             coalesce((select sum(n) from sealed where reviewed), 0)::float8 as reviewed,
             ${retired} as retired,
             coalesce((select jsonb_agg(jsonb_build_object(
               'fromSeal', from_seal::text, 'toSeal', to_seal::text, 'events', events,
               -- The seal before is not of this run, so it begins just after.
               'from', (select ${iso(sql`(s.sealed_at + interval '1 us')`)} from audit.seal s where s.seal_no = from_seal - 1),
               'to', ${iso(sql`until`)})
               order by from_seal desc) from unreviewed), '[]') as unreviewed,
             coalesce(has_function_privilege(to_regprocedure('audit.sign_off(bigint,bigint,text,text)'), 'EXECUTE'), false) as "maySignOff",
             coalesce((select jsonb_agg(jsonb_build_object(
               'reviewer', reviewer, 'fromSeal', from_seal::text, 'toSeal', to_seal::text, 'verdict', verdict, 'note', note,
               'at', ${iso(sql`at`)}, 'events', scope -> 'events', 'retired', coalesce(scope -> 'retired', '0'))
               order by review_no desc) from touching), '[]') as reviews
        from period`,
    { signal },
  )
  return coverage ?? null
}

import type pg from 'pg'
import type { TrailCheck } from '../../../shared/audit-check.ts'
import type { Revealed, RevealInput, SignedOff, SignOffInput } from '../../../shared/audit-review.ts'
import type { PaperSeal, Published, TrailReport } from '../../../shared/audit-trail.ts'
import type { JobProgress } from '../../../shared/jobs.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import { checkTrail } from './check.ts'
import { withTrail } from './connected.ts'
import { type MadeSeal, makeSeal } from './make-seal.ts'
import { createPublishedSeals, type Whereabouts } from './published-seals.ts'
import { readSeals } from './read-trail.ts'
import { type ShownPackage, verifyTrail } from './verify.ts'

/** Milliseconds between seals that are remembered while sealing goes on. */
const rememberEvery = 300_000
/** Milliseconds after the last published seal for which sealing goes on without publishing. */
const mayBeAway = 1_800_000

/** A seal that came without its time. */
export const onPaper = (seal: PaperSeal): Published => ({
  ...seal,
  sysid: '',
  sealedAt: 'a day before this one',
})

/** A table that is recorded. */
export type TrackedTable = { schema: string; table: string; reasonRequired: boolean; secrets: string[] }

/**
 * The audit trail of a session's database: seals it, verifies it, and says what is recorded. Every call has a connection of its
 * own, and fails with `ConsoleError`; with `NOT_FOUND` where the database has no trail.
 *
 * @param options.home where the console remembers the seals that it saw
 */
export const createTrail = (
  session: Pick<Session, 'openConnection' | 'assertMayWrite' | 'profile' | 'storageSecret'>,
  options: { home: string },
) => {
  const published = createPublishedSeals({
    ...options,
    storage: session.profile.storage,
    storageSecret: session.storageSecret,
  })

  const connected = <Value>(
    signal: AbortSignal,
    work: (client: pg.Client, where: Whereabouts) => Promise<Value>,
  ): Promise<Value> => withTrail(session, signal, work)

  /** Statements that write, in one transaction, with the reason that the trail keeps. */
  const changing = <Value>(
    reason: string,
    signal: AbortSignal,
    work: (client: pg.Client) => Promise<Value>,
  ): Promise<Value> => {
    session.assertMayWrite()
    return connected(signal, async (client) => {
      await client.query(`${newTag()} begin`)
      await client.query(`${newTag()} select set_config('audit.reason', $1, true)`, [reason])
      const value = await work(client)
      await client.query(`${newTag()} commit`)
      return value
    })
  }

  return {
    /** Seals again and again over one connection, until the signal fires; `null` once. */
    async seal(every: number | null, signal: AbortSignal, onSeal: (seal: MadeSeal) => void): Promise<void> {
      session.assertMayWrite()
      await connected(signal, async (client, where) => {
        let remembered = Number.NEGATIVE_INFINITY
        for (;;) {
          const { n, ...seal } = await makeSeal(client)
          onSeal({ ...seal, n })
          if (performance.now() - remembered >= rememberEvery) {
            try {
              await published.add(where, seal, signal)
              remembered = performance.now()
            } catch (error) {
              // A bucket that is away for a while is asked again with the next seal; one that never answered is a mistake.
              if (every === null || performance.now() - remembered > mayBeAway) throw error
            }
          }
          if (every === null) return
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, every)
            signal.addEventListener('abort', () => {
              clearTimeout(timer)
              resolve()
            })
          })
          if (signal.aborted) return
        }
      })
    },

    /**
     * @param since begin after this published seal; null: from the beginning
     * @param expected seals that were published elsewhere, such as on paper
     * @param packages of retired months
     */
    verify: (
      {
        since,
        expected,
        packages = [],
      }: {
        since: string | null
        expected: readonly PaperSeal[]
        packages?: readonly ShownPackage[]
      },
      context: { signal: AbortSignal; report: (progress: JobProgress) => void },
    ): Promise<TrailReport> =>
      connected(context.signal, async (client, where) => {
        const known = await published.of(where, context.signal)
        const anchors = [...known, ...expected.map(onPaper)]
        const report = await verifyTrail(client, { anchors, since, packages }, context)
        // What was seen whole is remembered: from now on the database has to lead there.
        if (report.verdict !== 'broken' && report.head !== null)
          await published.add(where, report.head, context.signal)
        return report
      }),

    /** The last seal, and of which database it is; `seal` is null before the first one. */
    lastSeal: (signal: AbortSignal): Promise<{ where: Whereabouts; seal: Published | null }> =>
      connected(signal, async (client, where) => {
        const { rows } = await client.query<{ last: string | null }>(
          `${newTag()} select max(seal_no)::text as last from audit.seal`,
        )
        const last = rows[0]?.last ?? null
        const [seal] = last === null ? [] : await readSeals(client, BigInt(last) - 1n, 1)
        if (seal === undefined) return { where, seal: null }
        const { sealNo, hash, sysid, sealedAt } = seal
        return { where, seal: { sealNo, hash, sysid, sealedAt } }
      }),

    /** Whether everything is recorded as it should be, and live rows are what was recorded of them. */
    check: (signal: AbortSignal, onTable?: (table: string) => void): Promise<TrailCheck[]> =>
      connected(signal, (client) => checkTrail(client, onTable)),

    /** Makes the months that are missing, up to `ahead` from now. Returns how many. */
    maintain: (ahead: number, signal: AbortSignal): Promise<number> =>
      changing('Months made ahead', signal, async (client) => {
        const { rows } = await client.query<{ made: number }>(
          `${newTag()} select audit.make_months($1) as made`,
          [ahead],
        )
        return rows[0]?.made ?? 0
      }),

    tracked: (signal: AbortSignal): Promise<TrackedTable[]> =>
      connected(signal, async (client) => {
        const { rows } = await client.query<TrackedTable>(`${newTag()}
          select schema_name as schema, table_name as "table", reason_required as "reasonRequired", secret_columns as secrets
            from audit.policy order by 1, 2`)
        return rows
      }),

    /** Begins to record a table. Returns how many rows it had, of which a snapshot is kept. */
    track: (
      table: { name: string; reasonRequired: boolean; secrets: string[] },
      reason: string,
      signal: AbortSignal,
    ): Promise<number> =>
      changing(reason, signal, async (client) => {
        const { rows } = await client.query<{ rows: number }>(
          `${newTag()} select audit.track($1::regclass, $2, $3)::float8 as rows`,
          [table.name, table.reasonRequired, table.secrets],
        )
        return rows[0]?.rows ?? 0
      }),

    /**
     * Records the rows of tables once more, all tables that are recorded or one: from now on rows are compared with that, and not with months
     * that shall go. Fails where rows are not as the trail says. Returns how many rows of each.
     */
    snapshot: (
      name: string | null,
      reason: string,
      signal: AbortSignal,
    ): Promise<{ table: string; rows: number }[]> =>
      changing(reason, signal, async (client) => {
        const { rows: tables } = await client.query<{ table: string }>(
          `${newTag()}
           select format('%I.%I', p.schema_name, p.table_name) as "table"
             from audit.policy p
             join pg_index i on i.indrelid = to_regclass(format('%I.%I', p.schema_name, p.table_name)) and i.indisprimary
            where $1::regclass is null or i.indrelid = $1::regclass
            order by 1`,
          [name],
        )
        const taken: { table: string; rows: number }[] = []
        for (const { table } of tables) {
          const { rows } = await client.query<{ rows: number }>(
            `${newTag()} select audit.snapshot($1::regclass)::float8 as rows`,
            [table],
          )
          taken.push({ table, rows: rows[0]?.rows ?? 0 })
        }
        return taken
      }),

    /** Ends the recording of a table. What was recorded stays. */
    untrack: (name: string, reason: string, signal: AbortSignal): Promise<void> =>
      changing(reason, signal, async (client) => {
        await client.query(`${newTag()} select audit.untrack($1::regclass)`, [name])
      }),

    /** Signs off what these seals cover. The database refuses who had a part in it. Returns how many events that were, and how many of them are retired. */
    signOff: ({ fromSeal, toSeal, verdict, note }: SignOffInput, signal: AbortSignal): Promise<SignedOff> =>
      changing(note, signal, async (client) => {
        const { rows } = await client.query<SignedOff>(
          `${newTag()} select (scope ->> 'events')::float8 as events, coalesce((scope ->> 'retired')::float8, 0) as retired from audit.sign_off($1, $2, $3, $4)`,
          [fromSeal, toSeal, verdict, note],
        )
        return rows[0] ?? { events: 0, retired: 0 }
      }),

    /** An event with what is masked in the log; that it was shown is recorded with the reason. */
    reveal: ({ at, event, reason }: RevealInput, signal: AbortSignal): Promise<Revealed> =>
      changing(reason, signal, async (client) => {
        const { rows } = await client.query<Revealed>(
          `${newTag()} select old_row::text as before, new_row::text as after from audit.reveal($1, $2, $3)`,
          [at, event, reason],
        )
        return rows[0] ?? { before: null, after: null }
      }),
  }
}

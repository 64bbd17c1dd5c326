import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compareSnapshots } from '../../src/main/migrations/drift/compare.ts'
import { withMends } from '../../src/main/migrations/drift/mend/mend.ts'
import { readSnapshot } from '../../src/main/migrations/drift/snapshot.ts'
import { createMigrations } from '../../src/main/migrations/migrations.ts'
import type { Session } from '../../src/main/session/session.ts'
import type { JobState } from '../../src/shared/jobs.ts'
import { driftReport } from '../../src/shared/migrations.ts'
import { createDatabase } from '../support/postgres.ts'
import { openTestSession } from '../support/session.ts'
import { type Figure, median, milliseconds, timed } from './figure.ts'
import type { Stand } from './stand.ts'

const limit = 2000
const rounds = 5
const sizes = [50, 500] as const

/** A table as the ERP has them: keys, checks, indexes, a trigger, rights, comments. */
const table = (number: number): string => `
  create table record_${number} (
    id         bigint generated always as identity primary key,
    parent_id  bigint ${number === 1 ? '' : `references record_${number - 1} (id) on delete cascade`},
    code       text not null,
    plant      varchar(40) not null default 'HYD-1',
    state      text not null default 'open' check (state in ('open', 'closed', 'void')),
    amount     numeric(12, 2) check (amount >= 0),
    body       jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (plant, code)
  );
  create index on record_${number} (parent_id);
  create index on record_${number} (plant, created_at desc) where state = 'open';
  create trigger touched before update on record_${number} for each row execute function touch();
  grant select on record_${number} to pg_monitor;
  comment on table record_${number} is 'Record ${number}';`

const migration = (tables: number): string =>
  `create function touch() returns trigger language plpgsql as $$ begin new.updated_at = now(); return new; end $$;
   ${Array.from({ length: tables }, (_, index) => table(index + 1)).join('\n')}`

const ended = async ({ jobs }: Pick<Session, 'jobs'>, { id }: JobState): Promise<JobState> => {
  for (;;) {
    const job = await jobs.get({ jobId: id })
    if (job.status !== 'running') return job
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

type Times = {
  /** Catalogs of two databases read and compared. */
  compared: number
  /** The first check of a session: the shadow is made from the migrations first. */
  cold: number
  /** The next one, with nothing changed. */
  warm: number
  /** The statements of the migrations alone, on an empty database. */
  statements: number
}

/** Medians over one schema. */
const measure = async (stand: Stand, tables: number): Promise<Times> => {
  const { address } = await stand.server()
  await using database = await createDatabase({ on: address })
  const folder = mkdtempSync(join(stand.folder, 'migrations-'))
  writeFileSync(join(folder, '0001_records.up.sql'), migration(tables))
  const client = await database.client()
  await client.query(migration(tables))
  await using session = await openTestSession(database, { readOnly: false })
  const begin = () => createMigrations(session, { folder })
  const begun = begin()
  await ended(session, await begun.baseline({ to: null, reason: 'Benchmark' }))

  const compare = async () => {
    const [one, other] = [await readSnapshot(client), await readSnapshot(client)]
    withMends(await compareSnapshots(one, other), one, other)
  }
  const check = async ({ drift }: typeof begun) => {
    const { result, error } = await ended(session, await drift(null))
    if (error !== null || driftReport.parse(result).differences.length > 0)
      throw new Error('The untouched database shows drift.')
  }
  const migrate = async () => {
    await using empty = await createDatabase({ on: address })
    const itsClient = await empty.client()
    // Awaited here: the database goes away with this block.
    return await timed(() => itsClient.query(migration(tables)))
  }
  const statements: number[] = []
  for (let round = 0; round < rounds; round += 1) statements.push(await migrate())
  const times = async (work: () => Promise<void>): Promise<number> => {
    await work()
    const taken: number[] = []
    for (let round = 0; round < rounds; round += 1) taken.push(await timed(work))
    return median(taken)
  }
  return {
    compared: await times(compare),
    cold: await times(() => check(begin())),
    warm: await times(() => check(begun)),
    statements: median(statements),
  }
}

export const figure: Figure = {
  id: 'migrate-gate',
  limit: `<= ${limit / 1000} s`,
  async run(stand) {
    const small = await measure(stand, sizes[0])
    const large = await measure(stand, sizes[1])
    const growth = (name: keyof Times): string => {
      const exponent = Math.log(large[name] / small[name]) / Math.log(sizes[1] / sizes[0])
      return `${milliseconds(large[name])}; 50 tables ${milliseconds(small[name])}, exponent ${exponent.toFixed(2)}`
    }
    return [
      {
        what: 'catalogs of two databases with 500 tables read and compared',
        measured: growth('compared'),
        peer: null,
        ratio: null,
        holds: large.compared <= limit,
      },
      {
        // How long its statements take is the migrations' own: the limit is for what the check adds.
        what: 'first drift check of 500 tables in a session: the shadow is made from the migrations',
        measured: growth('cold'),
        peer: `their statements alone ${milliseconds(large.statements)}`,
        ratio: large.cold / large.statements,
        holds: large.cold - large.statements <= limit,
      },
      {
        what: 'the next one, with nothing changed',
        measured: growth('warm'),
        peer: null,
        ratio: null,
        holds: large.warm <= limit,
      },
    ]
  },
}

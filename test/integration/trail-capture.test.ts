import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import {
  createDatabase,
  createRole,
  isHere,
  startServer,
  type TestDatabase,
  type TestServer,
} from '../support/postgres.ts'

describe.each([14, 15, 16, 17, 18] as const)('recording on PostgreSQL %i', (version) => {
  const missing = !isHere(version)
  let server: TestServer
  let database: TestDatabase
  let client: pg.Client
  let since: string
  beforeAll(async () => {
    if (missing) return
    server = await startServer({ version })
    database = await createDatabase({ on: server.address })
    client = await database.client()
    await applySchema(client)
    await client.query(`
      create table plant (code text primary key);
      create table item (id int primary key, plant text references plant on update cascade on delete cascade, name text, amount numeric, secret text);
      create table part (id int, day date, note text, primary key (id, day)) partition by range (day);
      create table part_1 partition of part for values from ('2026-01-01') to ('2026-02-01');
      create table part_2 partition of part for values from ('2026-02-01') to ('2026-03-01');
      select audit.track('plant'), audit.track('item', secrets => '{secret}'), audit.track('part');
      insert into plant values ('HYD-1'), ('VIZ-1')`)
  })
  afterAll(async () => {
    if (!missing) await server.stop()
  })
  beforeEach(async () => {
    if (!missing)
      since = (await client.query('select coalesce(max(id), 0) as id from audit.event')).rows[0].id
  })

  /** What was recorded since the test began: operation, table, key, what was before, what is new. */
  const recorded = async (): Promise<unknown[]> => {
    const { rows } = await client.query({
      text: `select op, table_name, row_pk, old_row, new_row from audit.event where id > $1 and op not in ('DDL', 'NOTE') order by id`,
      values: [since],
      rowMode: 'array',
    })
    return rows
  }
  const promise = (name: string, work: () => Promise<void>) => test.skipIf(missing)(name, work)

  promise('an upsert is an INSERT for the rows that were new, and an UPDATE for the others', async () => {
    await client.query(`insert into item values (1, 'HYD-1', 'one', 1.0)`)
    await client.query(`insert into item values (1, 'HYD-1', 'uno', 1.0), (2, 'HYD-1', 'two', 2)
                        on conflict (id) do update set name = excluded.name`)
    const rows = (await recorded()) as [string, string, string, unknown, unknown][]
    expect(rows.slice(1).sort((one, other) => (one[0] < other[0] ? -1 : 1))).toEqual([
      ['INSERT', 'item', '2', null, { id: 2, plant: 'HYD-1', name: 'two', amount: 2, secret: null }],
      [
        'UPDATE',
        'item',
        '1',
        { id: 1, plant: 'HYD-1', name: 'one', amount: 1, secret: null },
        { name: 'uno' },
      ],
    ])
  })

  if (version > 14)
    promise('MERGE is recorded by what it did to each row', async () => {
      await client.query(`insert into item values (10, 'HYD-1', 'ten', 1), (11, 'HYD-1', 'eleven', 1)`)
      since = (await client.query('select max(id) as id from audit.event')).rows[0].id
      await client.query(`
        merge into item using (values (10, 'ten!'), (11, null), (12, 'twelve')) v (id, name) on item.id = v.id
        when matched and v.name is null then delete
        when matched then update set name = v.name
        when not matched then insert values (v.id, 'HYD-1', v.name, 1)`)
      const rows = (await recorded()) as [string, string, string][]
      expect(rows.map(([op, , key]) => `${op} ${key}`).sort()).toEqual([
        'DELETE 11',
        'INSERT 12',
        'UPDATE 10',
      ])
    })

  promise('COPY is recorded row by row', async () => {
    await client.query(
      `create temporary table source as select 20 + n as id, 'HYD-1' as plant, 'copied' as name from generate_series(1, 3) n`,
    )
    const file = `${server.address.dataDir}/copied`
    await client.query(`copy source to '${file}'`)
    await client.query(`copy item (id, plant, name) from '${file}'`)
    expect((await recorded()).map((row) => (row as string[])[2])).toEqual(['21', '22', '23'])
  })

  promise('what cascades is recorded in the table that it reaches', async () => {
    await client.query(
      `insert into plant values ('GOA-1'); insert into item values (30, 'GOA-1', 'cascades')`,
    )
    since = (await client.query('select max(id) as id from audit.event')).rows[0].id
    await client.query(`update plant set code = 'GOA-2' where code = 'GOA-1'`)
    await client.query(`delete from plant where code = 'GOA-2'`)
    const rows = (await recorded()) as [string, string, string, unknown, unknown][]
    expect(rows.map(([op, table, key]) => [op, table, key]).sort()).toEqual(
      [
        ['UPDATE', 'plant', 'GOA-1'],
        ['UPDATE', 'item', '30'],
        ['DELETE', 'plant', 'GOA-2'],
        ['DELETE', 'item', '30'],
      ].sort(),
    )
  })

  promise(
    'rows of a partition are recorded in the name of the table, also when the partition itself was written to',
    async () => {
      await client.query(
        `insert into part values (1, '2026-01-05', 'whole'); insert into part_2 values (2, '2026-02-05', 'direct')`,
      )
      await client.query(`update part_1 set note = 'changed'; delete from part_2`)
      await client.query(
        `create table part_3 partition of part for values from ('2026-03-01') to ('2026-04-01')`,
      )
      await client.query(`insert into part_3 values (3, '2026-03-05', 'made later')`)
      expect(await recorded()).toEqual([
        ['INSERT', 'part', '1/2026-01-05', null, { id: 1, day: '2026-01-05', note: 'whole' }],
        ['INSERT', 'part', '2/2026-02-05', null, { id: 2, day: '2026-02-05', note: 'direct' }],
        ['UPDATE', 'part', '1/2026-01-05', { id: 1, day: '2026-01-05', note: 'whole' }, { note: 'changed' }],
        ['DELETE', 'part', '2/2026-02-05', { id: 2, day: '2026-02-05', note: 'direct' }, null],
        ['INSERT', 'part', '3/2026-03-05', null, { id: 3, day: '2026-03-05', note: 'made later' }],
      ])
    },
  )

  promise('a row that moves to another partition is one UPDATE, with its key before', async () => {
    await client.query(`insert into part values (5, '2026-01-07', 'moves')`)
    await client.query(`update part set day = '2026-02-07' where id = 5`)
    expect((await recorded()).at(-1)).toEqual([
      'UPDATE',
      'part',
      '5/2026-01-07',
      { id: 5, day: '2026-01-07', note: 'moves' },
      { day: '2026-02-07' },
    ])
  })

  promise('keys that all change at once are told apart: each row keeps its own history', async () => {
    await client.query(
      `insert into item values (40, 'HYD-1', 'forty'), (41, 'HYD-1', 'forty-one'), (42, 'HYD-1', 'forty-two')`,
    )
    since = (await client.query('select max(id) as id from audit.event')).rows[0].id
    await client.query(
      'begin; alter table item drop constraint item_pkey; update item set id = id + 1 where id between 40 and 42; alter table item add primary key (id); commit',
    )
    const rows = (await recorded()) as [string, string, string, { name: string }, unknown][]
    expect(rows.map(([, , , before, after]) => [before.name, after])).toEqual([
      ['forty', { id: 41 }],
      ['forty-one', { id: 42 }],
      ['forty-two', { id: 43 }],
    ])
  })

  promise(
    'a number that only changed its form is a change, and one that did not change is none',
    async () => {
      await client.query(`insert into item values (50, 'HYD-1', 'n', 1.0)`)
      await client.query(`update item set amount = 1.00 where id = 50`)
      await client.query(`update item set amount = 1.00 where id = 50`)
      const { rows } = await client.query(
        `select new_row::text from audit.event where id > $1 and op = 'UPDATE' order by id`,
        [since],
      )
      expect(rows).toEqual([{ new_row: '{"amount": 1.00}' }, { new_row: '{}' }])
    },
  )

  promise('a secret is kept as length and digest, equal for equal secrets', async () => {
    await client.query(
      `insert into item values (60, 'HYD-1', 's', 1, 'hunter2'), (61, 'HYD-1', 's', 1, 'hunter2'), (62, 'HYD-1', 's', 1, 'Hunter2')`,
    )
    const { rows } = await client.query(
      `select new_row -> 'secret' as secret from audit.event where id > $1 order by id`,
      [since],
    )
    expect(rows[0].secret).toEqual({ bytes: 7, hmac: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(rows[1].secret).toEqual(rows[0].secret)
    expect(rows[2].secret).not.toEqual(rows[0].secret)
    const { rows: found } = await client.query(
      `select from audit.event where old_row::text || new_row::text ilike '%hunter2%'`,
    )
    expect(found).toEqual([])
  })

  promise('values are written alike, whatever the session has set', async () => {
    await client.query(
      `create table kinds (id int primary key, at timestamptz, span interval, raw bytea, f float8, r tstzrange); select audit.track('kinds')`,
    )
    const row = `'2026-03-01 12:00+00', '1 day 2 hours', '\\x00ff', 0.1::float8 + 0.2, '[2026-01-01 00:00+00,2026-01-02 00:00+00)'`
    await client.query(`insert into kinds values (1, ${row})`)
    await client.query(
      `set timezone = 'Asia/Tokyo'; set datestyle = 'German'; set intervalstyle = 'iso_8601'; set bytea_output = 'escape'; set extra_float_digits = -3`,
    )
    await client.query(`insert into kinds select 2, at, span, raw, f, r from kinds where id = 1`)
    await client.query('reset all')
    const { rows } = await client.query(
      `select (new_row - 'id')::text as image from audit.event where id > $1 and op = 'INSERT' and table_name = 'kinds' order by id`,
      [since],
    )
    expect(rows[1]).toEqual(rows[0])
  })

  promise('TRUNCATE of a recorded table is refused, also of a partition', async () => {
    for (const table of ['item', 'part', 'part_1', 'plant cascade']) {
      await expect(client.query(`truncate ${table}`)).rejects.toMatchObject({ code: 'AU003' })
    }
  })

  promise('session_replication_role does not switch the recording off', async () => {
    await client.query(
      `begin; set local session_replication_role = replica; insert into item values (70, 'HYD-1', 'replica'); commit`,
    )
    expect(await recorded()).toHaveLength(1)
  })

  promise('who logged in, and in whose name: both stand there', async () => {
    await using person = await createRole({ on: server.address })
    await client.query(
      `create role clerks nologin; grant clerks to "${person.user}"; grant usage on schema public to clerks; grant insert on item to clerks`,
    )
    await client.query(`grant connect on database "${database.database}" to "${person.user}"`)
    try {
      const theirs = await database.client(person)
      await theirs.query(`set application_name = 'ledger'; set role clerks`)
      await theirs.query(`insert into item values (80, null, 'by a clerk')`)
      const { rows } = await client.query(
        `select actor, acting_role, app, backend_pid = ${(await theirs.query('select pg_backend_pid() as pid')).rows[0].pid} as mine from audit.event where id > $1 and op = 'INSERT'`,
        [since],
      )
      expect(rows).toEqual([{ actor: person.user, acting_role: 'clerks', app: 'ledger', mine: true }])
    } finally {
      await client.query(
        `drop owned by clerks; drop role clerks; revoke all on database "${database.database}" from "${person.user}"`,
      )
    }
  })

  promise('a reason is demanded where the policy says so, of changes that change something', async () => {
    await client.query(`select audit.set_policy('item', true, '{secret}')`)
    try {
      await expect(client.query(`insert into item values (90, null, 'x')`)).rejects.toMatchObject({
        code: 'AU001',
      })
      await client.query('delete from item where false')
      await client.query(
        `begin; select set_config('audit.reason', '  CR-1 ', true); insert into item values (90, null, 'x'); commit`,
      )
      const { rows } = await client.query(`select reason from audit.event where id > $1 and op = 'INSERT'`, [
        since,
      ])
      expect(rows).toEqual([{ reason: 'CR-1' }])
      // After its first use the setting reads as an empty text.
      await expect(client.query(`insert into item values (91, null, 'x')`)).rejects.toMatchObject({
        code: 'AU001',
      })
    } finally {
      await client.query(`select audit.set_policy('item', false, '{secret}')`)
    }
  })

  promise('a change that cannot be recorded does not happen', async () => {
    await client.query(
      `alter table audit.event add constraint nothing check (table_name <> 'item' or row_pk <> '95') not valid`,
    )
    try {
      await expect(client.query(`insert into item values (95, null, 'x')`)).rejects.toMatchObject({
        constraint: 'nothing',
      })
      expect((await client.query('select from item where id = 95')).rows).toEqual([])
    } finally {
      await client.query('alter table audit.event drop constraint nothing')
    }
  })

  promise('a new column is recorded by itself, and a secret one cannot be renamed away', async () => {
    await client.query(
      `alter table item add extra int; insert into item (id, extra) values (100, 7); alter table item drop extra`,
    )
    const { rows } = await client.query(
      `select new_row -> 'extra' as extra from audit.event where id > $1 and op = 'INSERT'`,
      [since],
    )
    expect(rows).toEqual([{ extra: 7 }])
    await expect(client.query('alter table item rename secret to open')).rejects.toMatchObject({
      code: 'AU004',
    })
    await expect(client.query('alter table item drop secret')).rejects.toMatchObject({ code: 'AU004' })
  })

  promise('DDL is recorded by its command and object', async () => {
    await client.query('create index item_name_idx on item (name); drop index item_name_idx')
    const { rows } = await client.query(
      `select new_row from audit.event where id > $1 and op = 'DDL' order by id`,
      [since],
    )
    expect(rows.map(({ new_row }) => new_row)).toEqual([
      { command: 'CREATE INDEX', type: 'index', object: 'public.item_name_idx' },
      { command: 'DROP INDEX', type: 'index', object: 'public.item_name_idx' },
    ])
  })

  promise(
    'what was recorded stays: nobody updates, deletes or truncates it, not in a month either',
    async () => {
      const { rows } = await client.query(
        `select relid::text as name from pg_partition_tree('audit.event') where isleaf limit 1`,
      )
      for (const sql of [
        'update audit.event set actor = actor',
        'delete from audit.event',
        'truncate audit.event',
        `update ${rows[0].name} set actor = actor where id = (select min(id) from audit.event)`,
        `truncate ${rows[0].name}`,
      ]) {
        await client.query(`insert into item (id) values (110) on conflict do nothing`)
        await expect(
          client
            .query(sql)
            .then((result) => (result.rowCount === 0 ? Promise.reject({ code: 'AU003' }) : result)),
        ).rejects.toMatchObject({ code: 'AU003' })
      }
    },
  )

  promise('the end of a recording is itself recorded, and what was recorded stays', async () => {
    await client.query(`create table brief (id int primary key); insert into brief values (1), (2)`)
    expect((await client.query(`select audit.track('brief') as n`)).rows).toEqual([{ n: '2' }])
    await client.query(
      `insert into brief values (3); select audit.untrack('brief'); insert into brief values (4)`,
    )
    const { rows } = await client.query(
      `select op, row_pk from audit.event where id > $1 and table_name = 'brief' and op <> 'DDL' order by id`,
      [since],
    )
    expect(rows.map(({ op, row_pk }) => [op, row_pk])).toEqual([
      ['NOTE', null],
      ['SNAPSHOT', '1'],
      ['SNAPSHOT', '2'],
      ['INSERT', '3'],
      ['NOTE', null],
    ])
  })

  promise('a view, a partition and a table of plain inheritance cannot be tracked', async () => {
    await client.query(
      'create view v as select 1 as x; create table parent (id int); create table child () inherits (parent)',
    )
    for (const name of ['v', 'part_1', 'parent', 'child', 'audit.policy']) {
      await expect(client.query(`select audit.track('${name}')`)).rejects.toThrow(
        /cannot be tracked|is not a table|is a view/,
      )
    }
    await client.query('drop view v; drop table parent cascade')
  })
})

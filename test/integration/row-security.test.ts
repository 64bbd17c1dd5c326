import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMetadata } from '../../src/main/metadata/metadata.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { giveReason } from '../support/domain.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const rows = `
  insert into users (id, email, password_hash, role)
  values ('00000000-0000-4000-8000-000000000001', 'op@example.com', '!', 'operator');
  insert into documents (filename, plant, bytes, sha256, s3_key, uploaded_by)
  select plant || '.pdf', plant, 1, repeat('0', 64), plant, '00000000-0000-4000-8000-000000000001'
    from unnest(array['HYD-1', 'HYD-2', 'VIZ-1', 'VIZ-2']) plant;
  insert into metadata (plant, site, key, value)
  select plant, site, 'key', '1'
    from unnest(array['HYD-1', 'HYD-2', 'VIZ-1', 'VIZ-2']) plant, unnest(array[null, 'packaging']) site`

describe('row security', () => {
  let database: TestDatabase
  let owner: pg.Client
  /** Sees HYD-1, and through a group VIZ-1. */
  let first: TestRole
  /** Sees HYD-2. */
  let second: TestRole
  /** No plant at all. */
  let nobody: TestRole
  let team: TestRole
  const roles: TestRole[] = []

  const person = async (as: string): Promise<TestRole> => {
    const role = await createRole({ as })
    roles.push(role)
    return role
  }

  beforeAll(async () => {
    database = await createDatabase()
    owner = await database.client()
    await applySchema(owner)
    await giveReason(database)
    await owner.query(`set audit.reason = 'A test'`)
    await owner.query(rows)
    team = await person('')
    first = await person(`in role viruj_operator, "${team.user}"`)
    second = await person('in role viruj_operator')
    nobody = await person('in role viruj_operator')
    await owner.query(
      `insert into plant_access (role_name, plant)
       values ($1, 'HYD-1'), ($2, 'VIZ-1'), ($3, 'HYD-2'), ('gone "role"', 'VIZ-2')`,
      [first.user, team.user, second.user],
    )
  })
  afterAll(async () => {
    await database.drop()
    for (const role of roles.reverse()) await role.drop()
  })

  const ask = async (as: TestRole, statement: string): Promise<unknown[]> => {
    const client = await database.client(as)
    try {
      return (await client.query({ text: statement, rowMode: 'array' })).rows.flat()
    } finally {
      await client.end()
    }
  }

  test.each([
    ['a plain read', 'select plant from documents order by 1'],
    ['a guess of the id', 'select plant from documents where id in (1, 2, 3, 4) order by 1'],
    ['metadata', 'select distinct plant from metadata order by 1'],
    [
      'a join from a table without policies',
      'select d.plant from users u join documents d on d.uploaded_by = u.id order by 1',
    ],
    [
      'an outer join',
      'select distinct m.plant from metadata m left join documents d using (plant) order by 1',
    ],
    [
      'a common table expression',
      'with d as materialized (select * from documents) select plant from d order by 1',
    ],
    [
      'a subquery',
      'select plant from metadata where site is null and plant = any (select plant from documents) order by 1',
    ],
    [
      'a lateral join',
      'select l.plant from users, lateral (select plant from documents where uploaded_by = users.id) l order by 1',
    ],
    ['an aggregate', 'select unnest(array_agg(plant order by plant)) from documents'],
    ['a whole row', `select (to_jsonb(d) ->> 'plant') from documents d order by 1`],
    ['rows locked for an update', 'select plant from documents order by plant for update'],
  ])('an operator sees their plants only: %s', async (_, statement) => {
    expect(await ask(first, statement)).toEqual(['HYD-1', 'VIZ-1'])
    expect(await ask(second, statement)).toEqual(['HYD-2'])
    expect(await ask(nobody, statement)).toEqual([])
  })

  test('a copy and a cursor show no more', async () => {
    const client = await database.client(second)
    await client.query('begin')
    await client.query('declare c cursor for select plant from documents')
    expect((await client.query('fetch all from c')).rows).toEqual([{ plant: 'HYD-2' }])
    await client.query('rollback')
    await using session = await openTestSession({ ...database, ...second })
    const metadata = await createMetadata(session.database).plants(null, noAbort())
    expect(metadata.map(({ plant }) => plant)).toEqual(['HYD-2'])
    await client.end()
  })

  test('a view shows no more, when it asks with its reader’s rights', async () => {
    await owner.query(`
      create view public.stored_where with (security_invoker) as select plant from public.documents;
      grant select on public.stored_where to viruj_operator`)
    expect(await ask(second, 'select plant from stored_where')).toEqual(['HYD-2'])
    await owner.query('drop view public.stored_where')
  })

  test('no view of the schema asks with the rights of its owner, who sees everything', async () => {
    const { rows: views } = await owner.query(`
      select distinct v.oid::regclass::text
        from pg_class t
        join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid
        join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
        join pg_class v on v.oid = r.ev_class and v.relkind in ('v', 'm')
       where t.relrowsecurity and not coalesce(v.reloptions @> array['security_invoker=true'], false)`)
    expect(views).toEqual([])
  })

  test('a condition that fails tells nothing of rows that are not shown', async () => {
    expect(
      await ask(
        second,
        `select plant from documents where 1 / (case plant when 'HYD-1' then 0 else 1 end) = 1`,
      ),
    ).toEqual(['HYD-2'])
  })

  test('DBAs, reviewers, the ERP and the owner see every plant', async () => {
    for (const group of ['viruj_dba', 'viruj_reviewer', 'viruj_service', 'viruj_app']) {
      const role = await person(`in role ${group}`)
      for (const table of ['documents', 'metadata']) {
        expect([group, await ask(role, `select count(distinct plant)::int from ${table}`)]).toEqual([
          group,
          [4],
        ])
      }
    }
  })

  test('an operator sees their own plants in the list, a reviewer everybody’s', async () => {
    expect(await ask(first, 'select plant from plant_access order by 1')).toEqual(['HYD-1', 'VIZ-1'])
    expect(await ask(first, 'select unnest(visible_plants()) order by 1')).toEqual(['HYD-1', 'VIZ-1'])
    expect(await ask(nobody, 'select visible_plants()')).toEqual([[]])
    // Also the function tells nobody of other people's plants as if they were theirs.
    const reviewer = await person('in role viruj_reviewer')
    expect(await ask(reviewer, 'select visible_plants()')).toEqual([[]])
    expect(await ask(reviewer, 'select count(*)::int from plant_access')).toEqual([4])
  })

  const add = (plant: string, more = '') =>
    `insert into documents (filename, plant, bytes, sha256, s3_key, uploaded_by)
     values ('new.pdf', '${plant}', 1, repeat('1', 64), '${plant}${more === '' ? '/new' : ''}', '00000000-0000-4000-8000-000000000001') ${more}`

  const attempt = async (as: TestRole, statement: string): Promise<number | string> => {
    const client = await database.client(as)
    try {
      await client.query('begin')
      return (await client.query(statement)).rowCount ?? 0
    } catch (error) {
      return error instanceof pg.DatabaseError ? `${error.code} ${error.message}` : String(error)
    } finally {
      await client.end()
    }
  }

  test.each([
    ['adds a document of their plant', add('HYD-2'), 1],
    [
      'adds none of another',
      add('HYD-1'),
      '42501 new row violates row-level security policy for table "documents"',
    ],
    ['stores a document of their plant', `update documents set state = 'stored', stored_at = now()`, 1],
    ['touches none of another', `update documents set payload = '{}' where plant = 'HYD-1'`, 0],
    [
      'moves none away',
      `update documents set plant = 'HYD-1'`,
      '42501 permission denied for table documents',
    ],
    [
      'takes none over through its key',
      add('HYD-1', `on conflict (s3_key) do update set payload = '{}'`),
      '42501 new row violates row-level security policy for table "documents"',
    ],
    ['changes no metadata', `update metadata set value = '2'`, '42501 permission denied for table metadata'],
    [
      'gives themselves no plant',
      `insert into plant_access (role_name, plant) values (current_user, 'HYD-1')`,
      '42501 permission denied for table plant_access',
    ],
    ['switches nothing off', 'set local row_security = off; select * from documents', 'off'],
  ])('an operator %s', async (_, statement, outcome) => {
    const got = await attempt(second, statement)
    if (outcome === 'off') expect(got).toContain('42501 query would be affected by row-level security')
    else expect(got).toBe(outcome)
  })

  test('a plant is seen from the moment it is given, and not after it was taken away', async () => {
    const client = await database.client(nobody)
    const seen = async () => (await client.query({ name: 'seen', text: 'select plant from documents' })).rows
    expect(await seen()).toEqual([])
    await owner.query(`insert into plant_access (role_name, plant) values ($1, 'VIZ-2')`, [nobody.user])
    expect(await seen()).toEqual([{ plant: 'VIZ-2' }])
    await owner.query('delete from plant_access where role_name = $1', [nobody.user])
    expect(await seen()).toEqual([])
    await client.end()
  })

  test('a plan made for one role is not used for another', async () => {
    const count = async (role: string) => {
      await owner.query(`set role "${role}"`)
      const { rows: counted } = await owner.query({
        name: 'counted',
        text: 'select plant from documents order by 1',
      })
      return counted.map(({ plant }) => plant)
    }
    try {
      expect(await count(second.user)).toEqual(['HYD-2'])
      expect(await count(first.user)).toEqual(['HYD-1', 'VIZ-1'])
      expect(await count('viruj_reviewer')).toHaveLength(4)
      expect(await count(second.user)).toEqual(['HYD-2'])
    } finally {
      await owner.query('reset role')
    }
  })

  test('the plants are looked up once a statement, whatever it reads', async () => {
    const plan = (await ask(second, 'explain select * from documents order by id desc')).join('\n')
    expect(plan).toContain('InitPlan')
    expect(plan).toMatch(/Filter: \(plant = ANY \(.*InitPlan|Filter: \(plant = ANY \(\$0\)\)/)
  })
})

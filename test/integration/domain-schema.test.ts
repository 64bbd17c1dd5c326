import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

describe('the domain schema', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
    await applySchema(await database.client())
  })
  afterAll(() => database.drop())

  test('grants nothing to PUBLIC', async () => {
    const client = await database.client()
    const { rows } = await client.query(`
      select 'relation' as what, c.relname::text as name
        from pg_class c, aclexplode(c.relacl) a
       where c.relnamespace = 'public'::regnamespace and a.grantee = 0
      union all
      select 'column', attrelid::regclass || '.' || attname
        from pg_attribute, aclexplode(attacl) a
       where attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) and a.grantee = 0
      union all
      select 'schema', nspname from pg_namespace n, aclexplode(n.nspacl) a where nspname = 'public' and a.grantee = 0
      union all
      select 'database', datname
        from pg_database, aclexplode(datacl) a where datname = current_database() and a.grantee = 0`)
    expect(rows).toEqual([])
  })

  test('belongs to viruj_app and says what each table and each unusual column is', async () => {
    const client = await database.client()
    const { rows } = await client.query(`
      select relname, pg_get_userbyid(relowner) as owner, obj_description(oid, 'pg_class') as comment
        from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`)
    expect(rows.map((row) => row.relname)).toEqual([
      'audit_logs',
      'auth_sessions',
      'documents',
      'metadata',
      'notifications',
      'signatures',
      'users',
    ])
    expect(rows.every((row) => row.owner === 'viruj_app' && row.comment)).toBe(true)
  })

  test('keeps one value per plant, site and key, also for the plant as a whole', async () => {
    const client = await database.client()
    const insert = `insert into metadata (plant, site, key, value) values ('HYD-1', null, 'shift', '1')`
    await client.query(insert)
    await expect(client.query(insert)).rejects.toMatchObject({ constraint: 'metadata_plant_site_key_key' })
  })

  test('refuses a signature image that is too large or is not what its hash says', async () => {
    const client = await database.client()
    const insert = (image: Buffer, sha256 = '0'.repeat(64)) =>
      client.query(
        `with signer as (
           insert into users (email, password_hash, role)
           values (gen_random_uuid() || '@example.com', '', 'operator') returning id)
         insert into signatures (user_id, image, sha256) select id, $1, $2 from signer`,
        [image, sha256],
      )
    await expect(insert(Buffer.alloc(262_145))).rejects.toMatchObject({
      constraint: 'signatures_image_check',
    })
    await expect(insert(Buffer.from('x'))).rejects.toMatchObject({ constraint: 'signatures_sha256_check' })
  })

  test('goes and comes back, while another database of the cluster still uses the roles', async () => {
    await using other = await createDatabase()
    const client = await other.client()
    await applySchema(client)
    await applySchema(client, 'down')
    const left = await client.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace`,
    )
    expect(left.rows).toEqual([])
    await applySchema(client)
    expect((await client.query('select count(*)::int as n from documents')).rows).toEqual([{ n: 0 }])
  })

  test('can be created in two databases at the same moment', async () => {
    await using first = await createDatabase()
    await using second = await createDatabase()
    await Promise.all([applySchema(await first.client()), applySchema(await second.client())])
  })
})

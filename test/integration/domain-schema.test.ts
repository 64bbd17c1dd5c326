import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { giveReason } from '../support/domain.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

describe('the domain schema', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
    await applySchema(await database.client())
    await giveReason(database)
  })
  afterAll(() => database.drop())

  test('grants nothing to PUBLIC', async () => {
    const client = await database.client()
    const { rows } = await client.query(`
      select 'relation' as what, c.relname::text as name
        from pg_class c, aclexplode(c.relacl) a
       where c.relnamespace in ('public'::regnamespace, 'ops'::regnamespace) and a.grantee = 0
      union all
      select 'column', attrelid::regclass || '.' || attname
        from pg_attribute, aclexplode(attacl) a
       where attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) and a.grantee = 0
      union all
      select 'schema', nspname from pg_namespace n, aclexplode(n.nspacl) a where nspname in ('public', 'ops') and a.grantee = 0
      union all
      select 'database', datname
        from pg_database, aclexplode(datacl) a where datname = current_database() and a.grantee = 0`)
    expect(rows).toEqual([])
  })

  test('belongs to viruj_app and says what each table and each unusual column is', async () => {
    const client = await database.client()
    const { rows } = await client.query(`
      select c.oid::regclass::text as name, pg_get_userbyid(relowner) as owner, obj_description(c.oid, 'pg_class') as comment
        from pg_class c
       where relnamespace in ('public'::regnamespace, 'ops'::regnamespace) and relkind = 'r'
       order by 1`)
    expect(rows.map((row) => row.name)).toEqual([
      'auth_sessions',
      'documents',
      'metadata',
      'notifications',
      'ops.backup_review',
      'ops.backup_run',
      'ops.finding_waiver',
      'ops.runbook_run',
      'plant_access',
      'signatures',
      'users',
    ])
    expect(rows.filter((row) => row.owner !== 'viruj_app' || !row.comment)).toEqual([])
  })

  test('pins the path of each function, and gives none to PUBLIC', async () => {
    const client = await database.client()
    const { rows } = await client.query(`
      select proname, proconfig::text, has_function_privilege('public', oid, 'execute') as everybody, prosecdef
        from pg_proc where pronamespace = 'public'::regnamespace order by 1`)
    const pinned = { proconfig: '{"search_path=pg_catalog, pg_temp"}', everybody: false, prosecdef: false }
    expect(rows).toEqual([
      { proname: 'image_size', ...pinned },
      { proname: 'set_updated_at', ...pinned },
      { proname: 'visible_plants', ...pinned },
    ])
  })

  test('has an index for each foreign key', async () => {
    const client = await database.client()
    const { rows } = await client.query(`
      select conrelid::regclass::text, conname from pg_constraint c
       where contype = 'f'
         and not exists (select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])`)
    expect(rows).toEqual([])
  })

  test('keeps one value per plant, site and key, also for the plant as a whole', async () => {
    const client = await database.client()
    const insert = `insert into metadata (plant, site, key, value) values ('HYD-1', null, 'shift', '1')`
    await client.query(insert)
    await expect(client.query(insert)).rejects.toMatchObject({ constraint: 'metadata_plant_site_key_key' })
  })

  const person = `insert into users (email, password_hash, role) values ($1, '!', 'operator')`
  const signer =
    'with signer as (insert into users (email, password_hash, role) values (gen_random_uuid() || $$@example.com$$, $$!$$, $$operator$$) returning id)'
  const document = (values: Record<string, string>) => {
    const row = {
      filename: `'a.pdf'`,
      plant: `'HYD-1'`,
      bytes: '1',
      sha256: `repeat('a', 64)`,
      s3_key: 'gen_random_uuid()::text',
      ...values,
    }
    const named = 'uploaded_by' in row ? row : { uploaded_by: 'id', ...row }
    return `${signer} insert into documents (${Object.keys(named)}) select ${Object.values(named)} from signer`
  }
  const backup = (values: Record<string, string>) => {
    const row = {
      tool: `'barman'`,
      label: 'gen_random_uuid()::text',
      kind: `'full'`,
      started_at: `now() - interval '1 hour'`,
      finished_at: 'now()',
      outcome: `'succeeded'`,
      ...values,
    }
    return `insert into ops.backup_run (${Object.keys(row)}) values (${Object.values(row)})`
  }
  /** The beginning of a PNG, width and height in hex. */
  const png = (width: string, height: string) =>
    `decode('89504e470d0a1a0a0000000d49484452${width}${height}010000000000000000', 'hex')`
  const signature = (image: string, sha256: string) =>
    `${signer} insert into signatures (user_id, image, sha256) select id, ${image}, ${sha256} from signer`

  test.each([
    ['users_email_check', `insert into users (email, password_hash, role) values ('nobody', '!', 'dba')`],
    [
      'users_email_check',
      `insert into users (email, password_hash, role) values (repeat('a', 250) || '@b.de', '!', 'dba')`,
    ],
    ['users_role_check', `insert into users (email, password_hash, role) values ('a@b', '!', 'admin')`],
    ['users_password_hash_check', `insert into users (email, password_hash, role) values ('a@b', '', 'dba')`],
    ['metadata_plant_check', `insert into metadata (plant, key, value) values ('hyd-1', 'k', '1')`],
    ['metadata_site_check', `insert into metadata (plant, site, key, value) values ('HYD-1', '', 'k', '1')`],
    ['metadata_key_check', `insert into metadata (plant, key, value) values ('HYD-1', '', '1')`],
    ['documents_filename_check', document({ filename: `'../a.pdf'` })],
    ['documents_filename_check', document({ filename: `''` })],
    ['documents_plant_check', document({ plant: `'Hyderabad'` })],
    ['documents_site_check', document({ site: `''` })],
    ['documents_bytes_check', document({ bytes: '-1' })],
    ['documents_sha256_check', document({ sha256: `repeat('a', 63)` })],
    ['documents_sha256_check', document({ sha256: `repeat('A', 64)` })],
    ['documents_s3_key_check', document({ s3_key: `''` })],
    ['documents_s3_key_check', document({ s3_key: `repeat('ä', 513)` })],
    ['documents_state_check', document({ state: `'lost'` })],
    ['documents_stored_at_check', document({ state: `'stored'` })],
    ['documents_stored_at_check', document({ stored_at: 'now()' })],
    ['documents_retired_at_check', document({ state: `'retired'`, stored_at: 'now()' })],
    ['documents_retired_at_check', document({ state: `'stored'`, stored_at: 'now()', retired_at: 'now()' })],
    [
      'documents_legal_hold_check',
      document({ state: `'retired'`, stored_at: 'now()', retired_at: 'now()', legal_hold: 'true' }),
    ],
    ['documents_upload_id_check', document({ state: `'stored'`, stored_at: 'now()', upload_id: `'x'` })],
    ['documents_uploader_check', document({ uploaded_as: 'null', uploaded_by: 'null' })],
    ['documents_content_type_check', document({ content_type: `'pdf'` })],
    ['documents_content_type_check', document({ content_type: `'text/html; charset=utf-8'` })],
    ['documents_filename_check', document({ filename: `E'a\\nb.pdf'` })],
    ['signatures_image_check', signature(`decode(repeat('00', 262145), 'hex')`, `repeat('0', 64)`)],
    ['signatures_image_check', signature(`''::bytea`, `encode(sha256(''), 'hex')`)],
    ['signatures_sha256_check', signature(png('00000960', '000004b0'), `repeat('0', 64)`)],
    ['signatures_pixels_check', signature(png('00000961', '00000001'), `repeat('0', 64)`)],
    ['signatures_pixels_check', signature(png('00000001', '000004b1'), `repeat('0', 64)`)],
    ['signatures_pixels_check', signature(png('00000000', '00000001'), `repeat('0', 64)`)],
    ['signatures_pixels_check', signature(`'<svg/>'::bytea`, `repeat('0', 64)`)],
    ['plant_access_plant_check', `insert into plant_access (role_name, plant) values ('somebody', '*')`],
    ['plant_access_role_name_check', `insert into plant_access (role_name, plant) values ('', 'HYD-1')`],
    ['backup_run_tool_check', backup({ tool: `'tar'` })],
    ['backup_run_kind_check', backup({ kind: `'half'` })],
    ['backup_run_label_check', backup({ label: `''` })],
    ['backup_run_outcome_check', backup({ outcome: `'maybe'` })],
    ['backup_run_finished_at_check', backup({ finished_at: 'null' })],
    ['backup_run_finished_at_check', backup({ outcome: `'running'` })],
    ['backup_run_period_check', backup({ finished_at: `now() - interval '2 hours'` })],
    ['backup_run_failure_check', backup({ failure: `'disk full'` })],
    ['backup_run_bytes_check', backup({ bytes: '-1' })],
    ['backup_run_wal_check', backup({ start_lsn: `'0/2'`, stop_lsn: `'0/1'` })],
    ['backup_run_timeline_check', backup({ timeline: '0' })],
    [
      'backup_run_verification_check',
      backup({ verification: `'looked'`, verified_at: 'now()', verification_passed: 'true' }),
    ],
    ['backup_run_verified_at_check', backup({ verified_at: 'now()' })],
    ['backup_run_restored_at_check', backup({ restored_at: 'now()' })],
  ])('%s refuses: %s', async (constraint, statement) => {
    const client = await database.client()
    await expect(client.query(statement)).rejects.toMatchObject({ code: '23514', constraint })
    await client.end()
  })

  test('takes what a document and a backup are', async () => {
    const client = await database.client()
    await client.query(document({}))
    await client.query(document({ state: `'stored'`, stored_at: 'now()', site: `'packaging'` }))
    await client.query(backup({ outcome: `'failed'`, failure: `'disk full'` }))
    await client.query(backup({ outcome: `'running'`, finished_at: 'null' }))
    const verified = { verification: `'checksums'`, verified_at: 'now()', verification_passed: 'false' }
    await client.query(backup({ ...verified, restored_at: 'now()', restore_passed: 'true' }))
  })

  test('knows an address in whatever case as one account', async () => {
    const client = await database.client()
    await client.query(person, ['Meera.Rao@Example.com'])
    await expect(client.query(person, ['meera.rao@example.COM'])).rejects.toMatchObject({
      constraint: 'users_email_key',
    })
    expect(
      (await client.query(`select email from users where lower(email) = lower('MEERA.RAO@example.com')`))
        .rows,
    ).toEqual([{ email: 'Meera.Rao@Example.com' }])
  })

  test('records one backup once, however often its tool reports it', async () => {
    const client = await database.client()
    await client.query(backup({ label: `'one'` }))
    await expect(client.query(backup({ label: `'one'` }))).rejects.toMatchObject({
      constraint: 'backup_run_label_key',
    })
    await client.query(backup({ label: `'one'`, repository: `'second'` }))
  })

  test('dates each change by the server, and no change not at all', async () => {
    const client = await database.client()
    const past = `'2020-01-01Z'`
    await client.query(
      `insert into metadata (plant, key, value, updated_at) values ('PUN-1', 'dated', '1', ${past})`,
    )
    const dated = async (change: string) => {
      await client.query(`update metadata set ${change} where key = 'dated'`)
      const { rows } = await client.query(
        `select updated_at = ${past} as kept, updated_at between now() - interval '1 minute' and now() as fresh from metadata where key = 'dated'`,
      )
      return rows[0]
    }
    expect(await dated(`value = '1'`)).toEqual({ kept: true, fresh: false })
    expect(await dated(`value = '2'`)).toEqual({ kept: false, fresh: true })
    expect(await dated(`updated_at = '2031-01-01Z'`)).toEqual({ kept: false, fresh: true })
    const { rows } = await client.query(`
      select c.oid::regclass::text as name,
             exists (select from pg_trigger where tgrelid = c.oid and tgfoid = 'set_updated_at'::regproc) as dated
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'updated_at'
       where relkind = 'r' and relnamespace in ('public'::regnamespace, 'ops'::regnamespace) order by 1`)
    expect(rows).toEqual(
      ['documents', 'metadata', 'notifications', 'ops.backup_run', 'users'].map((name) => ({
        name,
        dated: true,
      })),
    )
  })

  test('keeps an account that somebody has to answer for, and takes its messages and sessions with it else', async () => {
    const client = await database.client()
    const id = '00000000-0000-4000-8000-00000000000a'
    await client.query(
      `insert into users (id, email, password_hash, role) values ('${id}', 'leaver@example.com', '!', 'operator')`,
    )
    await client.query(`
      insert into notifications (user_id, delivery_channel, payload) values ('${id}', 'email', '{}');
      insert into auth_sessions (user_id, token_hash, expires_at) values ('${id}', sha256('t'), now() + interval '1 h');
      insert into metadata (plant, key, value, updated_by) values ('GOA-1', 'k', '1', '${id}')`)
    const leave = () => client.query(`delete from users where id = '${id}'`)
    await expect(leave()).rejects.toMatchObject({ constraint: 'metadata_updated_by_fkey' })
    await client.query(`delete from metadata where updated_by = '${id}'`)
    await leave()
    const { rows } = await client.query(`
      select (select count(*)::int from notifications where user_id = '${id}') as notifications,
             (select count(*)::int from auth_sessions where user_id = '${id}') as sessions`)
    expect(rows).toEqual([{ notifications: 0, sessions: 0 }])
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
    expect((await client.query(`select from pg_roles where rolname = 'viruj_dba'`)).rowCount).toBe(1)
    await applySchema(client)
    expect((await client.query('select count(*)::int as n from documents')).rows).toEqual([{ n: 0 }])
  })

  test('can be created in two databases at the same moment', async () => {
    await using first = await createDatabase()
    await using second = await createDatabase()
    await Promise.all([applySchema(await first.client()), applySchema(await second.client())])
  })
})

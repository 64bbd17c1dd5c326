import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'

const groups = ['viruj_service', 'viruj_dba', 'viruj_reviewer', 'viruj_operator'] as const
type Group = (typeof groups)[number]

const everything = 'select, insert, update, delete'

/** What each role may do: an action alone is the whole table, with columns in brackets these alone. */
const allowed: Record<string, Record<Group, string>> = {
  'public.users': {
    viruj_service: 'select, insert, update',
    viruj_dba: everything,
    viruj_reviewer: 'select(id role created_at)',
    viruj_operator: 'select(id email role created_at)',
  },
  'public.metadata': {
    viruj_service: everything,
    viruj_dba: everything,
    viruj_reviewer: 'select',
    viruj_operator: 'select',
  },
  'public.notifications': {
    viruj_service: everything,
    viruj_dba: everything,
    viruj_reviewer: '',
    viruj_operator: '',
  },
  'public.documents': {
    viruj_service: 'select, insert, update',
    viruj_dba: everything,
    viruj_reviewer: 'select, update(legal_hold)',
    viruj_operator: 'select, insert, update(state payload stored_at s3_version upload_id retired_at)',
  },
  // Width and height are the server's word.
  'public.signatures': {
    viruj_service:
      'select, insert(id user_id image media_type sha256 created_at revoked_at superseded_by), update',
    viruj_dba:
      'select, insert(id user_id image media_type sha256 created_at revoked_at superseded_by), update, delete',
    viruj_reviewer: 'select(id user_id media_type sha256 created_at revoked_at superseded_by width height)',
    viruj_operator: 'select, insert(user_id image media_type sha256), update(revoked_at superseded_by)',
  },
  'public.auth_sessions': {
    viruj_service: everything,
    viruj_dba: everything,
    viruj_reviewer: 'select(id user_id created_at expires_at revoked_at)',
    viruj_operator: '',
  },
  'public.audit_logs': {
    viruj_service: '',
    viruj_dba: 'select',
    viruj_reviewer: 'select',
    viruj_operator: '',
  },
  'public.plant_access': {
    viruj_service: '',
    viruj_dba: 'select, insert(role_name plant), delete',
    viruj_reviewer: 'select',
    viruj_operator: 'select',
  },
  'audit.event': { viruj_service: '', viruj_dba: 'select', viruj_reviewer: '', viruj_operator: '' },
  'audit.seal': { viruj_service: '', viruj_dba: 'select', viruj_reviewer: 'select', viruj_operator: '' },
  'audit.seal_part': { viruj_service: '', viruj_dba: 'select', viruj_reviewer: 'select', viruj_operator: '' },
  'audit.review': { viruj_service: '', viruj_dba: 'select', viruj_reviewer: 'select', viruj_operator: '' },
  'audit.seal_retired': {
    viruj_service: '',
    viruj_dba: 'select',
    viruj_reviewer: 'select',
    viruj_operator: '',
  },
  'audit.retired': { viruj_service: '', viruj_dba: 'select', viruj_reviewer: 'select', viruj_operator: '' },
  'audit.policy': { viruj_service: '', viruj_dba: 'select', viruj_reviewer: 'select', viruj_operator: '' },
  'audit.column_policy': {
    viruj_service: '',
    viruj_dba: 'select',
    viruj_reviewer: 'select',
    viruj_operator: '',
  },
  'audit.saved_filter': {
    viruj_service: '',
    viruj_dba: 'select, insert(name filter), update(filter saved_at), delete',
    viruj_reviewer: 'select, insert(name filter), update(filter saved_at), delete',
    viruj_operator: '',
  },
  'audit.digest_key': { viruj_service: '', viruj_dba: '', viruj_reviewer: '', viruj_operator: '' },
  'ops.backup_run': {
    viruj_service: '',
    viruj_dba:
      `select, insert(tool label kind system_identifier repository started_at finished_at outcome failure bytes stored_bytes
      timeline start_lsn stop_lsn verification verified_at verification_passed restored_at restore_passed report),
      update(finished_at outcome failure bytes stored_bytes timeline start_lsn stop_lsn verification verified_at
      verification_passed restored_at restore_passed report)`.replace(/\s+/g, ' '),
    viruj_reviewer: '',
    viruj_operator: '',
  },
  'ops.runbook_run': {
    viruj_service: '',
    viruj_dba:
      'select, insert(id runbook title server verdict steps marks), update(verdict steps marks reason)',
    viruj_reviewer: '',
    viruj_operator: '',
  },
  'ops.backup_review': {
    viruj_service: '',
    viruj_dba: 'select, insert(backups verdict note next_due)',
    viruj_reviewer: '',
    viruj_operator: '',
  },
  'ops.finding_waiver': {
    viruj_service: '',
    viruj_dba: 'select, insert(probe finding reason until)',
    viruj_reviewer: '',
    viruj_operator: '',
  },
}

/** Statements that change nothing: the server asks for the privilege all the same. */
const columnActions: Record<string, (table: string, column: string) => string> = {
  select: (table, column) => `select ${column} from ${table} limit 0`,
  insert: (table, column) =>
    `insert into ${table} (${column}) overriding system value select ${column} from (select (null::${table}).*) r where false`,
  update: (table, column) => `update ${table} set ${column} = default where false`,
}
const tableActions: Record<string, (table: string) => string> = {
  delete: (table) => `delete from ${table} where false`,
  truncate: (table) => `begin; truncate ${table} cascade`,
  trigger: (table) =>
    `begin; create trigger mine before delete on ${table} for each row execute function suppress_redundant_updates_trigger()`,
  alter: (table) => `begin; alter table ${table} add mine int`,
}

describe('grants', () => {
  let database: TestDatabase
  let owner: pg.Client
  const people = new Map<Group, { role: TestRole; client: pg.Client }>()
  const columnsOf = new Map<string, string[]>()
  beforeAll(async () => {
    database = await createDatabase()
    owner = await database.client()
    await applySchema(owner)
    for (const group of groups) {
      const role = await createRole({ as: `in role ${group}` })
      people.set(group, { role, client: await database.client(role) })
    }
    const { rows } = await owner.query<{ name: string; columns: string[] }>(`
      select format('%I.%I', table_schema, table_name) as name, array_agg(column_name::text order by ordinal_position) as columns
        from information_schema.columns
       where table_schema in ('public', 'ops', 'audit') and table_name !~ '^pg_stat_statements|^event_[0-9]'
       group by 1`)
    for (const { name, columns } of rows) columnsOf.set(name, columns)
  })
  afterAll(async () => {
    await database.drop()
    for (const { role } of people.values()) await role.drop()
  })

  const clientOf = (group: Group): pg.Client => {
    const person = people.get(group)
    if (person === undefined) throw new Error(`nobody is in ${group}`)
    return person.client
  }

  const may = async (client: pg.Client, statement: string): Promise<boolean> => {
    try {
      await client.query(statement)
      return true
    } catch (error) {
      // A view of several tables refuses a change before it asks who wants it.
      if (
        error instanceof pg.DatabaseError &&
        ['42501', '42809', '428C9', '55000'].includes(error.code ?? '')
      )
        return false
      throw new Error(`${statement}: ${error}`, { cause: error })
    } finally {
      if (statement.startsWith('begin')) await client.query('rollback')
    }
  }

  /** What the server lets `client` do with a table, in the words of `allowed`. */
  const tried = async (client: pg.Client, table: string): Promise<string> => {
    const found: string[] = []
    const columns = columnsOf.get(table) ?? []
    for (const [action, statement] of Object.entries(columnActions)) {
      const open: string[] = []
      for (const column of columns) {
        if (await may(client, statement(table, column))) open.push(column)
      }
      if (open.length > 0)
        found.push(open.length === columns.length ? action : `${action}(${open.join(' ')})`)
    }
    for (const [action, statement] of Object.entries(tableActions)) {
      if (await may(client, statement(table))) found.push(action)
    }
    return found.join(', ')
  }

  test('are known for each table that there is', () => {
    expect([...columnsOf.keys()].sort()).toEqual(Object.keys(allowed).sort())
  })

  test.each(
    Object.entries(allowed).flatMap(([table, roles]) =>
      groups.map((group) => [group, table, roles[group]] as const),
    ),
  )('%s may do with %s: %s', async (group, table, expected) => {
    expect(await tried(clientOf(group), table)).toBe(expected)
  })

  test.each(groups)('%s makes nothing of its own in the schemas, and changes no role', async (group) => {
    const client = clientOf(group)
    for (const statement of [
      'create table public.mine ()',
      'create table ops.mine ()',
      'create schema mine',
      'create function public.mine() returns int language sql as $$ select 1 $$',
      'alter default privileges for role viruj_app grant all on tables to public',
      'drop policy documents_dba on public.documents',
      'alter table public.documents disable row level security',
      'create role mine',
      'alter role viruj_operator createdb',
      'grant viruj_app to viruj_operator',
    ]) {
      expect([statement, await may(client, `begin; ${statement}`)]).toEqual([statement, false])
    }
  })

  test('only a DBA becomes the owner, makes temporary tables and sees how far identities have come', async () => {
    const outcome = async (statement: string) =>
      Promise.all(groups.map((group) => may(clientOf(group), `begin; ${statement}`)))
    expect(await outcome('set local role viruj_app')).toEqual([false, true, false, false])
    expect(await outcome('create temporary table mine ()')).toEqual([false, true, false, false])
    expect(await outcome('select last_value from public.documents_id_seq')).toEqual([
      false,
      true,
      false,
      false,
    ])
    expect(await outcome('select from ops.pg_stat_statements')).toEqual([false, true, false, false])
  })

  test('nobody else comes in', async () => {
    await using stranger = await createRole()
    await expect(database.client(stranger)).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('permission denied for database'),
    })
  })

  test('what a later migration makes is closed, but for the look of a DBA', async () => {
    await owner.query(`
      set role viruj_app;
      create table public.later (id int generated by default as identity, what text);
      create function public.later() returns int language sql as 'select 1';
      create type public.later_state as enum ('one');
      reset role`)
    try {
      columnsOf.set('public.later', ['id', 'what'])
      expect(await tried(clientOf('viruj_dba'), 'public.later')).toBe('select')
      expect(await tried(clientOf('viruj_service'), 'public.later')).toBe('')
      expect(await tried(clientOf('viruj_reviewer'), 'public.later')).toBe('')
      expect(await tried(clientOf('viruj_operator'), 'public.later')).toBe('')
      expect(await may(clientOf('viruj_dba'), 'select public.later()')).toBe(false)
      const { rows } = await owner.query(
        `select has_type_privilege('viruj_operator', 'public.later_state', 'usage') as may`,
      )
      expect(rows).toEqual([{ may: false }])
    } finally {
      await owner.query('drop type public.later_state; drop function public.later(); drop table public.later')
      columnsOf.delete('public.later')
    }
  })

  test('who records a backup or gives a plant is what the server says', async () => {
    const dba = people.get('viruj_dba')
    await dba?.client.query(`begin; set local audit.reason = 'A test'`)
    const backup = await dba?.client.query(`
      insert into ops.backup_run (tool, label, kind, started_at, finished_at, outcome)
      values ('pgbackrest', '20261123-010003F', 'full', now() - interval '1 hour', now(), 'succeeded') returning recorded_by`)
    const access = await dba?.client.query(
      `insert into public.plant_access (role_name, plant) values ('somebody', 'HYD-1') returning granted_by`,
    )
    await dba?.client.query('rollback')
    expect([backup?.rows, access?.rows]).toEqual([
      [{ recorded_by: dba?.role.user }],
      [{ granted_by: dba?.role.user }],
    ])
  })
})

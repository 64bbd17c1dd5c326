import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { embeddedBinaries } from '../src/main/cluster/binaries.ts'
import { configureCluster, initCluster, startCluster, stopCluster } from '../src/main/cluster/cluster.ts'
import { serverUser } from '../src/main/cluster/system-user.ts'
import { applySchema } from '../src/main/sandbox/schema.ts'
import { randomPassword } from '../src/main/session/scram.ts'

/** What a session's `query` returns for each type; every other type comes as PostgreSQL's text. */
const typeScript: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int2: 'number',
  int4: 'number',
  float4: 'number',
  float8: 'number',
  bytea: 'Uint8Array',
  json: 'unknown',
  jsonb: 'unknown',
  date: 'Date',
  timestamp: 'Date',
  timestamptz: 'Date',
}

interface Column {
  table: string
  name: string
  type: string
  nullable: boolean
  identity: boolean
  hasDefault: boolean
}

const columns = `
  select case when n.nspname = 'public' then c.relname else n.nspname || '.' || c.relname end as "table",
         a.attname as name, t.typname as type, not a.attnotnull as nullable, a.attidentity = 'a' as identity, a.atthasdef as "hasDefault"
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
   where n.nspname in ('public', 'ops', 'audit') and c.relkind in ('r', 'p', 'v') and not c.relispartition
     -- What extensions bring differs from version to version.
     and not exists (
       select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   order by n.nspname <> 'public', c.relname, a.attnum`

const field = ({ name, type, nullable, identity, hasDefault }: Column): string => {
  const plain = typeScript[type] ?? 'string'
  const value = nullable && plain !== 'unknown' ? `${plain} | null` : plain
  const wrapper = identity ? 'GeneratedAlways' : hasDefault ? 'Generated' : undefined
  return `    ${name}: ${wrapper === undefined ? value : `${wrapper}<${value}>`}\n`
}

/** The content of src/main/session/schema.ts for the database that `client` is connected to. */
export const renderSchema = async (client: pg.ClientBase): Promise<string> => {
  const { rows } = await client.query<Column>(columns)
  const tables = Map.groupBy(rows, (column) => column.table)
  const body = [...tables].map(([table, fields]) => {
    const key = table.includes('.') ? `'${table}'` : table
    return `  ${key}: {\n${fields.map(field).join('')}  }\n`
  })
  return [
    '// Made from the migrations by scripts/generate-schema.ts. Do not edit: run it again.\n',
    "import type { Generated, GeneratedAlways } from 'kysely'\n\n",
    '/** The tables of the domain as kysely sees them; those outside of public with their schema. */\n',
    `export interface DomainSchema {\n${body.join('')}}\n`,
  ].join('')
}

const generate = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'viruj-schema-'))
  chmodSync(folder, 0o755)
  const user = serverUser()
  const cluster = { binaries: embeddedBinaries(user), dataDir: join(folder, 'data'), user }
  const password = randomPassword()
  try {
    await initCluster(cluster, { superuser: 'generator', password })
    const hba = ['host all all 127.0.0.1/32 scram-sha-256']
    configureCluster(cluster, { hba, tls: undefined, settings: { fsync: false } })
    const { port } = await startCluster(cluster)
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'generator',
      password,
      database: 'postgres',
    })
    await client.connect()
    try {
      await applySchema(client)
      writeFileSync(join(import.meta.dirname, '../src/main/session/schema.ts'), await renderSchema(client))
    } finally {
      await client.end()
    }
  } finally {
    await stopCluster(cluster, 'immediate')
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) await generate()

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import type pg from 'pg'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { cliProgram } from '../support/cli.ts'
import { createDatabase, launchServer } from '../support/postgres.ts'
import { type Figure, megabytes } from './figure.ts'
import { benchCredential, startStorage } from './storage.ts'

const limit = { bytes: 200 * 1024 * 1024, ratio: 1.15 }
const sizes = { small: 100_000, large: 1_000_000 }
/** Megabytes of heap: with more, what is measured is how late garbage is collected. */
const heap = 48

/** Objects as an index of the bench's storage has them: nothing is read of them, so they need no bytes on disk. */
const addObjects = (folder: string, count: number): void => {
  using index = new DatabaseSync(join(folder, 'index.sqlite'))
  index.exec(`
    insert into version (bucket, key, version_id, delete_marker, bytes, etag, headers, modified)
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})
    select 'documents', printf('%d/%07d.pdf', ${count}, n), printf('v%d', n), 0, 1000, '"e"', '{}', 1700000000000 from numbers`)
}

const addRows = async (owner: pg.Client, count: number): Promise<void> => {
  await owner.query(
    `insert into public.documents (filename, plant, bytes, sha256, s3_bucket, s3_key, s3_version, state, stored_at, uploaded_as)
     select n || '.pdf', 'HYD-1', 1000, repeat('0', 64), 'documents', format('%s/%s.pdf', $1::int, lpad(n::text, 7, '0')), 'v' || n, 'stored', now(), 'bench'
       from generate_series(1, $1::int) n`,
    [count],
  )
  await owner.query('analyze public.documents')
}

/** Compares all below a prefix in a process of its own. */
const compare = async (
  databaseUrl: string,
  endpoint: string,
  prefix: string,
): Promise<{ bytes: number; documents: number; differences: number }> => {
  const tellPeak = 'process.on("exit",()=>console.error(process.resourceUsage().maxRSS))'
  const where = ['--bucket', 'documents', '--endpoint', endpoint, '--path-style', '--prefix', prefix]
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${heap}`,
      '--import',
      `data:text/javascript,${tellPeak}`,
      cliProgram,
      'documents',
      'reconcile',
      '--json',
      ...where,
    ],
    {
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        AWS_ACCESS_KEY_ID: benchCredential.accessKeyId,
        AWS_SECRET_ACCESS_KEY: benchCredential.secretAccessKey,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const [report, peak] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  const { documents, differences } = JSON.parse(report)
  return { bytes: Number(peak) * 1024, documents, differences }
}

export const figure: Figure = {
  id: 'reconcile',
  limit: `<= ${megabytes(limit.bytes)}, <= ${limit.ratio}`,
  async run({ folder }) {
    const home = mkdtempSync(join(folder, 'reconcile-'))
    const objects = join(home, 'objects')
    await using server = await launchServer(folder, { hba: ['host all all 127.0.0.1/32 trust'] })
    const database = await createDatabase({ on: server.address })
    const owner = await database.client()
    await applySchema(owner)
    // What is measured is reading: a million events of the trail would only take their time.
    await owner.query('alter table public.documents disable trigger all')
    const storage = await startStorage(objects)
    try {
      for (const count of [sizes.small, sizes.large]) {
        addObjects(objects, count)
        await addRows(owner, count)
      }
      const small = await compare(database.url, storage.url, String(sizes.small))
      const large = await compare(database.url, storage.url, String(sizes.large))
      const isWhole =
        small.documents === sizes.small && large.documents === sizes.large && large.differences === 0
      const ratio = large.bytes / small.bytes
      return [
        {
          what: `1 M documents and objects, heap of ${heap} MB`,
          measured: megabytes(large.bytes),
          peer: `100 k ${megabytes(small.bytes)}`,
          ratio,
          holds: isWhole && large.bytes <= limit.bytes && ratio <= limit.ratio,
        },
      ]
    } finally {
      storage.stop()
    }
  },
}

import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type pg from 'pg'
import { Blobs } from '../object-server/blobs.ts'
import { addBucket, type Bucket } from '../object-server/buckets.ts'
import { IndexFile } from '../object-server/index-file.ts'
import { addVersion, noLock } from '../object-server/versions.ts'
import { type SampleFacts, sampleWriter } from './sample-document.ts'
import { sampleContents } from './seed-documents.ts'

/** Of the sandbox's documents: it keeps versions, and may lock them. */
const bucket: Omit<Bucket, 'created'> = {
  name: 'viruj-documents',
  versioning: 'Enabled',
  objectLock: null,
  encryption: null,
  publicAccessBlock: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
}
export const sampleBucket = bucket.name

type Stored = {
  id: number
  key: string
  version: string
  type: string
  stored: Date
  /** What befell the object, for who reconciles: only few. */
  trouble: 'lost' | 'damaged' | 'replaced' | null
}

/** The stored documents after one, the oldest first. */
const stored = `
  select id::int, s3_key as key, s3_version as version, content_type as type, stored_at as stored,
         case id when (select min(id) from public.documents where state = 'stored' and plant = 'HYD-1') then 'lost'
                 when (select min(id) from public.documents where state = 'stored' and plant = 'HYD-2') then 'damaged'
                 when (select min(id) from public.documents where state = 'stored' and plant = 'HYD-3') then 'replaced' end as trouble
    from public.documents
   where state = 'stored' and id > $1
   order by id
   limit 1000`

const hash = (algorithm: 'sha256' | 'md5', content: Buffer) => createHash(algorithm).update(content).digest()

/**
 * Makes the bucket, with an object for each stored document. One was lost, one damaged, one replaced by a newer version, and two objects
 * belong to no document: so that a reconciliation has something to find.
 * @param folder of the object server, which does not run
 * @param facts of the first documents, as they were uploaded
 */
export const fillBucket = async (
  folder: string,
  {
    client,
    facts,
    signal,
  }: { client: pg.ClientBase; facts: readonly SampleFacts[]; signal: AbortSignal | undefined },
): Promise<void> => {
  // Only this process reads the objects, not the servers' account.
  mkdirSync(folder, { mode: 0o700 })
  const index = new IndexFile(folder)
  const blobs = new Blobs(folder)
  try {
    const made: Bucket = { ...bucket, created: Date.now() }
    addBucket(index, made)
    const write = await sampleWriter()
    const add = async (
      content: Buffer,
      { key, type, stored, version }: Omit<Stored, 'id' | 'trouble'>,
    ): Promise<() => void> => {
      const sha256 = hash('sha256', content)
      const unfinished = blobs.unfinished()
      await writeFile(unfinished, content)
      return () => {
        blobs.keep(unfinished, sha256.toString('hex'))
        addVersion(index, made, {
          key,
          bytes: content.length,
          etag: `"${hash('md5', content).toString('hex')}"`,
          headers: { 'content-type': type },
          checksum: sha256.toString('base64'),
          lock: noLock,
          segments: [{ blob: sha256.toString('hex'), bytes: content.length }],
          modified: stored.getTime(),
          ...(version !== '' && { versionId: version }),
        })
      }
    }
    const contentOf = (id: number): Buffer => {
      const told = facts[(id - 1) % sampleContents]
      if (told === undefined) throw new TypeError('A document has no facts.')
      return write(told)
    }
    for (let last = 0; ; ) {
      signal?.throwIfAborted()
      const { rows } = await client.query<Stored>(stored, [last])
      const entries: (() => void)[] = []
      for (const row of rows) {
        if (row.trouble === 'lost') continue
        const content = contentOf(row.id)
        // A bit that tipped.
        if (row.trouble === 'damaged') content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1
        entries.push(await add(content, row))
        if (row.trouble === 'replaced') {
          entries.push(await add(Buffer.from('Somebody else wrote here.\n'), { ...row, version: '' }))
        }
      }
      index.transaction(() => {
        for (const entry of entries) entry()
      })
      const end = rows.at(-1)
      if (end === undefined) break
      last = end.id
    }
    const unclaimed = await Promise.all(
      [1, 2].map((n) =>
        add(Buffer.from(`Scan ${n} that no document speaks of.\n`), {
          key: `scans/unsorted-${n}.txt`,
          type: 'text/plain',
          stored: new Date(),
          version: '',
        }),
      ),
    )
    index.transaction(() => {
      for (const entry of unclaimed) entry()
    })
  } finally {
    index.close()
  }
}

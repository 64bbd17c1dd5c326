import { existsSync } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type pg from 'pg'
import {
  csvHeader,
  csvLine,
  fileNames,
  type ListedFile,
  type Manifest,
  readEvent,
  signedBytes,
  sumOf,
  type TrailRow,
} from '../../../../resources/verify.mjs'
import type { Published } from '../../../shared/audit-trail.ts'
import type { JobProgress } from '../../../shared/jobs.ts'
import type { Whereabouts } from '../trail/published-seals.ts'
import { readSeals } from '../trail/read-trail.ts'
import type { SealRow } from '../trail/seal.ts'
import { createHashedFile } from './hashed-file.ts'
import { proveInclusion } from './inclusion.ts'
import { listedInReport, writeReport } from './report-pdf.ts'
import { sealedEvents } from './sealed-events.ts'
import { type SigningKey, signWith } from './signing-key.ts'

/** verify.mjs, as it is put into packages: it stands above this file, whether that runs from the sources or bundled. */
const verifierPath = (): string => {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'resources', 'verify.mjs')
    if (existsSync(candidate)) return candidate
    if (dirname(folder) === folder) throw new Error('verify.mjs is missing from this installation.')
  }
}

/** Consecutive seals, also those whose events are not in the package. */
async function* readChain(client: pg.ClientBase, { from, to }: { from: bigint; to: bigint }) {
  for (let after = from - 1n; after < to; ) {
    const seals = (await readSeals(client, after, 1000)).filter(({ sealNo }) => BigInt(sealNo) <= to)
    const last = seals.at(-1)
    if (last === undefined) return
    yield* seals
    after = BigInt(last.sealNo)
  }
}

/** What a package is made of. */
export type Contents = {
  about: Omit<Manifest, 'files' | 'events' | 'signer'>
  where: Whereabouts
  anchors: readonly Published[]
  key: SigningKey | null
}

/**
 * Writes the files of a package into an empty folder, in constant memory. Expects a transaction with one snapshot.
 *
 * @param client reads the trail as it is
 */
export const writePackage = async (
  client: pg.ClientBase,
  folder: string,
  { about, where, anchors, key }: Contents,
  { signal, report }: { signal: AbortSignal; report: (progress: JobProgress) => void },
): Promise<Manifest> => {
  const { scope, seals, chain } = about
  const files: ListedFile[] = []
  const listed: TrailRow[] = []
  let events = 0
  {
    await using lines = await createHashedFile(folder, 'events.ndjson')
    await using csv = await createHashedFile(folder, 'events.csv')
    await using proofs = scope.kind === 'row' ? await createHashedFile(folder, 'proofs.ndjson') : null
    await csv.write(csvHeader)
    const asked = { from: BigInt(seals.from), to: BigInt(seals.to), row: scope.kind === 'row' ? scope : null }
    for await (const { seal, events: found } of sealedEvents(client, asked, signal)) {
      for (const { line } of found) {
        const row = readEvent(line)
        if (listed.length < listedInReport) listed.push(row)
        await lines.write(line, '\n')
        await csv.write(csvLine(row))
      }
      if (proofs !== null && found.length > 0) {
        for (const proof of await proveInclusion(client, seal.sealNo, found))
          await proofs.write(`${JSON.stringify({ ...proof, seal: seal.sealNo })}\n`)
      }
      events += found.length
      report({ done: events, total: null, unit: 'events', what: `Seal ${seal.sealNo}` })
    }
    for (const file of [lines, csv, proofs]) if (file !== null) files.push(await file.end())
  }

  const ends: { first: SealRow | null; last: SealRow | null } = { first: null, last: null }
  {
    await using lines = await createHashedFile(folder, 'seals.ndjson')
    for await (const seal of readChain(client, { from: BigInt(chain.from), to: BigInt(chain.to) })) {
      signal.throwIfAborted()
      if (seal.sealNo === seals.from) ends.first = seal
      if (seal.sealNo === seals.to) ends.last = seal
      await lines.write(`${JSON.stringify(seal)}\n`)
    }
    files.push(await lines.end())
  }

  const signer =
    key === null ? null : { algorithm: 'Ed25519' as const, keyId: key.keyId, publicKey: key.publicKey }
  await writeFile(join(folder, 'anchors.json'), `${JSON.stringify({ ...where, seals: anchors })}\n`, {
    mode: 0o600,
  })
  await writeReport(folder, { manifest: { ...about, events, signer }, ...ends, events: listed })
  await copyFile(verifierPath(), join(folder, 'verify.mjs'))
  for (const name of fileNames(scope))
    if (!files.some((file) => file.name === name)) files.push(await sumOf(folder, name))

  const manifest: Manifest = { ...about, events, signer, files }
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  await writeFile(join(folder, 'manifest.json'), bytes, { mode: 0o600 })
  if (key !== null) {
    await writeFile(join(folder, 'manifest.sig'), `${signWith(key, signedBytes(bytes))}\n`, { mode: 0o600 })
  }
  return manifest
}

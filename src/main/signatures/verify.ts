import { sql } from 'kysely'
import type { JobProgress } from '../../shared/jobs.ts'
import type { SignaturesReport } from '../../shared/signatures.ts'
import type { Database } from '../session/database.ts'

/** Rows that the server hashes in one statement: some 60 MB at most. */
const batch = 250
const listedAtMost = 100

type Row = { id: string; bytes: number; intact: boolean; drawn: boolean }

/**
 * Holds every stored image against the hash of its row, in read-only transactions of `batch` rows by key. The server hashes, so that no
 * image travels; what is kept here is a count and the first findings.
 */
export const verifySignatures = async (
  database: Database,
  { signal, report }: { signal: AbortSignal; report: (progress: JobProgress) => void },
): Promise<SignaturesReport> => {
  const [all] = await database.query(
    sql<{ total: number }>`select count(*)::integer as total from public.signatures`,
    { signal },
  )
  const total = all?.total ?? null
  const found: SignaturesReport = { verified: 0, bytes: 0, findings: 0, listed: [] }
  for (let last = '0'; ; ) {
    report({ done: found.verified, total, unit: 'signatures', what: `Signature ${last} and later` })
    const rows = await database.query(
      sql<Row>`
        select id::text, octet_length(image) as bytes, encode(sha256(image), 'hex') = sha256 as intact,
               width is not null as drawn
          from public.signatures where id > ${last}::bigint order by signatures.id limit ${sql.lit(batch)}`,
      { signal },
    )
    for (const { id, bytes, intact, drawn } of rows) {
      found.verified += 1
      found.bytes += bytes
      const problem = !intact
        ? 'Its image is not the one that its hash was taken of.'
        : drawn
          ? null
          : 'Its image is no PNG or JPEG that can be drawn.'
      if (problem === null) continue
      found.findings += 1
      if (found.listed.length < listedAtMost) found.listed.push({ id, problem })
    }
    const next = rows.at(-1)?.id
    if (next === undefined || rows.length < batch) return found
    last = next
  }
}

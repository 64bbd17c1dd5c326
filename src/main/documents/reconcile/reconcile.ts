import { ConsoleError } from '../../../shared/errors.ts'
import type { JobProgress } from '../../../shared/jobs.ts'
import {
  type Finding,
  type FindingKind,
  findingKinds,
  listedOfAKind,
  type ReconcileDepth,
  type ReconcileReport,
} from '../../../shared/reconcile.ts'
import type { Database } from '../../session/database.ts'
import type { Storage } from '../../storage/storage.ts'
import { isDenied } from '../../storage/storage-errors.ts'
import { judge, type Looking, needsLook } from './judge.ts'
import { merge, type Pair } from './merge.ts'
import { ownKeys } from './own-keys.ts'
import { createPace, eachOf } from './pace.ts'
import { countRows, rowsInOrder, rowsNow, type Scope, seesAllRows } from './rows-in-order.ts'
import { unknownUploads } from './unknown-uploads.ts'

/** Pairs that are looked at together: their rows are read in one statement. */
const batch = 200
/** Questions to the storage at once, and in a second. */
const width = 8
const usualPace = 200

export type Reconciling = {
  signal: AbortSignal
  report(progress: JobProgress): void
  /** Hears every finding, also those that the report only counts; it goes on when this has taken it. */
  found?(finding: Finding): Promise<void>
}

const count = (value: number, one: string): string =>
  `${value.toLocaleString('en')} ${one}${value === 1 ? '' : 's'}`

/**
 * Holds all documents against their bucket: rows and objects are read side by side in the order of their keys, so that memory does not
 * grow with either. What looks different is judged once more, by the row and the object as they are then. Reads only.
 */
export const reconcile = async (
  { database, storage }: { database: Database; storage: Storage },
  options: { depth: ReconcileDepth; stuckHours: number; perSecond?: number },
  { signal, report, found = async () => undefined }: Reconciling,
): Promise<ReconcileReport> => {
  const started = new Date()
  const { depth, stuckHours, perSecond = usualPace } = options
  const { bucket, prefix } = storage.settings
  const scope: Scope = { bucket, prefix, stuckHours }
  const counts = Object.fromEntries(findingKinds.map((kind) => [kind, 0])) as Record<FindingKind, number>
  const listed: Finding[] = []
  const notes: string[] = []
  const seen = { documents: 0, objects: 0, uploads: 0, verified: 0, read: 0, unproven: 0 }

  const keep = async (finding: Finding): Promise<void> => {
    const { kind } = finding
    counts[kind] += 1
    if (counts[kind] <= listedOfAKind) listed.push(finding)
    await found(finding)
  }

  const [{ total, elsewhere }, seesAll] = await Promise.all([
    countRows(database, scope, signal),
    seesAllRows(database, signal),
  ])
  if (elsewhere > 0) {
    notes.push(
      `${count(elsewhere, 'document')} in another bucket${prefix === '' ? '' : ` or beside "${prefix}"`}: not compared.`,
    )
  }
  if (!seesAll) {
    notes.push('This role does not see all plants: what has no document was not looked for.')
  }

  const looking: Looking = { storage, depth, hasVersions: true, signal, pace: createPace(perSecond) }
  const withoutVersions = (why: ConsoleError): void => {
    looking.hasVersions = false
    notes.push(`Versions were not compared: ${why.message} ${why.remedy}`)
  }

  const settle = async (pairs: readonly Pair[]): Promise<void> => {
    const rows = await rowsNow(
      database,
      pairs.map(({ key }) => key),
      stuckHours,
      signal,
    )
    const judged = await eachOf(pairs, width, (pair) =>
      judge(looking, pair, rows.get(pair.key) ?? null, started),
    )
    for (const { finding, verified, isUnproven } of judged) {
      if (verified !== null) seen.verified += 1
      if (verified === 'read') seen.read += 1
      if (isUnproven) seen.unproven += 1
      if (finding !== null) await keep(finding)
    }
  }

  const isOwn = ownKeys(storage.settings)
  const tell = (what = `${count(seen.objects, 'object')} seen`): void =>
    report({ done: seen.documents, total, unit: 'documents', what })
  let pairs = 0
  let waiting: Pair[] = []
  for await (const pair of merge(
    rowsInOrder(database, scope, signal),
    storage.listKeys(prefix, signal, withoutVersions),
  )) {
    signal.throwIfAborted()
    if (pair.row !== null) seen.documents += 1
    else if (!seesAll || isOwn(pair.key)) continue
    if (pair.object !== null) seen.objects += 1
    pairs += 1
    if (pairs % 1000 === 0) tell()
    if (!needsLook(pair, looking)) continue
    waiting.push(pair)
    if (waiting.length < batch) continue
    await settle(waiting)
    tell()
    waiting = []
  }
  await settle(waiting)

  if (seesAll) {
    tell('unfinished uploads')
    try {
      for await (const finding of unknownUploads(
        { database, storage, scope },
        {
          newer: started,
          signal,
          isOwn,
          told: (uploads) => {
            seen.uploads += uploads
          },
        },
      )) {
        await keep(finding)
      }
    } catch (error) {
      if (!(error instanceof ConsoleError) || !isDenied(error)) throw error
      notes.push(`Unfinished uploads were not looked for: ${error.message} ${error.remedy}`)
    }
  }
  const { documents, objects, uploads, verified, read, unproven } = seen
  if (unproven > 0) {
    notes.push(
      `Of ${count(unproven, 'document')} the storage has no SHA-256 of the whole: their content was not compared. Verify with reading.`,
    )
  }
  return {
    depth,
    bucket,
    prefix,
    startedAt: started.toISOString(),
    endedAt: new Date().toISOString(),
    documents,
    objects,
    uploads,
    verified,
    read,
    differences: findingKinds.reduce((sum, kind) => sum + (kind === 'quarantined' ? 0 : counts[kind]), 0),
    counts,
    listed: listed.sort((a, b) => findingKinds.indexOf(a.kind) - findingKinds.indexOf(b.kind)),
    notes,
  }
}

import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { ConsoleError } from '../../../shared/errors.ts'
import type { JobState } from '../../../shared/jobs.ts'
import type { MendInput, ReconcileReport, reconcileInput } from '../../../shared/reconcile.ts'
import type { Session } from '../../session/session.ts'
import type { Storage } from '../../storage/storage.ts'
import type { DocumentRows } from '../document-rows.ts'
import { mend } from './mend.ts'
import { type Reconciling, reconcile } from './reconcile.ts'

/** Documents and bucket held against each other, for commands and for the console's screens. */
export const createReconcileService = (
  session: Session,
  { rows, storage }: { rows: DocumentRows; storage: () => Promise<Storage> },
) => {
  const { database } = session
  /** Of the session's newest comparison that ended. */
  let kept: { jobId: string; folder: string } | null = null
  const forget = async () => {
    const old = kept
    kept = null
    if (old !== null) await rm(old.folder, { recursive: true, force: true })
  }
  session.belongings.defer(forget)

  const compare = async (
    options: Parameters<typeof reconcile>[1],
    context: Reconciling,
  ): Promise<ReconcileReport> => reconcile({ database, storage: await storage() }, options, context)

  /** With every finding in a file: the report itself lists the first of each kind only. */
  const compareInto = async (
    folder: string,
    options: z.infer<typeof reconcileInput>,
    context: Omit<Reconciling, 'found'>,
  ): Promise<ReconcileReport> => {
    await using file = await open(join(folder, 'report.ndjson'), 'wx', 0o600)
    const write = async (line: unknown) => {
      await file.write(`${JSON.stringify(line)}\n`)
    }
    const report = await compare(options, { ...context, found: write })
    const { listed: _, ...summary } = report
    await write({ summary })
    return report
  }

  return {
    compare,

    /** Its result is a `ReconcileReport`. */
    reconcile: async (input: z.infer<typeof reconcileInput>): Promise<JobState> => {
      // Fails at once where there is no storage to compare with.
      await storage()
      const folder = await mkdtemp(join(tmpdir(), 'viruj-console-'))
      const state = await session.jobs.start(
        { kind: 'reconcile-documents', title: 'Compare documents with their bucket' },
        async (context) => {
          try {
            const report = await compareInto(folder, input, context)
            await forget()
            kept = { jobId: state.id, folder }
            return report
          } catch (error) {
            await rm(folder, { recursive: true, force: true })
            throw error
          }
        },
      )
      return state
    },

    /** Opens the file with every finding, to be pulled to its end. Fails with `NOT_FOUND` when a later comparison took its place. */
    report: async ({ jobId }: { jobId: string }): Promise<{ resultId: string }> => {
      if (kept?.jobId !== jobId) {
        throw new ConsoleError(
          'NOT_FOUND',
          'The report of this comparison is no longer kept: a later one took its place.',
          'Compare again.',
        )
      }
      return { resultId: session.results.add(chunksOf(join(kept.folder, 'report.ndjson'))) }
    },

    mend: (input: MendInput, signal: AbortSignal) => mend({ database, rows, storage }, input, signal),
  }
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  yield* createReadStream(path, { highWaterMark: 512 * 1024 })
}

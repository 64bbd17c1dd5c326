import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ConsoleError } from '../../../shared/errors.ts'
import type { EvidencePreview, EvidenceScope } from '../../../shared/evidence.ts'
import type { JobState } from '../../../shared/jobs.ts'
import type { Session } from '../../session/session.ts'
import { createEvidence } from './export.ts'
import type { SigningKey } from './signing-key.ts'

const chunkSize = 512 * 1024
/** Milliseconds after which the next export throws a package away that a killed session left. */
const keptFor = 24 * 3_600_000

const removeOld = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (Date.now() - (await stat(path)).mtimeMs > keptFor) await rm(path, { recursive: true, force: true })
  }
}

/** The bytes of a file, after which its folder is gone. Who ends it before keeps the file. */
async function* takeFile(path: string): AsyncGenerator<Uint8Array, void, void> {
  {
    await using file = await open(path)
    for (;;) {
      // Each is handed over to another thread, so each has a buffer of its own.
      const { buffer, bytesRead } = await file.read(new Uint8Array(chunkSize), 0, chunkSize)
      if (bytesRead === 0) break
      yield buffer.slice(0, bytesRead)
    }
  }
  await rm(dirname(path), { recursive: true, force: true })
}

/** Evidence for the console's screens: made by a job, kept in the console's folder, and pulled from there once. */
export const createEvidenceService = (session: Session, { home }: { home: string }) => {
  const evidence = createEvidence(session, { home })
  const exportsFolder = join(home, 'exports')
  /** Of this session's jobs. */
  const made = new Map<string, string>()
  return {
    preview: ({ scope }: { scope: EvidenceScope }, signal: AbortSignal): Promise<EvidencePreview> =>
      evidence.preview(scope, signal),

    /** Its result is an `EvidenceReport`. */
    async export(request: {
      scope: EvidenceScope
      reason: string
      key: SigningKey | null
    }): Promise<JobState> {
      session.assertMayWrite()
      await mkdir(exportsFolder, { recursive: true, mode: 0o700 })
      await removeOld(exportsFolder)
      const folder = join(exportsFolder, randomUUID())
      await mkdir(folder, { mode: 0o700 })
      session.belongings.defer(() => rm(folder, { recursive: true, force: true }))
      const time = new Date()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z')
        .replaceAll(':', '')
      const target = join(folder, `evidence-${time}.zip`)
      const state = await session.jobs.start(
        { kind: 'export-evidence', title: 'Export evidence' },
        (context) =>
          evidence.export({ ...request, target }, context).catch(async (error: unknown) => {
            await rm(folder, { recursive: true, force: true })
            throw error
          }),
      )
      made.set(state.id, target)
      return state
    },

    /** Opens the package of a job that is done, to be pulled to its end. Fails with `NOT_FOUND` when it was taken. */
    async take({ jobId }: { jobId: string }): Promise<{ resultId: string }> {
      const path = made.get(jobId)
      const isThere = path !== undefined && (await stat(path).catch(() => null)) !== null
      if (!isThere) {
        throw new ConsoleError(
          'NOT_FOUND',
          'This package was saved already, or went with the session that made it.',
          'Export it again.',
        )
      }
      return { resultId: session.results.add(takeFile(path)) }
    },
  }
}

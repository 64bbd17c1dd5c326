import { createAudit } from '../audit/audit.ts'
import { createEvidenceService } from '../audit/evidence/service.ts'
import { createSavedFilters } from '../audit/saved-filters.ts'
import { readContinuity } from '../audit/trail/continuity.ts'
import { createTrailService } from '../audit/trail/service.ts'
import { createCatalog } from '../catalog/catalog.ts'
import { createDocuments } from '../documents/documents.ts'
import { createMetadata } from '../metadata/metadata.ts'
import { checkDrift } from '../migrations/drift/drift.ts'
import { createExpect } from '../migrations/drift/expectation.ts'
import { createMigrations, folderOf } from '../migrations/migrations.ts'
import { createActions } from '../operations/actions/actions.ts'
import { createFailover } from '../operations/failover/failover.ts'
import { createLastPrimary } from '../operations/failover/last-primary.ts'
import { createOperations } from '../operations/operations.ts'
import { createRotation } from '../operations/rotation/rotation.ts'
import { createRunbooks } from '../operations/runbooks/runbooks.ts'
import { createRuns } from '../operations/runbooks/runs.ts'
import { createRows } from '../rows/rows.ts'
import { createProvisioning } from '../security/provisioning/provisioning.ts'
import { createKeptSecrets } from '../session/kept-secrets.ts'
import type { Session } from '../session/session.ts'
import { createSignatures } from '../signatures/signatures.ts'

/**
 * What a session can do, by area. Runs in the session's worker; the host's process only forwards.
 * Every method takes its validated input and a signal, and fails with `ConsoleError`.
 *
 * @param options.home the console's own folder
 */
export const createServices = (session: Session, options: { home: string }) => {
  const lastPrimary = createLastPrimary()
  const operations = createOperations(session, {
    onRun: (run) => lastPrimary.noteRun(session.state().server.host, run),
  })
  const runs = createRuns(session)
  const secrets = createKeptSecrets()
  return {
    session: {
      state: async () => session.state(),
      confirmWrites: async (input: { database: string }) => session.confirmWrites(input),
      reconnect: (_: null, signal: AbortSignal) => session.reconnect(signal),
    },
    results: {
      pull: ({ resultId }: { resultId: string }, signal: AbortSignal) =>
        session.results.pull(resultId, signal),
      close: ({ resultId }: { resultId: string }) => session.results.close(resultId),
    },
    jobs: {
      list: () => session.jobs.list(),
      get: (input: { jobId: string }) => session.jobs.get(input),
      cancel: (input: { jobId: string }) => session.jobs.cancel(input),
    },
    catalog: createCatalog(session.database),
    rows: createRows(session.database, session.results),
    metadata: createMetadata(session.database),
    documents: createDocuments(session),
    audit: createAudit(session.database),
    savedFilters: createSavedFilters(session),
    trail: createTrailService(session, options),
    evidence: createEvidenceService(session, options),
    migrations: createMigrations(session),
    provisioning: createProvisioning(session, { secrets }),
    signatures: createSignatures(session),
    operations,
    operationsActions: createActions(session),
    runbooks: createRunbooks(session, { ask: operations.run, runs }),
    rotation: createRotation(session, { runs, secrets }),
    failover: createFailover(session, {
      lastPrimary,
      runs,
      drift: (context) => checkDrift(session, folderOf(session), createExpect(session), context),
      continuity: (before, signal) => readContinuity(session, options, before, signal),
    }),
  }
}

export type Services = ReturnType<typeof createServices>

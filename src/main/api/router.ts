import { z } from 'zod'
import {
  catalogDetail,
  catalogGroupInput,
  catalogListOutput,
  catalogObjectInput,
  catalogPartitionsInput,
  catalogSchemasOutput,
  catalogSearchInput,
} from '../../shared/catalog.ts'
import { catalogDiagram, catalogDiagramInput } from '../../shared/diagram.ts'
import {
  documentAccess,
  documentFacets,
  documentHeld,
  documentHoldInput,
  documentInput,
  documentLink,
  documentLinkInput,
  documentObject,
  documentOpenInput,
  documentRetireInput,
  openedDocument,
} from '../../shared/document-reading.ts'
import {
  uploadPolicy,
  uploadState,
  uploadsActInput,
  uploadsAddInput,
  uploadsChanges,
  uploadsChangesInput,
} from '../../shared/documents.ts'
import { jobInput, jobState } from '../../shared/jobs.ts'
import { metadataPlantsOutput } from '../../shared/metadata.ts'
import {
  driftUnwaiveInput,
  driftWaiveInput,
  driftWaiver,
  migrationFile,
  migrationPlan,
  migrationRun,
  migrationsBaselineInput,
  migrationsFileInput,
  migrationsPlanInput,
  migrationsRunInput,
  migrationsStatus,
} from '../../shared/migrations.ts'
import { preferencesGetInput, preferencesGetOutput, preferencesSetInput } from '../../shared/preferences.ts'
import {
  profile,
  profilesDiagnoseInput,
  profilesDiagnoseOutput,
  profilesIdInput,
  profilesListOutput,
  profilesSaveInput,
} from '../../shared/profiles.ts'
import {
  provisioningPlan,
  provisioningPlanInput,
  provisioningRunInput,
  provisioningSaveSecretInput,
  provisioningSecret,
  provisioningSecretInput,
  provisioningSuggestion,
} from '../../shared/provisioning.ts'
import { mended, mendInput, reconcileInput } from '../../shared/reconcile.ts'
import {
  relationDescription,
  resultInput,
  rowsCellInput,
  rowsCellOutput,
  rowsCountInput,
  rowsCountOutput,
  rowsPageInput,
  rowsPageOutput,
  rowsRelationInput,
  rowsStreamInput,
  rowsStreamOutput,
} from '../../shared/rows.ts'
import {
  sessionInput,
  sessionState,
  sessionsConfirmWritesInput,
  sessionsOpenInput,
} from '../../shared/sessions.ts'

import {
  person,
  signatureAccess,
  signatureImage,
  signatureInput,
  signaturesInspectInput,
  signaturesInspectOutput,
  signaturesListInput,
  signaturesListOutput,
  signaturesPeopleInput,
  signaturesRevokeInput,
  signaturesSaveInput,
  signaturesSaveOutput,
  signatureUses,
} from '../../shared/signatures.ts'

import { storageDiagnoseInput, storageDiagnosis } from '../../shared/storage-diagnosis.ts'
import { diagnoseStorage } from '../storage/diagnosis.ts'
import { audit, evidence, trail } from './audit-routers.ts'
import { failover, operations, rotation, runbooks } from './operations-routers.ts'
import { saveSecret } from './save-secret.ts'
import { procedure, router, sessionProcedure } from './trpc.ts'

const never = () => new AbortController().signal

const preferences = router({
  get: procedure
    .input(preferencesGetInput)
    .output(preferencesGetOutput)
    .query(({ ctx, input }) => ctx.preferences.get(input.key)),
  set: procedure
    .input(preferencesSetInput)
    .mutation(({ ctx, input }) => ctx.preferences.set(input.key, input.value)),
})

const profiles = router({
  list: procedure.output(profilesListOutput).query(({ ctx }) => ctx.profiles.list()),
  save: procedure
    .input(profilesSaveInput)
    .output(profile)
    .mutation(({ ctx, input }) => ctx.profiles.save(input)),
  duplicate: procedure
    .input(profilesIdInput)
    .output(profile)
    .mutation(({ ctx, input }) => ctx.profiles.duplicate(input.id)),
  remove: procedure.input(profilesIdInput).mutation(({ ctx, input }) => ctx.profiles.remove(input.id)),
  diagnose: procedure
    .input(profilesDiagnoseInput)
    .output(profilesDiagnoseOutput)
    .mutation(({ ctx, input, signal }) => ctx.profiles.diagnose(input, signal ?? never())),
  diagnoseStorage: procedure
    .input(storageDiagnoseInput)
    .output(storageDiagnosis)
    .mutation(async ({ ctx, input, signal }) => {
      const secret = await ctx.profiles.storageSecretFor(input)
      return diagnoseStorage(input.storage, secret, signal ?? never())
    }),
})

const sessions = router({
  open: procedure
    .input(sessionsOpenInput)
    .output(sessionState)
    .mutation(({ ctx, input, signal }) => ctx.sessions.open(input, signal ?? never())),
  list: procedure.output(z.array(sessionState)).query(({ ctx }) => ctx.sessions.list()),
  state: procedure
    .input(sessionInput)
    .output(sessionState)
    .query(({ ctx, input }) => ctx.sessions.get(input.sessionId).state),
  reconnect: procedure
    .input(sessionInput)
    .output(sessionState)
    .mutation(({ ctx, input, signal }) => ctx.sessions.reconnect(input.sessionId, signal ?? never())),
  confirmWrites: sessionProcedure
    .input(sessionsConfirmWritesInput)
    .output(sessionState)
    .mutation(({ ctx, input }) => ctx.services.session.confirmWrites(input, ctx.signal)),
  close: procedure.input(sessionInput).mutation(({ ctx, input }) => ctx.sessions.close(input.sessionId)),
})

const catalog = router({
  schemas: sessionProcedure
    .output(catalogSchemasOutput)
    .query(({ ctx }) => ctx.services.catalog.schemas(null, ctx.signal)),
  group: sessionProcedure
    .input(catalogGroupInput)
    .output(catalogListOutput)
    .query(({ ctx, input }) => ctx.services.catalog.group(input, ctx.signal)),
  partitions: sessionProcedure
    .input(catalogPartitionsInput)
    .output(catalogListOutput)
    .query(({ ctx, input }) => ctx.services.catalog.partitions(input, ctx.signal)),
  databases: sessionProcedure
    .output(catalogListOutput)
    .query(({ ctx }) => ctx.services.catalog.databases(null, ctx.signal)),
  roles: sessionProcedure
    .output(catalogListOutput)
    .query(({ ctx }) => ctx.services.catalog.roles(null, ctx.signal)),
  extensions: sessionProcedure
    .output(catalogListOutput)
    .query(({ ctx }) => ctx.services.catalog.extensions(null, ctx.signal)),
  search: sessionProcedure
    .input(catalogSearchInput)
    .output(catalogListOutput)
    .query(({ ctx, input }) => ctx.services.catalog.search(input, ctx.signal)),
  detail: sessionProcedure
    .input(catalogObjectInput)
    .output(catalogDetail)
    .query(({ ctx, input }) => ctx.services.catalog.detail(input, ctx.signal)),
  diagram: sessionProcedure
    .input(catalogDiagramInput)
    .output(catalogDiagram)
    .query(({ ctx, input }) => ctx.services.catalog.diagram(input, ctx.signal)),
})

const rows = router({
  describe: sessionProcedure
    .input(rowsRelationInput)
    .output(relationDescription)
    .query(({ ctx, input }) => ctx.services.rows.describe(input, ctx.signal)),
  page: sessionProcedure
    .input(rowsPageInput)
    .output(rowsPageOutput)
    .mutation(({ ctx, input }) => ctx.services.rows.page(input, ctx.signal)),
  stream: sessionProcedure
    .input(rowsStreamInput)
    .output(rowsStreamOutput)
    .mutation(({ ctx, input }) => ctx.services.rows.stream(input, ctx.signal)),
  count: sessionProcedure
    .input(rowsCountInput)
    .output(rowsCountOutput)
    .mutation(({ ctx, input }) => ctx.services.rows.count(input, ctx.signal)),
  cell: sessionProcedure
    .input(rowsCellInput)
    .output(rowsCellOutput)
    .mutation(({ ctx, input }) => ctx.services.rows.cell(input, ctx.signal)),
})

const metadata = router({
  plants: sessionProcedure
    .output(metadataPlantsOutput)
    .query(({ ctx }) => ctx.services.metadata.plants(null, ctx.signal)),
})

/** Bytes of an upload are fed beside this router: `feedUpload` in `handle.ts`. */
const documents = router({
  policy: sessionProcedure
    .output(uploadPolicy)
    .query(({ ctx }) => ctx.services.documents.policy(null, ctx.signal)),
  addUploads: sessionProcedure
    .input(uploadsAddInput)
    .output(z.array(uploadState))
    .mutation(({ ctx, input }) => ctx.services.documents.addUploads(input, ctx.signal)),
  uploads: sessionProcedure
    .input(uploadsChangesInput)
    .output(uploadsChanges)
    .query(({ ctx, input }) => ctx.services.documents.uploads(input, ctx.signal)),
  actOnUploads: sessionProcedure
    .input(uploadsActInput)
    .mutation(({ ctx, input }) => ctx.services.documents.actOnUploads(input, ctx.signal)),
  access: sessionProcedure
    .output(documentAccess)
    .query(({ ctx }) => ctx.services.documents.access(null, ctx.signal)),
  facets: sessionProcedure
    .output(documentFacets)
    .query(({ ctx }) => ctx.services.documents.facets(null, ctx.signal)),
  object: sessionProcedure
    .input(documentInput)
    .output(documentObject)
    .query(({ ctx, input }) => ctx.services.documents.object(input, ctx.signal)),
  open: sessionProcedure
    .input(documentOpenInput)
    .output(openedDocument)
    .mutation(({ ctx, input }) => ctx.services.documents.open(input, ctx.signal)),
  link: sessionProcedure
    .input(documentLinkInput)
    .output(documentLink)
    .mutation(({ ctx, input }) => ctx.services.documents.link(input, ctx.signal)),
  retire: sessionProcedure
    .input(documentRetireInput)
    .mutation(({ ctx, input }) => ctx.services.documents.retire(input, ctx.signal)),
  hold: sessionProcedure
    .input(documentHoldInput)
    .output(documentHeld)
    .mutation(({ ctx, input }) => ctx.services.documents.hold(input, ctx.signal)),
  reconcile: sessionProcedure
    .input(reconcileInput)
    .output(jobState)
    .mutation(({ ctx, input }) => ctx.services.documents.reconcile(input, ctx.signal)),
  report: sessionProcedure
    .input(jobInput)
    .output(z.object({ resultId: z.string() }))
    .mutation(({ ctx, input }) => ctx.services.documents.report(input, ctx.signal)),
  mend: sessionProcedure
    .input(mendInput)
    .output(mended)
    .mutation(({ ctx, input }) => ctx.services.documents.mend(input, ctx.signal)),
})

const migrations = router({
  status: sessionProcedure
    .output(migrationsStatus)
    .query(({ ctx }) => ctx.services.migrations.status(null, ctx.signal)),
  history: sessionProcedure
    .output(z.array(migrationRun))
    .query(({ ctx }) => ctx.services.migrations.history(null, ctx.signal)),
  file: sessionProcedure
    .input(migrationsFileInput)
    .output(migrationFile)
    .query(({ ctx, input }) => ctx.services.migrations.file(input, ctx.signal)),
  plan: sessionProcedure
    .input(migrationsPlanInput)
    .output(migrationPlan)
    .query(({ ctx, input }) => ctx.services.migrations.plan(input, ctx.signal)),
  roundTrip: sessionProcedure
    .input(migrationsPlanInput)
    .output(jobState)
    .mutation(({ ctx, input }) => ctx.services.migrations.roundTrip(input, ctx.signal)),
  run: sessionProcedure
    .input(migrationsRunInput)
    .output(jobState)
    .mutation(({ ctx, input }) => ctx.services.migrations.run(input, ctx.signal)),
  baseline: sessionProcedure
    .input(migrationsBaselineInput)
    .output(jobState)
    .mutation(({ ctx, input }) => ctx.services.migrations.baseline(input, ctx.signal)),
  drift: sessionProcedure
    .output(jobState)
    .mutation(({ ctx }) => ctx.services.migrations.drift(null, ctx.signal)),
  waivers: sessionProcedure
    .output(z.array(driftWaiver))
    .query(({ ctx }) => ctx.services.migrations.waivers(null, ctx.signal)),
  waive: sessionProcedure
    .input(driftWaiveInput)
    .output(driftWaiver)
    .mutation(({ ctx, input }) => ctx.services.migrations.waive(input, ctx.signal)),
  unwaive: sessionProcedure
    .input(driftUnwaiveInput)
    .mutation(({ ctx, input }) => ctx.services.migrations.unwaive(input, ctx.signal)),
})

const provisioning = router({
  suggest: sessionProcedure
    .output(provisioningSuggestion)
    .query(({ ctx }) => ctx.services.provisioning.suggest(null, ctx.signal)),
  plan: sessionProcedure
    .input(provisioningPlanInput)
    .output(provisioningPlan)
    .mutation(({ ctx, input }) => ctx.services.provisioning.plan(input, ctx.signal)),
  run: sessionProcedure
    .input(provisioningRunInput)
    .output(jobState)
    .mutation(({ ctx, input }) => ctx.services.provisioning.run(input, ctx.signal)),
  /** Shown once: the console forgets it as it hands it over. */
  secret: sessionProcedure
    .input(provisioningSecretInput)
    .output(provisioningSecret)
    .mutation(async ({ ctx, input }) => {
      const secret = await ctx.services.provisioning.secret(input, ctx.signal)
      await ctx.services.provisioning.forget(input, ctx.signal)
      return secret
    }),
  saveSecret: sessionProcedure
    .input(provisioningSaveSecretInput)
    .output(profile)
    .mutation(({ ctx, input }) => saveSecret(ctx, input, ctx.signal)),
})

const signatures = router({
  access: sessionProcedure
    .output(signatureAccess)
    .query(({ ctx }) => ctx.services.signatures.access(null, ctx.signal)),
  list: sessionProcedure
    .input(signaturesListInput)
    .output(signaturesListOutput)
    .query(({ ctx, input }) => ctx.services.signatures.list(input, ctx.signal)),
  image: sessionProcedure
    .input(signatureInput)
    .output(signatureImage)
    .query(({ ctx, input }) => ctx.services.signatures.image(input, ctx.signal)),
  uses: sessionProcedure
    .input(signatureInput)
    .output(signatureUses.nullable())
    .query(({ ctx, input }) => ctx.services.signatures.uses(input, ctx.signal)),
  people: sessionProcedure
    .input(signaturesPeopleInput)
    .output(z.array(person))
    .query(({ ctx, input }) => ctx.services.signatures.people(input, ctx.signal)),
  inspect: sessionProcedure
    .input(signaturesInspectInput)
    .output(signaturesInspectOutput)
    .mutation(({ ctx, input }) => ctx.services.signatures.inspect(input, ctx.signal)),
  save: sessionProcedure
    .input(signaturesSaveInput)
    .output(signaturesSaveOutput)
    .mutation(({ ctx, input }) => ctx.services.signatures.save(input, ctx.signal)),
  revoke: sessionProcedure
    .input(signaturesRevokeInput)
    .mutation(({ ctx, input }) => ctx.services.signatures.revoke(input, ctx.signal)),
  verify: sessionProcedure
    .output(jobState)
    .mutation(({ ctx }) => ctx.services.signatures.verify(null, ctx.signal)),
})

const jobs = router({
  list: sessionProcedure
    .output(z.array(jobState))
    .query(({ ctx }) => ctx.services.jobs.list(null, ctx.signal)),
  get: sessionProcedure
    .input(jobInput)
    .output(jobState)
    .query(({ ctx, input }) => ctx.services.jobs.get(input, ctx.signal)),
  cancel: sessionProcedure
    .input(jobInput)
    .output(jobState)
    .mutation(({ ctx, input }) => ctx.services.jobs.cancel(input, ctx.signal)),
})

/** Bytes of a result are pulled beside this router: `pullBatch` in `handle.ts`. */
const results = router({
  close: sessionProcedure
    .input(resultInput)
    .mutation(({ ctx, input }) => ctx.services.results.close(input, ctx.signal)),
})

export const appRouter = router({
  preferences,
  profiles,
  sessions,
  jobs,
  catalog,
  rows,
  results,
  metadata,
  documents,
  audit,
  trail,
  evidence,
  migrations,
  provisioning,
  signatures,
  operations,
  rotation,
  runbooks,
  failover,
})

/** The contract. The renderer imports this type and nothing else of the main process. */
export type AppRouter = typeof appRouter

import { sql } from 'kysely'
import { z } from 'zod'
import { ConsoleError } from '../../../shared/errors.ts'
import {
  countSteps,
  noMark,
  type RunbookKeeping,
  type RunbookMark,
  type RunbookMarkInput,
  type RunbookRun,
  type RunbookRunSummary,
  runbookFound,
  runbookMark,
  runLimit,
} from '../../../shared/runbooks.ts'
import { iso } from '../../session/iso.ts'
import type { Writing } from '../../session/writer.ts'

/** Runs one statement, wherever it is sent. */
type Query = Writing['query']

export const kept: RunbookKeeping = { isKept: true, text: 'Kept in ops.runbook_run.' }

type Access = { user: string; isThere: boolean; mayRead: boolean; mayWrite: boolean }

/** Why a run goes with the session; where the table is what fails, in the words for that. */
export const notKept = (why: string | Access): RunbookKeeping => ({
  isKept: false,
  text: `Runs go with this session: ${
    typeof why === 'string'
      ? why
      : why.isThere
        ? `${why.user} may not write to ops.runbook_run. Members of viruj_dba may.`
        : 'this database has no table ops.runbook_run, which migration 0019 of the ERP makes.'
  }`,
})

/** What the role may do with the table. By the catalogs: `to_regclass` fails for who may not use the schema. */
export const readAccess = async (query: Query): Promise<Access> => {
  const [access] = await query(sql<Access>`
    SELECT current_user::text AS "user",
           count(c.oid) > 0 AS "isThere",
           coalesce(bool_or(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')), false) AS "mayRead",
           coalesce(bool_or(has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'INSERT')
                            AND has_any_column_privilege(c.oid, 'UPDATE')), false) AS "mayWrite"
      FROM pg_class AS c
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = 'ops' AND c.relname = 'runbook_run'`)
  if (access === undefined) throw new Error('an aggregate has a row')
  return access
}

type Row = Pick<RunbookRun, 'runId' | 'runbook' | 'title' | 'server' | 'verdict' | 'startedAt' | 'by'> & {
  reason: string | null
  signedAt: string | null
  signedBy: string | null
  steps: unknown
  marks: unknown
}

const columns = sql`
  id::text AS "runId", runbook, title, server, verdict, ${iso(sql`started_at`)} AS "startedAt", started_by AS "by",
  reason, ${iso(sql`signed_at`)} AS "signedAt", signed_by AS "signedBy", marks`

const readMarks = (marks: unknown): Record<string, RunbookMark> =>
  z.record(z.string(), runbookMark).safeParse(marks).data ?? {}

const aboutOf = ({
  reason,
  signedAt,
  signedBy,
  steps: _,
  marks: __,
  ...row
}: Row): Omit<RunbookRun, 'steps'> => ({
  ...row,
  keeping: kept,
  signed:
    signedAt === null
      ? null
      : {
          at: signedAt,
          by: signedBy ?? '',
          reason: reason ?? '',
          recording: { isRecorded: true, text: 'Kept in ops.runbook_run, whose changes are recorded.' },
        },
})

const slimStep = z.object({ id: z.string(), verdict: runbookFound.shape.verdict })

/** The newest first. */
export const listRuns = async (query: Query, runbook: string): Promise<RunbookRunSummary[]> => {
  // Verdicts only: what the probes found is a hundred times as much.
  const rows = await query(sql<Row>`
    SELECT ${columns},
           (SELECT jsonb_agg(jsonb_build_object('id', step -> 'id', 'verdict', step -> 'verdict') ORDER BY place)
              FROM jsonb_array_elements(steps) WITH ORDINALITY AS found (step, place)) AS "steps"
      FROM ops.runbook_run
     WHERE runbook = ${runbook}
     ORDER BY started_at DESC
     LIMIT ${runLimit}`)
  return rows.map((row) => {
    const marks = readMarks(row.marks)
    const steps = z.array(slimStep).safeParse(row.steps).data ?? []
    return {
      ...aboutOf(row),
      ...countSteps(steps.map(({ id, verdict }) => ({ verdict, isDone: (marks[id] ?? noMark).isDone }))),
    }
  })
}

/** Null: there is none of that id. */
export const readRun = async (query: Query, runId: string): Promise<RunbookRun | null> => {
  const [row] = await query(sql<Row>`SELECT ${columns}, steps FROM ops.runbook_run WHERE id = ${runId}`)
  if (row === undefined) return null
  const marks = readMarks(row.marks)
  const steps = z.array(runbookFound).safeParse(row.steps).data
  if (steps === undefined) {
    throw new ConsoleError(
      'CONFLICT',
      'This run was not written by this version of the console: its steps cannot be read.',
      'Look at the row in ops.runbook_run.',
    )
  }
  return { ...aboutOf(row), steps: steps.map((step) => ({ ...step, ...(marks[step.id] ?? noMark) })) }
}

const foundOf = ({ steps }: Pick<RunbookRun, 'steps'>): string =>
  JSON.stringify(steps.map(({ note: _, isDone: __, ...found }) => found))

const marksOf = ({ steps }: Pick<RunbookRun, 'steps'>): string =>
  JSON.stringify(
    Object.fromEntries(
      steps
        .filter(({ note, isDone }) => note !== '' || isDone)
        .map(({ id, note, isDone }) => [id, { note, isDone }]),
    ),
  )

/** Keeps a run, or what was found since of one that is kept. Who began it and when is the server's word. Fails where it was signed. */
export const writeRun = (query: Query, run: Omit<RunbookRun, 'keeping' | 'signed'>): Promise<unknown> =>
  query(sql`
    INSERT INTO ops.runbook_run (id, runbook, title, server, verdict, steps, marks)
    VALUES (${run.runId}, ${run.runbook}, ${run.title}, ${run.server}, ${run.verdict}, ${foundOf(run)}::jsonb, ${marksOf(run)}::jsonb)
    ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, steps = excluded.steps`)

/** Whether it was noted: not, where the run was signed, or the step has another mark than `before` by now. */
export const updateMark = async (
  query: Query,
  { runId, step, before, mark }: RunbookMarkInput,
): Promise<boolean> => {
  const rows = await query(sql`
    UPDATE ops.runbook_run SET marks = marks || jsonb_build_object(${step}::text, ${JSON.stringify(mark)}::jsonb)
     WHERE id = ${runId} AND signed_at IS NULL
       AND coalesce(marks -> ${step}::text, ${JSON.stringify(noMark)}::jsonb) = ${JSON.stringify(before)}::jsonb
    RETURNING id`)
  return rows.length === 1
}

/** Whether it was signed: not, where it was already. */
export const signRun = async (query: Query, runId: string, reason: string): Promise<boolean> => {
  const rows = await query(sql`
    UPDATE ops.runbook_run SET reason = ${reason} WHERE id = ${runId} AND signed_at IS NULL RETURNING id`)
  return rows.length === 1
}

import { ConsoleError } from '../../../shared/errors.ts'
import { ownerRole } from '../../../shared/provisioning.ts'
import { type Access, type Opened, send } from './access.ts'
import type { Facts } from './facts.ts'
import { connectionSettings } from './script.ts'
import { isRunnable, type Step, type StepStatement, type Verifier } from './step.ts'
import { returnStatement } from './steps/borrow.ts'

export type RunOptions = {
  database: string
  /** Stands as a comment in each statement, and so wherever the server keeps what was run. */
  reason: string
  verifier: Verifier
  signal: AbortSignal
  onStep: (one: Step, done: number, total: number) => void
}

/** A comment that the text cannot end. */
const comment = (reason: string): string =>
  `/* reason: ${reason.replaceAll(/\s+/g, ' ').replaceAll('/*', '/ *').replaceAll('*/', '* /')} */`

const prepare = async ({ client }: Opened, facts: Facts): Promise<void> => {
  for (const [name, value] of connectionSettings(facts)) {
    await send(client, 'select pg_catalog.set_config($1, $2, false)', [name, value])
  }
}

/** One step: its statements in one transaction, or the only one that cannot stand in any. */
const runStep = async ({ client }: Opened, one: Step, { reason, verifier }: RunOptions): Promise<void> => {
  const texts = one.statements.map((statement) => `${comment(reason)} ${statement(verifier)}`)
  if (one.alone) {
    for (const text of texts) await send(client, text)
    return
  }
  await send(client, 'begin')
  try {
    if (one.as === 'owner') {
      await send(client, `select pg_catalog.set_config('role', $1, true)`, [ownerRole])
    }
    for (const text of texts) await send(client, text)
    await send(client, 'commit')
  } catch (error) {
    // The connection may be gone, and the transaction with it.
    await send(client, 'rollback').catch(() => undefined)
    throw error
  }
}

const stepFailed = (one: Step, error: Error): ConsoleError => {
  const { code, message, remedy, sqlstate } =
    error instanceof ConsoleError ? error : new ConsoleError('INTERNAL', error.message, 'Try again.')
  return new ConsoleError(
    code,
    `“${one.title}” failed. ${message}`,
    `${remedy} The steps before it are done and stay; the next run goes on from here.`,
    { sqlstate, cause: error },
  )
}

/** What a failed run borrowed does not outlive it. When the connection itself failed, the checks of the next plan name it. */
const giveBack = async ({ client }: Opened, statement: StepStatement, options: RunOptions): Promise<void> => {
  await send(client, statement(options.verifier)).catch(() => undefined)
}

/**
 * Runs what may be run, step by step, in their order; each is done as a whole or not at all. Stops at the first that fails, with
 * a `ConsoleError` that names it. Returns the titles of those that were done.
 */
export const runSteps = async (
  access: Access,
  home: Opened,
  facts: Facts,
  steps: readonly Step[],
  options: RunOptions,
): Promise<string[]> => {
  const running = steps.filter(isRunnable)
  const done: string[] = []
  let inside: Opened | null = null
  let borrowed: StepStatement | null = null
  try {
    await prepare(home, facts)
    for (const one of running) {
      options.signal.throwIfAborted()
      options.onStep(one, done.length, running.length)
      let opened = home
      try {
        if (one.where === 'database' && inside === null) {
          inside = await access.open(options.database)
          await prepare(inside, facts)
        }
        if (one.where === 'database' && inside !== null) opened = inside
        await runStep(opened, one, options)
      } catch (error) {
        throw stepFailed(one, opened.explain(error))
      }
      if (one.id === 'borrow') borrowed = returnStatement(facts.cluster, steps)
      if (one.id === 'return') borrowed = null
      done.push(one.title)
    }
    return done
  } finally {
    if (borrowed !== null) await giveBack(home, borrowed, options)
    await inside?.end()
  }
}

import { toErrorShape } from '../../../shared/errors.ts'
import { usageError } from '../../api/start-options.ts'
import { targetHelp } from '../headless-session.ts'
import { baseline } from './baseline.ts'
import { drift } from './drift.ts'
import { exitCodeOf } from './exit-codes.ts'
import { newFiles } from './new.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'
import { status } from './status.ts'
import { verify } from './verify.ts'
import { unwaive, waive, waivers } from './waivers.ts'

/** A subcommand takes its words and answers with an exit code. */
const subcommands: Record<string, (words: string[]) => Promise<number>> = {
  status,
  plan,
  up: run('up'),
  down: run('down'),
  redo: run('redo'),
  new: newFiles,
  baseline,
  drift,
  waivers,
  waive,
  unwaive,
  verify,
}

export const migrateHelp = `  status             Which migrations are in the database, and which are not.
  plan [up|down|redo]  What would run, and what each statement would do.
  up                 Apply what is pending.
  down               Take the last one back.
  redo               Take the last one back and apply it again.
  new NAME           Make two files with the next free number.
  baseline           Begin a history for a database that was made otherwise.
  drift              Whether the database is what its applied migrations make.
  waivers            Differences that somebody accepted.
  waive KIND NAME    Accept a difference that drift tells, until a day.
  unwaive ID         Take that back.
  verify             Whether the files are those that were run.
  --dir FOLDER       Folder of the migrations. Without it: the connection's, else the ERP's own.
  --to NNNN          up, baseline: the last to apply. down, redo: the last to take back.
  --reason TEXT      Why, for the history. Wanted by up, down, redo, baseline and waive.
  --yes              Agree to the plan; wanted where there is no terminal.
  --destroy NAME     Agree that this object is taken away. Once for each.
  --lock-timeout T   How long a statement waits for a lock, such as 500ms or 3s (3s).
  --lock-retries N   How often what waited in vain is rolled back and tried again (5).
  --unclear WORD     done or again: what to do with a statement whose end was not seen.
  --sum HEX          verify: the sum that all files together must have.
  --no-round-trip    plan: do not try up, down and up again on a shadow.
  --no-transaction   new: for what PostgreSQL refuses in a transaction.
  --write NAME       drift: make a migration that adopts what the database has.
  --until DAY        waive: the last day, such as 2027-03-31.
  --attribute NAME   waive: this attribute only. Without it: the whole object.
  --json             Print the outcome as JSON.
${targetHelp}
  Ends with 0: clean, 1: error, 2: pending, 3: drift, 4: checksum mismatch.`

/** `viruj-console migrate …`. Sets the exit code; an error is printed where the outcome would be, with --json. */
export const migrateCommand = async ([name = '', ...words]: string[]): Promise<void> => {
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  if (subcommand === undefined) {
    throw usageError(
      name === '' ? 'migrate takes a subcommand, such as status.' : `There is no "migrate ${name}".`,
    )
  }
  try {
    process.exitCode = await subcommand(words)
  } catch (error) {
    const shape = toErrorShape(error)
    process.exitCode = exitCodeOf(shape)
    if (words.includes('--json')) console.log(JSON.stringify({ error: shape }))
    else console.error(`${shape.message} ${shape.remedy}`)
  }
}

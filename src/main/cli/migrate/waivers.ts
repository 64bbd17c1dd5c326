import { type DriftWaiver, driftUnwaiveInput, driftWaiveInput } from '../../../shared/migrations.ts'
import { usageError } from '../../api/start-options.ts'
import { exitCodes } from './exit-codes.ts'
import { withMigrations } from './migration-session.ts'
import { commonOptions, parseWords, reasonOf } from './words.ts'

const waiverLine = ({ id, kind, identity, attribute, who, until, reason }: DriftWaiver): string =>
  `${id}  ${kind} ${identity}${attribute === null ? '' : ` ${attribute}`}, until ${until}, by ${who}: ${reason}`

/** `migrate waivers`: differences that somebody accepted and nobody took back. */
export const waivers = async (words: string[]): Promise<number> => {
  const { values } = parseWords(words, commonOptions)
  return withMigrations(values, async ({ migrations, signal }) => {
    const found = await migrations.waivers(null, signal)
    const lines = found.length === 0 ? ['Nothing is waived.'] : found.map(waiverLine)
    console.log(values.json ? JSON.stringify(found) : lines.join('\n'))
    return exitCodes.clean
  })
}

/** `migrate waive KIND IDENTITY`: accepts a difference until a day. Kind and identity are those that `migrate drift` tells. */
export const waive = async (words: string[]): Promise<number> => {
  const { values, positionals } = parseWords(
    words,
    {
      ...commonOptions,
      attribute: { type: 'string' },
      until: { type: 'string' },
      reason: { type: 'string' },
    },
    { max: 2 },
  )
  const [kind, identity] = positionals
  if (kind === undefined || identity === undefined)
    throw usageError('Say what is accepted, as "migrate drift" tells it: "migrate waive index public.a_idx".')
  const until = driftWaiveInput.shape.until.safeParse(values.until)
  if (!until.success)
    throw usageError('Say with --until through which day it is accepted, such as 2027-03-31.')
  const input = {
    kind,
    identity,
    attribute: values.attribute ?? null,
    reason: reasonOf(values.reason),
    until: until.data,
  }
  return withMigrations(values, async ({ migrations, signal }) => {
    const waiver = await migrations.waive(input, signal)
    console.log(values.json ? JSON.stringify(waiver) : waiverLine(waiver))
    return exitCodes.clean
  })
}

/** `migrate unwaive ID`: takes a waiver back; the difference counts again. */
export const unwaive = async (words: string[]): Promise<number> => {
  const { values, positionals } = parseWords(words, commonOptions, { max: 1 })
  const input = driftUnwaiveInput.safeParse({ id: positionals[0] })
  if (!input.success) throw usageError('Say which: "migrate waivers" lists their ids.')
  return withMigrations(values, async ({ migrations, signal }) => {
    await migrations.unwaive(input.data, signal)
    console.log(values.json ? JSON.stringify(input.data) : `Waiver ${input.data.id} was taken back.`)
    return exitCodes.clean
  })
}

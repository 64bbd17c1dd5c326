import type { RawBuilder } from 'kysely'
import { compile } from '../../session/kysely.ts'

/** Gives the verifier of a log-in's password: the real one while running, a mask for people's eyes. */
export type Verifier = (login: string) => string

/** One statement, whose verifiers are filled in when it is shown or run. */
export type StepStatement = (verifier: Verifier) => string

/** One thing to see to: what it takes, and whether this session may. */
export type Step = {
  id: string
  title: string
  why: string
  /** `database`: over a connection to the new database. */
  where: 'cluster' | 'database'
  /** `owner`: after SET ROLE to the owner. */
  as: 'session' | 'owner'
  /** The session's role has to be a member of the owner meanwhile. */
  needsOwner: boolean
  /** The statements cannot stand inside a transaction. */
  alone: boolean
  found: string[]
  /** Empty: it is done. */
  statements: StepStatement[]
  /** The way out when this session may not; null: it may. */
  refusal: string | null
  /** Ids of the steps without which this one has no ground. */
  after: string[]
}

/** A statement without verifiers. Utility statements take no parameters: names and literals stand in their text. */
export const statement = (text: RawBuilder<unknown>): StepStatement => {
  const { sql, parameters } = compile(text)
  if (parameters.length > 0) throw new Error('A utility statement takes no parameters.')
  return () => sql
}

/** A step of the cluster that runs as the session's role, inside of a transaction, unless `more` says otherwise. */
export const step = (about: Pick<Step, 'id' | 'title' | 'why' | 'statements'> & Partial<Step>): Step => ({
  where: 'cluster',
  as: 'session',
  needsOwner: about.as === 'owner',
  alone: false,
  found: [],
  refusal: null,
  after: [],
  ...about,
})

export const isTodo = ({ statements }: Step): boolean => statements.length > 0

/** It is to be done, and this session may. */
export const isRunnable = (one: Step): boolean => isTodo(one) && one.refusal === null

/** Stops each step whose ground is missing: what it waits for is blocked itself. */
export const stopWithoutGround = (steps: readonly Step[]): Step[] => {
  const blocked = new Map<string, string>()
  return steps.map((one) => {
    const missing = one.after.find((id) => blocked.has(id))
    const refusal =
      one.refusal ??
      (missing === undefined ? null : `First comes “${blocked.get(missing)}”, which is blocked.`)
    if (isTodo(one) && refusal !== null) blocked.set(one.id, one.title)
    return { ...one, refusal }
  })
}

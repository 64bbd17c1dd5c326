import { sql } from 'kysely'
import { ownerRole } from '../../../../shared/provisioning.ts'
import { identifier } from '../../../session/identifier.ts'
import type { ClusterFacts } from '../cluster-facts.ts'
import { isRunnable, type Step, type StepStatement, statement, step } from '../step.ts'

/** Gives the session's role back what it had of the owner before it borrowed the rest. */
const giveBack = ({ memberships, me, versionNumber }: ClusterFacts): StepStatement => {
  const own = memberships.find(
    (found) => found.role === ownerRole && found.member === me && found.grantor === me,
  )
  // Since 16 ADMIN OPTION is another grant, of whoever created the role for us; it stays.
  return versionNumber >= 160_000 && own !== undefined
    ? statement(
        sql`grant ${identifier(ownerRole)} to ${identifier(me)} with inherit ${sql.raw(`${own.inherit}`)}, set ${sql.raw(`${own.set}`)}`,
      )
    : statement(sql`revoke ${identifier(ownerRole)} from ${identifier(me)}`)
}

/** Takes the statement that undoes the borrowing, for a run that fails in between; null: nothing is borrowed. */
export const returnStatement = (facts: ClusterFacts, steps: readonly Step[]): StepStatement | null =>
  steps.some(({ id }) => id === 'borrow') ? giveBack(facts) : null

/**
 * A role that is no superuser makes a database for another role, and acts as it, only as its member. It becomes one for as long as
 * that takes.
 */
export const withBorrowedOwner = (facts: ClusterFacts, steps: readonly Step[]): Step[] => {
  const isOwners = (one: Step) => isRunnable(one) && one.needsOwner
  const first = steps.findIndex(isOwners)
  if (first === -1 || facts.isSuperuser || facts.mayBecomeOwner) return [...steps]
  const last = steps.findLastIndex(isOwners)
  const options = sql.raw(facts.versionNumber >= 160_000 ? ' with inherit true, set true' : '')
  return [
    ...steps.slice(0, first),
    step({
      id: 'borrow',
      title: `${facts.me} becomes a member of ${ownerRole}`,
      why: 'Only members make a database for a role, and act as it. Taken back below.',
      statements: [statement(sql`grant ${identifier(ownerRole)} to ${identifier(facts.me)}${options}`)],
    }),
    ...steps.slice(first, last + 1),
    step({
      id: 'return',
      title: `${facts.me} is no member of ${ownerRole} any more`,
      why: 'What was needed for this run only.',
      statements: [giveBack(facts)],
    }),
    ...steps.slice(last + 1),
  ]
}

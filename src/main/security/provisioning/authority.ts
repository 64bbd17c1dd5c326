import { ownerRole } from '../../../shared/provisioning.ts'
import { identifier } from '../../session/identifier.ts'
import { compile } from '../../session/kysely.ts'
import type { ClusterFacts, RoleFacts } from './cluster-facts.ts'

/** A name as SQL for a person to run has it. */
export const quoted = (name: string): string => compile(identifier(name)).sql

/** Attributes that only a superuser gives or takes. */
const isPrivileged = ({ superuser, replication, bypassRowSecurity }: RoleFacts): boolean =>
  superuser || replication || bypassRowSecurity

/**
 * Why the session's role may not alter a role, or grant membership in it; null: it may. A role that is not there yet is made in
 * the same run, which gives ADMIN OPTION on it to its maker. Before 16 CREATEROLE alone is enough for any role but superusers.
 */
export const mayAdminister = (
  { isSuperuser, mayCreateRoles, versionNumber, me, roles }: ClusterFacts,
  name: string,
): string | null => {
  if (isSuperuser) return null
  const role = roles.get(name)
  if (!mayCreateRoles)
    return `"${me}" has no CREATEROLE. Let a superuser run: alter role ${quoted(me)} createrole;`
  if (role === undefined) return null
  if (isPrivileged(role)) return `Only a superuser may change "${name}" as it is now. Let one run this.`
  if (versionNumber < 160_000 || role.administered) return null
  return `"${me}" has no ADMIN OPTION on "${name}". Let who made it run: grant ${quoted(name)} to ${quoted(me)} with admin option;`
}

/** Why the session's role cannot act as the owner, even after granting itself membership; null: it can. */
export const mayBecomeOwner = (facts: ClusterFacts): string | null =>
  facts.isSuperuser || facts.mayBecomeOwner ? null : mayAdminister(facts, ownerRole)

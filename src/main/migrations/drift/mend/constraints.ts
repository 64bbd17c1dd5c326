import type { CatalogObject } from '../catalog-object.ts'
import { replicaIdentityBy } from './indexes.ts'
import type { Mender } from './mender.ts'
import { changedStorageOptions, isOption, storageOptions } from './options.ts'
import { type Change, defined, has } from './sides.ts'

const clusterOn = (object: CatalogObject, index: string): string[] =>
  has(object, 'clustered on') === 'true' ? [`ALTER TABLE ${object.parent} CLUSTER ON ${index}`] : []

const bareName = (identity: string): string => {
  const quoted = /"(?:[^"]|"")*"$/.exec(identity)
  return quoted === null ? identity.slice(identity.lastIndexOf('.') + 1) : quoted[0]
}

/** A foreign table has constraints, too; ALTER TABLE does for it. */
const alter = (object: CatalogObject, action: string): string => `ALTER TABLE ${object.parent} ${action}`

const isOnly = ({ names }: Change, ...allowed: string[]): boolean =>
  [...names].every((name) => allowed.includes(name))

/** Some attributes can be changed in place; a key that others refer to had better be. */
const alterInPlace = (change: Change): string[] | null => {
  const { from, to, names } = change
  const name = defined(to, 'name')
  if (has(to, 'type') === 'foreign key' && isOnly(change, 'deferrable', 'initially deferred')) {
    const waits = has(to, 'deferrable') === 'true' ? 'DEFERRABLE' : 'NOT DEFERRABLE'
    const when = has(to, 'initially deferred') === 'true' ? 'INITIALLY DEFERRED' : 'INITIALLY IMMEDIATE'
    return [alter(to, `ALTER CONSTRAINT ${name} ${waits} ${when}`)]
  }
  if (isOnly(change, 'valid') && has(to, 'valid') === 'true')
    return [alter(to, `VALIDATE CONSTRAINT ${name}`)]
  if (isOnly(change, 'clustered on')) {
    const index = to.definition.index
    if (index === undefined || index === null) return null
    return has(to, 'clustered on') === 'true'
      ? clusterOn(to, bareName(index))
      : [alter(to, 'SET WITHOUT CLUSTER')]
  }
  const { index } = to.definition
  if ([...names].every(isOption) && names.size > 0 && index !== undefined && index !== null)
    return changedStorageOptions(change).map((action) => `ALTER INDEX ${index} ${action}`)
  // The comment alone is no business of this file.
  return names.size === 0 || has(from, 'type') === null ? [] : null
}

/** Whether its triggers fire is a matter of the table's, trigger by trigger. */
const isFiringAlone = ({ names }: Change): boolean => names.has('triggers')

export const constraints: Mender = {
  renewable: true,
  create(constraint, sides) {
    if (has(constraint, 'triggers') !== null) return null
    const add = alter(
      constraint,
      `ADD CONSTRAINT ${defined(constraint, 'name')} ${defined(constraint, 'definition')}`,
    )
    const { index } = constraint.definition
    if (index === undefined || index === null) return [add]
    // The server prints a constraint without the options of its index.
    const options = storageOptions(constraint)
    return [
      add,
      ...(options === null ? [] : [`ALTER INDEX ${index} SET (${options})`]),
      ...clusterOn(constraint, bareName(index)),
      ...replicaIdentityBy(constraint, bareName(index), sides),
    ]
  },
  drop: (constraint) => [alter(constraint, `DROP CONSTRAINT ${defined(constraint, 'name')}`)],
  alter: (change) => (isFiringAlone(change) ? null : alterInPlace(change)),
}

export const domainConstraints: Mender = {
  renewable: true,
  create: (constraint) => [
    `ALTER DOMAIN ${constraint.parent} ADD CONSTRAINT ${defined(constraint, 'name')} ${defined(constraint, 'definition')}`,
  ],
  drop: (constraint) => [`ALTER DOMAIN ${constraint.parent} DROP CONSTRAINT ${defined(constraint, 'name')}`],
  alter: (change) =>
    isOnly(change, 'valid') && has(change.to, 'valid') === 'true'
      ? [`ALTER DOMAIN ${change.to.parent} VALIDATE CONSTRAINT ${defined(change.to, 'name')}`]
      : null,
}

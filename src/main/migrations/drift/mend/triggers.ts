import type { CatalogObject } from '../catalog-object.ts'
import type { Mender } from './mender.ts'
import { defined, has } from './sides.ts'

const enable: Readonly<Record<string, string>> = {
  origin: 'ENABLE',
  disabled: 'DISABLE',
  replica: 'ENABLE REPLICA',
  always: 'ENABLE ALWAYS',
}

/** Of the table alone: a trigger of a partition is switched by itself. */
export const switched = (object: CatalogObject): string =>
  `ALTER TABLE ONLY ${object.parent} ${enable[has(object, 'enabled') ?? 'origin']} ${object.kind.toUpperCase()} ${defined(object, 'name')}`

const switchedOff = (object: CatalogObject): string[] =>
  has(object, 'enabled') === 'origin' ? [] : [switched(object)]

const isSwitchAlone = (names: ReadonlySet<string>): boolean => names.size === 1 && names.has('enabled')

export const triggers: Mender = {
  renewable: true,
  // That of a partition comes with its parent's.
  create: (trigger) =>
    has(trigger, 'inherited') === 'true' ? null : [defined(trigger, 'definition'), ...switchedOff(trigger)],
  alter: ({ to, names }) => (isSwitchAlone(names) ? [switched(to)] : null),
}

export const rules: Mender = {
  renewable: true,
  create: (rule) => [defined(rule, 'definition'), ...switchedOff(rule)],
  alter({ to, names }) {
    if (isSwitchAlone(names)) return [switched(to)]
    const replaced = defined(to, 'definition').replace(/^CREATE RULE/, 'CREATE OR REPLACE RULE')
    return [replaced, ...(names.has('enabled') ? [switched(to)] : [])]
  },
}

export const policies: Mender = {
  renewable: true,
  create: (policy) => [
    [
      `CREATE POLICY ${policy.identity}`,
      `AS ${has(policy, 'as')?.toUpperCase()}`,
      `FOR ${has(policy, 'for')?.toUpperCase()}`,
      `TO ${has(policy, 'to')}`,
      ...condition(policy, 'using'),
      ...condition(policy, 'with check'),
    ].join(' '),
  ],
  alter({ to, names }) {
    const taken = (['using', 'with check'] as const).some((name) => names.has(name) && has(to, name) === null)
    if (names.has('as') || names.has('for') || taken) return null
    const changes = [
      ...(names.has('to') ? [`TO ${has(to, 'to')}`] : []),
      ...(['using', 'with check'] as const).flatMap((name) => (names.has(name) ? condition(to, name) : [])),
    ]
    return [`ALTER POLICY ${to.identity} ${changes.join(' ')}`]
  },
}

const condition = (policy: CatalogObject, name: 'using' | 'with check'): string[] => {
  const expression = has(policy, name)
  return expression === null ? [] : [`${name.toUpperCase()} (${expression})`]
}

export const eventTriggers: Mender = {
  renewable: true,
  create(trigger) {
    const tags = has(trigger, 'tags')
    return [
      [
        `CREATE EVENT TRIGGER ${trigger.identity} ON ${has(trigger, 'event')}`,
        ...(tags === null ? [] : [`WHEN TAG IN (${tags})`]),
        `EXECUTE FUNCTION ${has(trigger, 'function')}`,
      ].join(' '),
      ...(has(trigger, 'enabled') === 'origin' ? [] : [switchEvent(trigger)]),
    ]
  },
  alter: ({ to, names }) => (isSwitchAlone(names) ? [switchEvent(to)] : null),
}

const switchEvent = (trigger: CatalogObject): string =>
  `ALTER EVENT TRIGGER ${trigger.identity} ${enable[has(trigger, 'enabled') ?? 'origin']}`

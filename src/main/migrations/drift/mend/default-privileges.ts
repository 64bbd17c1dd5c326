import { entryOfDefaults } from './grants.ts'
import type { Mender } from './mender.ts'

/** All that is to say of them are grants. */
export const defaultPrivileges: Mender = {
  create: (entry, sides) => entryOfDefaults(entry, 'to', sides),
  drop: (entry, sides) => entryOfDefaults(entry, 'from', sides),
}

import pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'

/** Why a shadow cannot show what the migrations make, though another one may. The message is one sentence. */
export class ShadowUnfit extends Error {
  /** `place`: not on the target's server. `privilege`: the role may not do there what somebody else did for it. */
  readonly lacks: 'place' | 'privilege'

  constructor(lacks: 'place' | 'privilege', message: string) {
    super(message)
    this.name = 'ShadowUnfit'
    this.lacks = lacks
  }
}

const insufficientPrivilege = '42501'

/** What a failure says of the shadow; null: another shadow would fail, too. */
export const unfitness = (error: unknown): ShadowUnfit | null => {
  if (error instanceof ShadowUnfit) return error
  const lacksPrivilege =
    (error instanceof ConsoleError && error.sqlstate === insufficientPrivilege) ||
    (error instanceof pg.DatabaseError && error.code === insufficientPrivilege)
  return lacksPrivilege ? new ShadowUnfit('privilege', error.message) : null
}

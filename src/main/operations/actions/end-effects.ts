import { formatSeconds } from '../../../shared/format-quantity.ts'
import type { EndableBackend, EndWay } from '../../../shared/operations-actions.ts'
import { counted } from '../judging.ts'

/** What ending a backend does, in sentences. Pure. */
export const endEffects = (backend: EndableBackend, how: EndWay): string[] => {
  const { xactSeconds, xid, xidAge, locks, waiting, backendType } = backend
  if (backendType === 'autovacuum worker') {
    return ['It gives this table up for now and goes on with the next. What it cleaned so far stays.']
  }
  const what =
    how === 'cancel'
      ? 'The statement ends with an error; the session stays.'
      : 'The session ends: its client loses the connection, its temporary tables and its session locks.'
  const transaction = (() => {
    if (xactSeconds === null) return 'It has no transaction open: nothing rolls back.'
    const since = `The transaction of ${formatSeconds(xactSeconds)}`
    if (xid === null) return `${since} has written nothing: nothing is lost but its work so far.`
    const others = xidAge === null ? '' : `, ${counted(xidAge, 'transaction')} ago`
    const lost = 'Everything that it wrote since its BEGIN rolls back.'
    return how === 'cancel'
      ? `${since} writes (xid ${xid}${others}). ${lost} Behind a savepoint only what came after it does.`
      : `${since} writes (xid ${xid}${others}). ${lost}`
  })()
  const freed =
    locks === 0
      ? 'It holds no locks.'
      : `It holds ${counted(locks, 'lock')}, ${locks === 1 ? 'which is' : 'which are'} let go.`
  const waiters =
    waiting === 0
      ? 'Nobody waits for it.'
      : `${counted(waiting, 'backend waits', 'backends wait')} for it and can go on.`
  return [what, transaction, freed, waiters]
}

import type { Remedy } from '../../shared/operations.ts'

/** How to end what a backend does. None for those that must not be: the server's own, senders of WAL, prepared transactions. */
export const endRemedies = ({
  pid,
  state,
  backendType,
}: {
  pid: number
  state: string | null
  backendType: string | null
}): Remedy[] => {
  if (pid === 0) {
    return [
      {
        text: 'Find it in pg_prepared_xacts, ask its transaction manager, and COMMIT PREPARED or ROLLBACK PREPARED it.',
        sql: 'SELECT * FROM pg_prepared_xacts;',
      },
    ]
  }
  if (backendType !== 'client backend') return []
  // Where nothing runs there is nothing to cancel.
  if (state !== 'active') {
    return [
      {
        text: 'Ask who runs it to end the transaction, or end the session: what it did since its BEGIN rolls back.',
        sql: `SELECT pg_terminate_backend(${pid});`,
      },
    ]
  }
  return [
    {
      text: 'Cancel the statement: its transaction rolls back.',
      sql: `SELECT pg_cancel_backend(${pid});`,
    },
  ]
}

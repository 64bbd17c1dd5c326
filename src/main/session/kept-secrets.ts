import { ConsoleError } from '../../shared/errors.ts'

/** A password that was made, and where it lets somebody in. */
export type KeptSecret = { login: string; password: string; database: string }

/** Passwords that a session made, until somebody saved or saw them. Nowhere else, and gone with the session. */
export const createKeptSecrets = () => {
  const secrets = new Map<string, KeptSecret>()
  return {
    /** @param id of the job or the run that made it */
    keep: (id: string, secret: KeptSecret): void => {
      secrets.set(id, secret)
    },
    has: (id: string): boolean => secrets.has(id),
    /** Fails with `NOT_FOUND`. */
    get(id: string): KeptSecret {
      const secret = secrets.get(id)
      if (secret !== undefined) return secret
      throw new ConsoleError(
        'NOT_FOUND',
        'The console has this password no longer: it is shown once.',
        'Give the log-in a new one.',
      )
    },
    forget: (id: string): void => {
      secrets.delete(id)
    },
  }
}

export type KeptSecrets = ReturnType<typeof createKeptSecrets>

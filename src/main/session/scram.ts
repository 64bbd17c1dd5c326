import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { ConsoleError } from '../../shared/errors.ts'

/** What RFC 7677 asks for at least, and PostgreSQL's default. From 16 on the server has a setting, `scram_iterations`. */
export const defaultScramIterations = 4096

/** Of PostgreSQL's own verifiers. */
const saltBytes = 16

/**
 * What PostgreSQL stores for a password: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>` (RFC 5803). CREATE ROLE is
 * given this instead of the password, which would otherwise be readable in the server's log and in pg_stat_statements. A text
 * that the server cannot parse as a verifier would be taken for a password: the form here is the one it writes itself.
 *
 * Only printable ASCII is taken. SASLprep (RFC 4013) leaves it as it is; of anything else server, libpq and drivers make
 * different bytes, and somebody would be locked out. Fails with `INVALID_INPUT`, without the password in its words.
 */
export const scramVerifier = (
  password: string,
  {
    iterations = defaultScramIterations,
    salt = randomBytes(saltBytes),
  }: { iterations?: number; salt?: Buffer } = {},
): string => {
  if (!/^[\x20-\x7e]+$/.test(password)) {
    throw new ConsoleError(
      'INVALID_INPUT',
      'The password is empty or has characters that programs prepare in different ways.',
      'Use letters, digits and signs of ASCII only.',
    )
  }
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const keyed = (name: string) => createHmac('sha256', salted).update(name).digest()
  const storedKey = createHash('sha256').update(keyed('Client Key')).digest('base64')
  const serverKey = keyed('Server Key').toString('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}

/** A password that nobody needs to type: 192 random bits. */
export const randomPassword = (): string => randomBytes(24).toString('base64url')

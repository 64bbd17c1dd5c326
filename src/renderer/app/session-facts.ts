import type { ServerFacts } from '../../shared/sessions.ts'
import type { Tone } from '../ui/chip.tsx'

export type Fact = { id: string; label?: string; words: string; explanation: string; dot?: Tone; tone?: Tone }

const encryption = ({ tls, isLocal, host }: ServerFacts): Fact => {
  if (tls === null) {
    return {
      id: 'tls',
      words: 'not encrypted',
      dot: isLocal ? 'neutral' : 'crit',
      tone: isLocal ? 'neutral' : 'crit',
      explanation: isLocal
        ? 'The server is on this machine, and the connection is plain text.'
        : `Everything between here and ${host.host} can be read on the way.`,
    }
  }
  const protocol = tls.protocol.replace(/^TLSv/, 'TLS ')
  if (tls.mode === 'verify-full') {
    return {
      id: 'tls',
      words: `${protocol} verified`,
      dot: 'ok',
      explanation: `${tls.cipher}. The certificate was checked against its authority and the name ${host.host}.`,
    }
  }
  if (tls.mode === 'verify-ca') {
    return {
      id: 'tls',
      words: `${protocol} name not checked`,
      dot: 'warn',
      tone: 'warn',
      explanation: `${tls.cipher}. Any server of the same authority could answer for ${host.host}.`,
    }
  }
  return {
    id: 'tls',
    words: `${protocol} open to interception`,
    dot: 'crit',
    tone: 'crit',
    explanation: `${tls.cipher}. The certificate was not checked: whoever stands in between can read everything.`,
  }
}

/** What the server itself says of the session, in the words of the header. */
export const sessionFacts = (server: ServerFacts): Fact[] => [
  encryption(server),
  {
    id: 'recovery',
    words: server.inRecovery ? 'standby' : 'primary',
    explanation: server.inRecovery
      ? 'The server is in recovery: it repeats what its primary writes.'
      : 'The server is not in recovery: it takes writes.',
  },
  {
    id: 'role',
    label: 'role',
    words: server.currentUser,
    explanation:
      server.currentUser === server.sessionUser
        ? `Logged in as ${server.sessionUser}${server.isSuperuser ? ', a superuser' : ''}.`
        : `Logged in as ${server.sessionUser}, acting as ${server.currentUser}.`,
  },
  server.readOnly
    ? {
        id: 'read-only',
        words: 'read-only · server',
        explanation:
          'The server reports transaction_read_only = on where the console reads. It refuses every write.',
      }
    : {
        id: 'read-only',
        words: 'writes possible',
        tone: 'crit',
        explanation: 'The server does not report a read-only transaction.',
      },
]

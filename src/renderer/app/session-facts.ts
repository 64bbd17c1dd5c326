import type { ServerFacts, SessionState } from '../../shared/sessions.ts'
import type { Tone } from '../ui/chip.tsx'

type Fact = { id: string; label?: string; words: string; explanation: string; dot?: Tone; tone?: Tone }

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

const pooler: Fact = {
  id: 'pooler',
  words: 'through a pooler',
  dot: 'warn',
  tone: 'warn',
  explanation:
    'Another backend answers than the one that the connection began with. Reading and cancelling work; what a session keeps ' +
    'does not hold from one transaction to the next. Migrations hold a lock: connect to the server itself for them.',
}

/** What this session may write. Reading stays in transactions that the server itself reports as read-only. */
const writing = ({ server, writes }: SessionState): Fact => {
  if (!server.readOnly) {
    return {
      id: 'writes',
      words: 'reads not protected',
      tone: 'crit',
      explanation: 'The server does not report a read-only transaction where the console reads.',
    }
  }
  switch (writes) {
    case 'refused':
      return {
        id: 'writes',
        words: 'read-only · server',
        explanation:
          'The server reports transaction_read_only = on where the console reads. It refuses every write.',
      }
    case 'confirm':
      return {
        id: 'writes',
        words: 'writes · confirm name',
        tone: 'environment',
        explanation: `Before the first change, the name of this production database is asked for. Reads run read-only, as the server confirms.`,
      }
    case 'allowed':
      return {
        id: 'writes',
        words: 'writes · reason asked',
        tone: 'environment',
        explanation:
          'Every change asks for a reason and keeps it. Reads run read-only, as the server confirms.',
      }
    default:
      return writes satisfies never
  }
}

/** What the server itself says of the session, in the words of the header. */
export const sessionFacts = (session: SessionState): Fact[] => [
  encryption(session.server),
  ...(session.server.isPooled ? [pooler] : []),
  {
    id: 'recovery',
    words: session.server.inRecovery ? 'standby' : 'primary',
    explanation: session.server.inRecovery
      ? 'The server is in recovery: it repeats what its primary writes.'
      : 'The server is not in recovery: it takes writes.',
  },
  {
    id: 'role',
    label: 'role',
    words: session.server.currentUser,
    explanation:
      session.server.currentUser === session.server.sessionUser
        ? `Logged in as ${session.server.sessionUser}${session.server.isSuperuser ? ', a superuser' : ''}.`
        : `Logged in as ${session.server.sessionUser}, acting as ${session.server.currentUser}.`,
  },
  writing(session),
]

import type { Runbook, RunbookId } from '../../../shared/runbooks.ts'

/** What is looked at, how often, and by which probes; and what is done step by step on a screen of its own. */
export const runbooks: readonly Runbook[] = [
  {
    id: 'daily',
    title: 'Daily check',
    about: 'Whether the server is well right now, on one page.',
    steps: [
      {
        id: 'replication',
        title: 'Replication',
        about: 'Every standby streams and is close; no slot holds WAL back.',
        probes: ['standbys', 'receiver', 'slots'],
      },
      {
        id: 'locks',
        title: 'Locks and sessions',
        about: 'Nobody waits for long, and no transaction is forgotten.',
        probes: ['locks', 'backends', 'connections'],
      },
      {
        id: 'statements',
        title: 'Slow queries',
        about: 'What takes the most time is what took it yesterday.',
        probes: ['statements'],
      },
      {
        id: 'archive',
        title: 'Archive and backups',
        about: 'WAL is archived, and the last backup is not old.',
        probes: ['archiver', 'backups'],
      },
    ],
  },
  {
    id: 'weekly',
    title: 'Weekly review',
    about: 'What grows slowly, and whether a backup could be restored.',
    steps: [
      {
        id: 'vacuum',
        title: 'Vacuum and bloat',
        about: 'Dead rows are cleaned, statistics are fresh, and no table is mostly air.',
        probes: ['vacuum', 'bloat', 'index-bloat'],
      },
      {
        id: 'wraparound',
        title: 'Wraparound and sequences',
        about: 'No counter nears its end, and nobody holds the horizon.',
        probes: ['wraparound', 'sequences'],
      },
      {
        id: 'indexes',
        title: 'Indexes',
        about: 'None is invalid. An unused one may serve a standby or a constraint.',
        probes: ['indexes'],
      },
      {
        id: 'backups',
        title: 'Backups',
        about: 'A full verification and a restore were done, not the quick check of a manifest.',
        probes: ['backups', 'backup-reviews', 'archiver'],
      },
      {
        id: 'sizes',
        title: 'Sizes',
        about: 'The disk lasts until the next review.',
        probes: ['sizes'],
      },
    ],
  },
  {
    id: 'deployment',
    title: 'Deployment',
    about: 'Before and after a rollout of the application.',
    steps: [
      {
        id: 'migrate',
        title: 'Migrations before the rollout',
        about:
          'They are applied on the screen Migrations, and Drift finds nothing afterwards. Note the version.',
        probes: [],
      },
      {
        id: 'recovery',
        title: 'Recovery',
        about: 'WAL is archived, so that the moment before the rollout can be restored.',
        probes: ['archiver', 'backups'],
      },
      {
        id: 'settings',
        title: 'Settings and statistics',
        about: 'pg_stat_statements is loaded, and nothing waits for a restart.',
        probes: ['settings', 'extensions'],
      },
      {
        id: 'secrets',
        title: 'Secrets',
        about:
          'Passwords come from a keychain or the secrets of the platform, not from files. Note where from.',
        probes: ['passwords', 'encryption', 'logging'],
      },
    ],
  },
  {
    id: 'failover',
    title: 'Failover',
    about: 'The primary is gone: promote a standby, and point the connection at it.',
    steps: [
      {
        id: 'primary',
        title: 'The old primary',
        about: 'Whether it answers, and is fenced.',
        probes: [],
      },
      { id: 'candidates', title: 'Candidates', about: 'Every server as it was right before.', probes: [] },
      {
        id: 'loss',
        title: 'Loss and warnings',
        about: 'What the promotion was told to lose.',
        probes: [],
      },
      { id: 'reason', title: 'Reason', about: 'Why it was promoted.', probes: [] },
      { id: 'promotion', title: 'Promotion', about: 'What was done, line by line.', probes: [] },
      {
        id: 'connection',
        title: 'Connection',
        about: 'The connection is pointed at the new primary, and other programs are told.',
        probes: [],
      },
      {
        id: 'checks',
        title: 'Checks',
        about: 'Its schema is what the migrations make, and its audit trail goes on from the old one.',
        probes: [],
      },
    ],
  },
  {
    id: 'rotation',
    title: 'Rotation of credentials',
    about:
      'Two log-ins of the application take turns: the idle one gets a new password, the other one is closed.',
    steps: [
      {
        id: 'in-use',
        title: 'Log-in in use',
        about: 'Which of the two has sessions.',
        probes: [],
      },
      {
        id: 'password',
        title: 'New password',
        about: 'The idle one gets it, and may log in. It leaves the console as a verifier only.',
        probes: [],
      },
      {
        id: 'switch',
        title: 'Switch of the application',
        about: 'Its servers get the new log-in and password, and are restarted one after the other.',
        probes: [],
      },
      {
        id: 'watch',
        title: 'Sessions of the old log-in',
        about: 'None is left, and the new one has some.',
        probes: [],
      },
      {
        id: 'close',
        title: 'Old log-in',
        about: 'It may log in no more, at once or after a time of grace.',
        probes: [],
      },
    ],
  },
]

/** @throws Error for an id that no runbook has */
export const runbookOf = (id: RunbookId): Runbook => {
  const found = runbooks.find((one) => one.id === id)
  if (found === undefined) throw new Error('A validated id names a runbook.')
  return found
}

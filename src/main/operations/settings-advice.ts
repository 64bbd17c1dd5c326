import type { Verdict } from '../../shared/operations.ts'

type Advice = {
  name: string
  wanted: string
  /** A sentence. */
  why: string
  verdict: Extract<Verdict, 'warn' | 'critical'>
  /** Of the value as `SHOW` prints it. */
  isFine: (value: string) => boolean
  /** The value to set; null where that does not do, and `how` says what does. */
  to: string | null
  how?: string
}

const on = (name: string, verdict: Advice['verdict'], why: string): Advice => ({
  name,
  wanted: 'on',
  why,
  verdict,
  isFine: (value) => value === 'on',
  to: 'on',
})

/** What the playbook wants of a server, and why. What depends on the machine or on the load is left to people. */
export const advice: readonly Advice[] = [
  on('fsync', 'critical', 'a crash of the machine would damage the database beyond repair.'),
  on('full_page_writes', 'critical', 'a page that is half written in a crash could not be mended.'),
  on('autovacuum', 'critical', 'dead rows pile up, and transaction numbers run out.'),
  on('track_counts', 'critical', 'autovacuum works by these counts.'),
  on('track_io_timing', 'warn', 'nobody sees which statement waits for the disk.'),
  on('log_checkpoints', 'warn', 'the log does not say why writing was slow.'),
  on('log_lock_waits', 'warn', 'the log does not say who waited for whom.'),
  {
    ...on('data_checksums', 'warn', 'damage by the storage is not noticed.'),
    to: null,
    how: 'Run pg_checksums --enable while the server is stopped.',
  },
  {
    name: 'synchronous_commit',
    wanted: 'on',
    why: 'the last commits before a crash may be gone, though they were acknowledged.',
    verdict: 'warn',
    isFine: (value) => value !== 'off',
    to: 'on',
  },
  {
    name: 'wal_level',
    wanted: 'replica or logical',
    why: 'neither standbys nor point-in-time recovery work.',
    verdict: 'critical',
    isFine: (value) => value !== 'minimal',
    to: 'replica',
  },
  {
    name: 'max_slot_wal_keep_size',
    wanted: 'a limit',
    why: 'a standby that stays away fills the disk of its primary.',
    verdict: 'warn',
    isFine: (value) => value !== '-1',
    to: '16GB',
  },
  {
    name: 'idle_in_transaction_session_timeout',
    wanted: 'a limit',
    why: 'a forgotten transaction holds its locks and the horizon for ever.',
    verdict: 'warn',
    isFine: (value) => value !== '0',
    to: '10min',
  },
]

import type { Probe } from './probe.ts'
import { archiver } from './probes/archiver.ts'
import { backends } from './probes/backends.ts'
import { backupReviews } from './probes/backup-reviews.ts'
import { backups } from './probes/backups.ts'
import { bloat } from './probes/bloat.ts'
import { checkpoints } from './probes/checkpoints.ts'
import { connections } from './probes/connections.ts'
import { databases } from './probes/databases.ts'
import { definers } from './probes/definers.ts'
import { encryption } from './probes/encryption.ts'
import { extensions } from './probes/extensions.ts'
import { hba } from './probes/hba.ts'
import { indexBloat } from './probes/index-bloat.ts'
import { indexes } from './probes/indexes.ts'
import { io } from './probes/io.ts'
import { locks } from './probes/locks.ts'
import { logging } from './probes/logging.ts'
import { metrics } from './probes/metrics.ts'
import { passwords } from './probes/passwords.ts'
import { powers } from './probes/powers.ts'
import { progress } from './probes/progress.ts'
import { publicGrants } from './probes/public-grants.ts'
import { receiver } from './probes/receiver.ts'
import { recording } from './probes/recording.ts'
import { sequences } from './probes/sequences.ts'
import { settings } from './probes/settings.ts'
import { sizes } from './probes/sizes.ts'
import { slots } from './probes/slots.ts'
import { standbys } from './probes/standbys.ts'
import { statements } from './probes/statements.ts'
import { vacuum } from './probes/vacuum.ts'
import { wraparound } from './probes/wraparound.ts'

/** All probes, in the order in which they are shown. */
export const probes: readonly Probe[] = [
  metrics,
  standbys,
  slots,
  receiver,
  locks,
  connections,
  backends,
  statements,
  archiver,
  checkpoints,
  io,
  databases,
  vacuum,
  progress,
  bloat,
  indexBloat,
  wraparound,
  indexes,
  sequences,
  backups,
  backupReviews,
  settings,
  sizes,
  encryption,
  passwords,
  powers,
  hba,
  publicGrants,
  definers,
  logging,
  extensions,
  recording,
]

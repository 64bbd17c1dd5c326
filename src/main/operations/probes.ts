import type { Probe } from './probe.ts'
import { backends } from './probes/backends.ts'
import { connections } from './probes/connections.ts'
import { locks } from './probes/locks.ts'
import { metrics } from './probes/metrics.ts'
import { receiver } from './probes/receiver.ts'
import { slots } from './probes/slots.ts'
import { standbys } from './probes/standbys.ts'

/** All probes, in the order in which they are shown. */
export const probes: readonly Probe[] = [metrics, standbys, slots, receiver, locks, connections, backends]

import { dirname, join } from 'node:path'
import type { Certificate } from '../cluster/certificates.ts'
import { type Cluster, configureCluster } from '../cluster/cluster.ts'

export const replicator = 'replicator'
export const slotName = 'standby'

/** The authority of both servers' certificates. Lies beside them, since the standby verifies the primary too. */
export const caFileOf = (cluster: Cluster): string => join(dirname(cluster.dataDir), 'ca.crt')

/** The password file with which the standby logs in at the primary. */
export const replicationPasswordFile = (cluster: Cluster): string =>
  join(dirname(cluster.dataDir), 'replication.pgpass')

const settings = {
  shared_preload_libraries: 'pg_stat_statements',
  shared_buffers: '64MB',
  max_connections: 60,
  track_io_timing: true,
  max_wal_size: '256MB',
  // A standby that stays away is made anew, rather than let it fill the disk.
  max_slot_wal_keep_size: '256MB',
  hot_standby_feedback: true,
  wal_retrieve_retry_interval: '200ms',
  // The statements of people, with the values in them, do not belong in a log.
  log_min_error_statement: 'panic',
}

// A connection without TLS matches no line and is refused.
const hba = [
  'hostssl all all 127.0.0.1/32 scram-sha-256',
  `hostssl replication ${replicator} 127.0.0.1/32 scram-sha-256`,
]

/** @param certificate of both servers; by default the one that the cluster has */
export const configurePrimary = (primary: Cluster, certificate: Certificate | 'kept' = 'kept'): void =>
  configureCluster(primary, {
    hba,
    tls: certificate,
    settings: { ...settings, cluster_name: 'sandbox primary' },
  })

/** Tells the standby where the primary listens. */
export const configureStandby = (standby: Cluster, primaryPort: number): void => {
  const conninfo = {
    host: '127.0.0.1',
    port: primaryPort,
    user: replicator,
    // The password is not in the setting itself, which members of pg_monitor may read.
    passfile: replicationPasswordFile(standby),
    sslmode: 'verify-full',
    sslrootcert: caFileOf(standby),
    application_name: slotName,
  }
  configureCluster(standby, {
    hba,
    tls: 'kept',
    settings: {
      ...settings,
      cluster_name: 'sandbox standby',
      primary_slot_name: slotName,
      primary_conninfo: Object.entries(conninfo)
        .map(([key, value]) => `${key}='${String(value).replace(/['\\]/g, '\\$&')}'`)
        .join(' '),
    },
  })
}

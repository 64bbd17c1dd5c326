export const presetIds = ['debian', 'homebrew', 'rds', 'azure', 'supabase', 'other'] as const
export type PresetId = (typeof presetIds)[number]

/** What a kind of server does its own way. It changes words and advice; what may run is asked of the server. */
export type Preset = {
  title: string
  /** Null: the service has no such file, and says itself who may connect. */
  hba: { file: string; reload: string } | null
  /** Who may connect, where there is no pg_hba.conf. */
  network: string
  /** Whether its administrator, without being superuser, may create extensions that elsewhere only a superuser may. */
  createsExtensions: boolean
  /** How a server setting is changed. */
  settings: string
  /** Where the certificates of its authority come from. */
  authority: string
  /** What differs from a server of one's own, each in one or two sentences. */
  differs: string[]
}

export const presets: Record<PresetId, Preset> = {
  debian: {
    title: 'Debian or Ubuntu',
    hba: { file: '/etc/postgresql/<version>/main/pg_hba.conf', reload: 'sudo systemctl reload postgresql' },
    network: 'pg_hba.conf, and the firewall of the machine.',
    createsExtensions: false,
    settings: 'ALTER SYSTEM, or postgresql.conf and a reload.',
    authority: 'The authority that issued the certificate you install as ssl_cert_file.',
    differs: [
      'The superuser postgres logs in over the Unix socket as the system account of that name: sudo -u postgres.',
      'TLS is on with a certificate that vouches for itself (ssl-cert-snakeoil): clients cannot verify it. Install one of your authority first.',
      'Comes listening on localhost only: set listen_addresses, and restart.',
    ],
  },
  homebrew: {
    title: 'Homebrew on macOS',
    hba: {
      file: '$(brew --prefix)/var/postgresql@<version>/pg_hba.conf',
      reload: 'select pg_reload_conf()',
    },
    network: 'pg_hba.conf, and the firewall of macOS.',
    createsExtensions: false,
    settings: 'ALTER SYSTEM, or postgresql.conf and a reload.',
    authority: 'The authority that issued the certificate you install as ssl_cert_file.',
    differs: [
      'Your macOS account is the superuser; there is no role postgres.',
      'pg_hba.conf comes with trust for everybody on this machine: without other lines above, no password is ever asked for.',
      'TLS is off until you install a certificate and set ssl = on.',
    ],
  },
  rds: {
    title: 'Amazon RDS or Aurora',
    hba: null,
    network:
      'Security groups of the instance say which networks reach it; rds.force_ssl = 1 refuses connections without TLS.',
    createsExtensions: true,
    settings: 'The DB parameter group of the instance; static parameters need a restart.',
    authority: 'The bundle of Amazon: https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem',
    differs: [
      'Nobody is superuser. The master user has CREATEROLE and CREATEDB, and is a member of rds_superuser.',
      'rds.accepted_password_auth_method = scram refuses md5 passwords.',
      'With rds.restrict_password_commands on, only members of rds_password may set passwords, verifiers included.',
      'An RDS Proxy is a pooler: connect to the instance itself here.',
    ],
  },
  azure: {
    title: 'Azure Database for PostgreSQL',
    hba: null,
    network:
      'Firewall rules or the virtual network of the server; require_secure_transport = on refuses connections without TLS.',
    createsExtensions: true,
    settings: 'Server parameters in the portal or az postgres flexible-server parameter set.',
    authority: 'DigiCert Global Root G2 and Microsoft RSA Root CA 2017, which the system knows as a rule.',
    differs: [
      'Nobody is superuser. The administrator has CREATEROLE and CREATEDB, and is a member of azure_pg_admin.',
      'An extension has to be in the server parameter azure.extensions before it can be created.',
      'The built-in PgBouncer listens on 6432: connect to 5432 here.',
    ],
  },
  supabase: {
    title: 'Supabase',
    hba: null,
    network: 'Network restrictions and SSL enforcement in the settings of the project.',
    createsExtensions: true,
    settings: 'supabase postgres-config update, or ALTER DATABASE and ALTER ROLE.',
    authority: 'Download it in the database settings of the project.',
    differs: [
      'postgres is no superuser here. It has CREATEROLE and CREATEDB.',
      'Port 6543 is the pooler in transaction mode: connect to the database directly on 5432, over IPv6 or with the IPv4 add-on, or to the pooler in session mode.',
      'Dashboard and Data API look at the database postgres only; a database of another name is reached by SQL.',
      'pg_stat_statements is there already, in the schema extensions of the database postgres.',
    ],
  },
  other: {
    title: 'Another server',
    hba: { file: 'pg_hba.conf, as "show hba_file" names it', reload: 'select pg_reload_conf()' },
    network: 'pg_hba.conf, and the firewall of the machine.',
    createsExtensions: false,
    settings: 'ALTER SYSTEM, or postgresql.conf and a reload.',
    authority: 'The authority that issued the certificate of the server.',
    differs: [
      'In a container, mount certificate and pg_hba.conf, and name them with ssl_cert_file and hba_file.',
    ],
  },
}

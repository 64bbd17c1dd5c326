import { loginsOf, type ProvisioningSettings, peopleRoles } from '../../../../shared/provisioning.ts'

type Line = [type: string, database: string, user: string, address: string, method: string]

const align = (lines: readonly Line[]): string[] => {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines.map((line) =>
    line
      .map((word, column) => word.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/**
 * What belongs into pg_hba.conf, in this order: the first line that matches decides. The names need no quotes there, which their
 * schema sees to. The last line keeps the application's log-ins out from anywhere else, and without TLS, whatever stands below.
 */
export const accessLines = ({
  database,
  login,
  applicationNetworks,
  peopleNetworks,
}: ProvisioningSettings): string[] => {
  const logins = loginsOf(login).join(',')
  const people = peopleRoles.map((role) => `+${role}`).join(',')
  const [head = '', ...lines] = align([
    ['# TYPE', 'DATABASE', 'USER', 'ADDRESS', 'METHOD'],
    ...applicationNetworks.map((network): Line => ['hostssl', database, logins, network, 'scram-sha-256']),
    ...peopleNetworks.map((network): Line => ['hostssl', database, people, network, 'scram-sha-256']),
    ['host', 'all', logins, 'all', 'reject'],
  ])
  return ['# Viruj ERP: above all other "host" lines.', head, ...lines]
}

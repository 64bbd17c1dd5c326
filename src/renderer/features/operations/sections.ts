/** The screens of Operations by the section that their probes are in. */
export const sections = {
  replication: { to: '/s/$sessionId/operations/replication', title: 'Replication' },
  sessions: { to: '/s/$sessionId/operations/sessions', title: 'Sessions' },
  statements: { to: '/s/$sessionId/operations/statements', title: 'Queries' },
  maintenance: { to: '/s/$sessionId/operations/maintenance', title: 'Maintenance' },
  backup: { to: '/s/$sessionId/operations/backup', title: 'Backups' },
  server: { to: '/s/$sessionId/operations/server', title: 'Server' },
  security: { to: '/s/$sessionId/operations/security', title: 'Posture' },
} as const

export type Section = keyof typeof sections

const isSection = (name: string): name is Section => name in sections

/** Where the probes of a section are shown in full; null: on the overview only. */
export const sectionPath = (name: string): (typeof sections)[Section]['to'] | null =>
  isSection(name) ? sections[name].to : null

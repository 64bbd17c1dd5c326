import {
  IconFiles,
  IconGitCompare,
  IconHistory,
  IconServerCog,
  IconSignature,
  IconStack2,
  IconTable,
  IconTags,
} from '@tabler/icons-react'
import type { Capabilities } from '../../shared/sessions.ts'

/** The screens of a session in the order of the rail, each with the capability that it needs of the role. */
export const screens = [
  { to: '/s/$sessionId/browse', title: 'Browse', group: 'Data', letter: 'b', needs: null, icon: IconTable },
  {
    to: '/s/$sessionId/metadata',
    title: 'Metadata',
    group: 'Data',
    letter: 'm',
    needs: 'metadata',
    icon: IconTags,
  },
  {
    to: '/s/$sessionId/audit',
    title: 'Audit log',
    group: 'Compliance',
    letter: 'a',
    needs: 'auditLog',
    icon: IconHistory,
  },
  {
    to: '/s/$sessionId/documents',
    title: 'Documents',
    group: 'Compliance',
    letter: 'd',
    needs: 'documents',
    icon: IconFiles,
  },
  {
    to: '/s/$sessionId/signatures',
    title: 'Signatures',
    group: 'Compliance',
    letter: 's',
    needs: 'signatures',
    icon: IconSignature,
  },
  {
    to: '/s/$sessionId/migrations',
    title: 'Migrations',
    group: 'Schema',
    letter: 'g',
    needs: 'migrations',
    icon: IconStack2,
  },
  {
    to: '/s/$sessionId/drift',
    title: 'Drift',
    group: 'Schema',
    letter: 'f',
    needs: 'migrations',
    icon: IconGitCompare,
  },
  {
    to: '/s/$sessionId/provisioning',
    title: 'Provisioning',
    group: 'Security',
    letter: 'p',
    needs: 'provisioning',
    icon: IconServerCog,
  },
] as const satisfies { needs: keyof Capabilities | null; [rest: string]: unknown }[]

export type Screen = (typeof screens)[number]

/** What the role can use; PostgreSQL's grants decide, the console only hides the rest. */
export const screensFor = (capabilities: Capabilities): Screen[] =>
  screens.filter(({ needs }) => needs === null || capabilities[needs])

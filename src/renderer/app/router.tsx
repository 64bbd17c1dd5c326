import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { z } from 'zod'
import { objectKinds, oid } from '../../shared/catalog.ts'
import { RootLayout } from './root-layout.tsx'
import { ScreenError } from './screen-error.tsx'

const rootRoute = createRootRoute({ component: RootLayout, errorComponent: ScreenError })

const connectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../features/connect/connect-screen.tsx'), 'ConnectScreen'),
})

const sessionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/s/$sessionId',
  component: lazyRouteComponent(() => import('./session-shell.tsx'), 'SessionShell'),
})

const sessionIndexRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/s/$sessionId/browse', params, replace: true })
  },
})

const browseRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/browse',
  // Which relation is open stands in the address, filters do not: their values may be personal data.
  validateSearch: z.object({ relation: oid.optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../features/browse/browse-screen.tsx'), 'BrowseScreen'),
})

const objectParams = z.object({ kind: z.enum(objectKinds), oid })

const objectRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/object/$kind/$oid',
  params: { parse: (params) => objectParams.parse(params), stringify: (params) => params },
  component: lazyRouteComponent(() => import('../features/object/object-screen.tsx'), 'ObjectScreen'),
})

const diagramRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/diagram/$schema',
  validateSearch: z.object({ table: oid.optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../features/diagram/diagram-screen.tsx'), 'DiagramScreen'),
})

const metadataRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/metadata',
  component: lazyRouteComponent(() => import('../features/metadata/metadata-screen.tsx'), 'MetadataScreen'),
})

const documentsRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/documents',
  component: lazyRouteComponent(
    () => import('../features/documents/documents-screen.tsx'),
    'DocumentsScreen',
  ),
})

const reconcileRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/documents/bucket',
  component: lazyRouteComponent(
    () => import('../features/documents/reconcile/reconcile-screen.tsx'),
    'ReconcileScreen',
  ),
})

const signaturesRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/signatures',
  component: lazyRouteComponent(
    () => import('../features/signatures/signatures-screen.tsx'),
    'SignaturesScreen',
  ),
})

const auditRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/audit',
  component: lazyRouteComponent(() => import('../features/audit/audit-screen.tsx'), 'AuditScreen'),
})

const migrationsRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/migrations',
  validateSearch: z.object({ view: z.literal('history').optional().catch(undefined) }),
  component: lazyRouteComponent(
    () => import('../features/migrations/migrations-screen.tsx'),
    'MigrationsScreen',
  ),
})

const driftRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/drift',
  component: lazyRouteComponent(() => import('../features/drift/drift-screen.tsx'), 'DriftScreen'),
})

const provisioningRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/provisioning',
  component: lazyRouteComponent(
    () => import('../features/provisioning/provisioning-screen.tsx'),
    'ProvisioningScreen',
  ),
})

/** Which probe is shown; a section's first one where none is named. */
const probeSearch = z.object({ probe: z.string().optional().catch(undefined) })

const overviewRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations',
  component: lazyRouteComponent(() => import('../features/operations/overview-screen.tsx'), 'OverviewScreen'),
})

const alertsRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/alerts',
  component: lazyRouteComponent(() => import('../features/operations/alerts-screen.tsx'), 'AlertsScreen'),
})

const runbooksRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/runbooks',
  component: lazyRouteComponent(() => import('../features/runbooks/runbooks-screen.tsx'), 'RunbooksScreen'),
})

const rotationRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/rotation',
  component: lazyRouteComponent(() => import('../features/rotation/rotation-screen.tsx'), 'RotationScreen'),
})

const failoverRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/failover',
  component: lazyRouteComponent(() => import('../features/failover/failover-screen.tsx'), 'FailoverScreen'),
})

const sectionScreens = () => import('../features/operations/section-screens.tsx')

const replicationRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/replication',
  validateSearch: probeSearch,
  component: lazyRouteComponent(sectionScreens, 'ReplicationScreen'),
})

const sessionsRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/sessions',
  validateSearch: probeSearch,
  component: lazyRouteComponent(sectionScreens, 'SessionsScreen'),
})

const statementsRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/statements',
  validateSearch: probeSearch,
  component: lazyRouteComponent(sectionScreens, 'StatementsScreen'),
})

const maintenanceRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/maintenance',
  validateSearch: probeSearch,
  component: lazyRouteComponent(sectionScreens, 'MaintenanceScreen'),
})

const backupRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/backup',
  validateSearch: probeSearch,
  component: lazyRouteComponent(sectionScreens, 'BackupScreen'),
})

const serverRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/server',
  validateSearch: probeSearch,
  component: lazyRouteComponent(sectionScreens, 'ServerScreen'),
})

const securityRoute = createRoute({
  getParentRoute: () => sessionRoute,
  path: '/operations/security',
  validateSearch: probeSearch,
  component: lazyRouteComponent(sectionScreens, 'SecurityScreen'),
})

/** The address stands behind `#`: the same in a browser and below `app://`, and nothing of it is sent to a server. */
export const router = createRouter({
  history: createHashHistory(),
  routeTree: rootRoute.addChildren([
    connectRoute,
    sessionRoute.addChildren([
      sessionIndexRoute,
      browseRoute,
      objectRoute,
      diagramRoute,
      metadataRoute,
      documentsRoute,
      reconcileRoute,
      signaturesRoute,
      auditRoute,
      migrationsRoute,
      driftRoute,
      overviewRoute,
      alertsRoute,
      runbooksRoute,
      failoverRoute,
      rotationRoute,
      replicationRoute,
      sessionsRoute,
      statementsRoute,
      maintenanceRoute,
      backupRoute,
      serverRoute,
      securityRoute,
      provisioningRoute,
    ]),
  ]),
  defaultErrorComponent: ScreenError,
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { SessionState } from '../../shared/sessions.ts'
import { trpc } from './rpc.ts'
import { type Screen, screens, screensFor } from './screens.ts'
import { useSession } from './session-context.tsx'
import { WindowButtons } from './window-buttons.tsx'

const UploadBadge = lazy(async () => ({
  default: (await import('../features/documents/upload-badge.tsx')).UploadBadge,
}))

/** How many migrations wait, where the database keeps a history of them: in any other, our files mean nothing. */
const usePending = ({ sessionId, capabilities, status }: SessionState): number => {
  const migrations = useQuery(
    trpc.migrations.status.queryOptions(
      { sessionId },
      { enabled: capabilities.migrations && status === 'connected', staleTime: 60_000 },
    ),
  )
  if (migrations.data?.initialised !== true) return 0
  return migrations.data.migrations.filter(({ state }) => state !== 'applied').length
}

/** Whether others of the rail lie below it: then it is not the one that they belong to. */
const holdsScreens = (to: Screen['to']): boolean => screens.some((other) => other.to.startsWith(`${to}/`))

/** Navigation by what the role may do; icons only in a narrow window. */
export const Rail = () => {
  const session = useSession()
  const { sessionId, capabilities } = session
  const pending = usePending(session)
  const groups = Map.groupBy(screensFor(capabilities), ({ group }) => group)
  return (
    <nav className="rail" aria-label="Screens">
      {[...groups].map(([group, entries]) => (
        <div key={group} className="rail-group">
          <h2 className="rail-title">{group}</h2>
          {entries.map(({ to, title, icon: Icon }) => (
            <Link
              key={to}
              to={to}
              params={{ sessionId }}
              className="rail-link"
              title={title}
              activeOptions={{ exact: holdsScreens(to), includeSearch: false }}
            >
              <Icon className="rail-icon" size={18} stroke={1.6} aria-hidden />
              <span className="rail-words">{title}</span>
              {title === 'Migrations' && pending > 0 && (
                <span className="rail-badge" role="img" aria-label={`${pending} not applied`}>
                  {pending}
                </span>
              )}
              {title === 'Documents' && (
                <Suspense>
                  <UploadBadge />
                </Suspense>
              )}
            </Link>
          ))}
        </div>
      ))}
      <div className="rail-foot">
        <WindowButtons />
      </div>
    </nav>
  )
}

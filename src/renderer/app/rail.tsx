import { Link } from '@tanstack/react-router'
import { screensFor } from './screens.ts'
import { useSession } from './session-context.tsx'
import { WindowButtons } from './window-buttons.tsx'

/** Navigation by what the role may do; icons only in a narrow window. */
export const Rail = () => {
  const { sessionId, capabilities } = useSession()
  const groups = Map.groupBy(screensFor(capabilities), ({ group }) => group)
  return (
    <nav className="rail" aria-label="Screens">
      {[...groups].map(([group, entries]) => (
        <div key={group} className="rail-group">
          <h2 className="rail-title">{group}</h2>
          {entries.map(({ to, title, icon: Icon }) => (
            <Link key={to} to={to} params={{ sessionId }} className="rail-link" title={title}>
              <Icon className="rail-icon" size={18} stroke={1.6} aria-hidden />
              <span className="rail-words">{title}</span>
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

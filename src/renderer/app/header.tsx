import { IconSearch } from '@tabler/icons-react'
import { Chip } from '../ui/chip.tsx'
import { EnvironmentBadge } from '../ui/environment-badge.tsx'
import { Keys } from '../ui/keys.tsx'
import { useSession } from './session-context.tsx'
import { sessionFacts } from './session-facts.ts'
import { SessionMenu } from './session-menu.tsx'
import { useShell } from './shell-context.tsx'
import { useAskToWrite } from './write-access.tsx'

/**
 * Where one is, and what the server says of it: never out of sight. What it said before the connection ended, or before the
 * console itself stopped answering (`isAnswered` false), proves nothing now and is not shown.
 */
export const Header = ({ isAnswered }: { isAnswered: boolean }) => {
  const session = useSession()
  const isCurrent = isAnswered && session.status === 'connected'
  const { openPalette } = useShell()
  const askToWrite = useAskToWrite()
  return (
    <header className="header" data-environment={session.environment} data-status={session.status}>
      <div className="header-place">
        <SessionMenu />
        <EnvironmentBadge environment={session.environment} />
        <span className="header-profile" title={`Profile ${session.profileName}`}>
          {session.profileName}
        </span>
      </div>
      <button type="button" className="header-search" onClick={openPalette}>
        <IconSearch className="header-search-icon" size={14} aria-hidden />
        <span>Search objects, run a command</span>
        <Keys keys="Mod+K" />
      </button>
      <div className="header-facts">
        {!isCurrent && (
          <Chip tone="crit" dot="crit">
            {session.status === 'connected'
              ? 'unknown'
              : session.status === 'lost'
                ? 'connection lost'
                : 'closed'}
          </Chip>
        )}
        {isCurrent &&
          sessionFacts(session).map(({ id, words, explanation, ...rest }) => (
            <Chip
              key={id}
              title={explanation}
              {...rest}
              {...(id === 'writes' && session.writes === 'confirm'
                ? { onClick: () => void askToWrite() }
                : {})}
            >
              {words}
            </Chip>
          ))}
      </div>
    </header>
  )
}

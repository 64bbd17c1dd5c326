import './connect.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Profile } from '../../../shared/profiles.ts'
import { trpc } from '../../app/rpc.ts'
import { useShell } from '../../app/shell-context.tsx'
import { useOpenSession } from '../../app/use-open-session.tsx'
import { WindowButtons } from '../../app/window-buttons.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Keys } from '../../ui/keys.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { OpenSessions } from './open-sessions.tsx'
import { ProfileDetail } from './profile-detail.tsx'
import { groupProfiles, ProfileList } from './profile-list.tsx'

// Its fields are a tenth of the first load, and the first screen shows none of them.
const ProfileEditor = lazy(async () => ({ default: (await import('./profile-editor.tsx')).ProfileEditor }))

/** What the editor was opened for: a profile, a new one, or nothing. */
type Editing = { profile: Profile | null } | null

/** The first screen: connections to choose from, to make and to test, and the sessions that are open. */
export const ConnectScreen = () => {
  const navigate = useNavigate()
  const { openPalette } = useShell()
  const list = useQuery(trpc.profiles.list.queryOptions(undefined, { staleTime: 0 }))
  const session = useOpenSession(({ sessionId }) => {
    void navigate({ to: '/s/$sessionId/browse', params: { sessionId } })
  })
  const [selectedId, setSelectedId] = useState<string | null>(null)
  const [editing, setEditing] = useState<Editing>(null)

  const profiles = list.data?.profiles ?? []
  const ordered = groupProfiles(profiles).flatMap((group) => group.profiles)
  const selected = profiles.find(({ id }) => id === selectedId) ?? ordered[0]
  const keychain = list.data?.keychain

  return (
    <div className="connect">
      <header className="header">
        <div className="header-place">
          <h1 className="header-title">Viruj Console</h1>
          <span className="header-profile">Connections</span>
        </div>
        <div className="header-facts">
          <WindowButtons />
          <Button variant="default" onClick={openPalette} rightSection={<Keys keys="Mod+K" />}>
            Commands
          </Button>
          <Button variant="filled" onClick={() => setEditing({ profile: null })}>
            New connection
          </Button>
        </div>
      </header>
      {keychain !== undefined && keychain.state !== 'available' && (
        <div className="banner" role="status" data-tone="warn">
          <span className="dot" data-tone="warn" />
          <strong>{keychain.state === 'locked' ? 'The keychain is locked.' : 'There is no keychain.'}</strong>
          <span>{keychain.explanation}</span>
        </div>
      )}
      {list.data?.problem != null && (
        <div className="banner" role="alert" data-tone="warn">
          <span className="dot" data-tone="warn" />
          <span>{list.data.problem}</span>
        </div>
      )}
      <main className="connect-panes">
        <div className="connect-list">
          <OpenSessions />
          {list.isPending && <SkeletonRows rows={5} label="Reading the connections" />}
          {list.error !== null && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
          {list.data !== undefined &&
            (profiles.length === 0 ? (
              <EmptyState
                title="No connection yet"
                action={
                  <Button variant="filled" onClick={() => setEditing({ profile: null })}>
                    New connection
                  </Button>
                }
              >
                Make one from a host name, or from a connection URL.
              </EmptyState>
            ) : (
              <ProfileList
                profiles={profiles}
                selectedId={selected?.id ?? null}
                session={session}
                onSelect={setSelectedId}
              />
            ))}
        </div>
        <section className="connect-detail" aria-label="Connection">
          {selected !== undefined && (
            <ProfileDetail
              key={selected.id}
              profile={selected}
              session={session}
              onEdit={() => setEditing({ profile: selected })}
              onSelect={setSelectedId}
            />
          )}
        </section>
      </main>
      <StatusBar
        end={
          keychain?.state === 'available'
            ? 'passwords are in the system keychain'
            : 'typed passwords are kept until the console ends'
        }
      >
        <span>
          {profiles.length} {profiles.length === 1 ? 'connection' : 'connections'}
        </span>
      </StatusBar>
      {session.prompt}
      {editing !== null && keychain !== undefined && (
        <Suspense>
          <ProfileEditor
            profile={editing.profile}
            keychain={keychain}
            onClose={() => setEditing(null)}
            onSaved={(saved) => {
              setEditing(null)
              setSelectedId(saved.id)
            }}
          />
        </Suspense>
      )}
    </div>
  )
}

import { Button } from '@mantine/core'
import type { KeyboardEvent } from 'react'
import type { Profile } from '../../../shared/profiles.ts'
import type { OpenSession } from '../../app/use-open-session.tsx'
import { EnvironmentBadge } from '../../ui/environment-badge.tsx'
import { placeOf, sourceTitles } from './profile-words.ts'

const sources = ['sandbox', 'environment', 'stored'] as const satisfies Profile['source'][]

/** Sample data first, then what the environment gives, then what was saved, by name. */
export const groupProfiles = (profiles: readonly Profile[]): { title: string; profiles: Profile[] }[] =>
  sources
    .map((source) => ({
      title: sourceTitles[source],
      profiles: profiles.filter((profile) => profile.source === source),
    }))
    .filter((group) => group.profiles.length > 0)

/** Arrow keys move between the names of the list. */
const moveFocus = (event: KeyboardEvent<HTMLElement>) => {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  const picks = [...event.currentTarget.querySelectorAll<HTMLElement>('.profile-pick')]
  const at = picks.findIndex((pick) => pick.matches(':focus'))
  if (at === -1) return
  event.preventDefault()
  picks[at + step]?.focus()
}

type ProfileListProps = {
  profiles: readonly Profile[]
  selectedId: string | null
  session: OpenSession
  onSelect: (id: string) => void
}

export const ProfileList = ({ profiles, selectedId, session, onSelect }: ProfileListProps) =>
  groupProfiles(profiles).map((group) => (
    <section key={group.title} className="connect-group" aria-label={group.title}>
      <h2 className="connect-group-title">{group.title}</h2>
      <ul onKeyDown={moveFocus}>
        {group.profiles.map((profile) => (
          <li key={profile.id} className="profile-row" data-environment={profile.environment}>
            <button
              type="button"
              className="profile-pick"
              aria-current={profile.id === selectedId ? 'true' : undefined}
              onClick={() => onSelect(profile.id)}
              onFocus={() => onSelect(profile.id)}
              onDoubleClick={() => session.open(profile)}
            >
              <span className="profile-stripe" />
              <span className="profile-name">
                {profile.name} <EnvironmentBadge environment={profile.environment} />
              </span>
              <span className="profile-place">
                {profile.user}@{profile.database} · {placeOf(profile)}
              </span>
              {session.failure?.profileId === profile.id && (
                <span className="profile-error">{session.failure.error.message}</span>
              )}
            </button>
            {session.opening === profile.id ? (
              <Button onClick={session.cancel}>Cancel</Button>
            ) : (
              <Button
                onClick={() => {
                  onSelect(profile.id)
                  session.open(profile)
                }}
                disabled={session.opening !== null}
                aria-label={`Connect to ${profile.name}`}
              >
                Connect
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  ))

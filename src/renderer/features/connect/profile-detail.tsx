import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Profile } from '../../../shared/profiles.ts'
import { notifyFailure } from '../../app/notify.ts'
import { queryClient, trpc } from '../../app/rpc.ts'
import type { OpenSession } from '../../app/use-open-session.tsx'
import { EnvironmentBadge } from '../../ui/environment-badge.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { DiagnosisView, StorageDiagnosisView } from './diagnosis-view.tsx'
import { draftOf, placeOf, sourceTitles, storageFactsOf, tlsTitles } from './profile-words.ts'
import { RemoveProfile } from './remove-profile.tsx'
import { useDiagnosis, useStorageDiagnosis } from './use-diagnosis.ts'

type ProfileDetailProps = {
  profile: Profile
  session: OpenSession
  onEdit: () => void
  onSelect: (id: string) => void
}

const seconds = (value: number): string => (value === 0 ? 'no limit' : `${value} s`)

const factsOf = (profile: Profile): [string, string][] => [
  ['Server', placeOf(profile)],
  ...(profile.hosts.length > 1 ? ([['Wanted', profile.targetSessionAttrs]] as [string, string][]) : []),
  ['Database', profile.database],
  ['User', profile.user],
  ['Role', profile.role ?? 'as the user'],
  ['Encryption', tlsTitles[profile.tlsMode]],
  ['Authority', profile.caFile ?? 'those of the system'],
  ['Password', profile.hasSecret ? 'saved' : 'asked for'],
  ['Changes', profile.readOnly ? 'refused' : 'allowed, with a reason'],
  ...(profile.migrationsFolder === null
    ? []
    : ([['Migrations', profile.migrationsFolder]] as [string, string][])),
  ['Statement timeout', seconds(profile.statementTimeout)],
  ['Closes when idle', profile.idleDisconnect === 0 ? 'never' : `after ${profile.idleDisconnect} min`],
  ...(profile.storage === null
    ? ([['Storage', 'none is set: documents can only be listed']] as [string, string][])
    : storageFactsOf(profile.storage, profile.hasStorageSecret)),
]

/** The chosen connection: what it is, what can be done with it, and how its last test went. */
export const ProfileDetail = ({ profile, session, onEdit, onSelect }: ProfileDetailProps) => {
  const diagnosis = useDiagnosis()
  const storageDiagnosis = useStorageDiagnosis()
  const { id, storage } = profile
  const [removing, setRemoving] = useState(false)
  const duplicate = useMutation(
    trpc.profiles.duplicate.mutationOptions({
      onSuccess: async (copy) => {
        await queryClient.invalidateQueries(trpc.profiles.list.pathFilter())
        onSelect(copy.id)
      },
      onError: notifyFailure,
    }),
  )
  const isStored = profile.source === 'stored'
  return (
    <>
      <div className="profile-head">
        <h2>{profile.name}</h2>
        <EnvironmentBadge environment={profile.environment} />
        <span className="profile-source">{sourceTitles[profile.source]}</span>
      </div>
      {session.failure?.profileId === profile.id && (
        <ErrorState variant="line" error={session.failure.error} onRetry={() => session.open(profile)} />
      )}
      <dl className="facts">
        {factsOf(profile).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="profile-actions">
        <Button
          variant="filled"
          loading={session.opening === profile.id}
          disabled={session.opening !== null}
          onClick={() => session.open(profile)}
        >
          Connect
        </Button>
        {diagnosis.pending ? (
          <Button onClick={diagnosis.cancel}>Cancel the test</Button>
        ) : (
          <Button onClick={() => diagnosis.run({ id: profile.id, draft: draftOf(profile), password: null })}>
            Test
          </Button>
        )}
        {storage !== null &&
          (storageDiagnosis.pending ? (
            <Button onClick={storageDiagnosis.cancel}>Cancel the storage's test</Button>
          ) : (
            <Button onClick={() => storageDiagnosis.run({ id, storage, secret: null })}>Test storage</Button>
          ))}
        {isStored && <Button onClick={onEdit}>Edit</Button>}
        <Button loading={duplicate.isPending} onClick={() => duplicate.mutate({ id: profile.id })}>
          Duplicate
        </Button>
        {isStored && (
          <Button variant="subtle" color="red" onClick={() => setRemoving(true)}>
            Remove
          </Button>
        )}
      </div>
      <DiagnosisView diagnosis={diagnosis} />
      <StorageDiagnosisView diagnosis={storageDiagnosis} />
      {removing && <RemoveProfile profile={profile} onClose={() => setRemoving(false)} />}
    </>
  )
}

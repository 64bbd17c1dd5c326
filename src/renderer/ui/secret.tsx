import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { queryClient, trpc } from '../app/rpc.ts'
import { useSession } from '../app/session-context.tsx'
import { CopyButton } from './copy-button.tsx'
import { ErrorState } from './error-state.tsx'

type SecretProps = {
  /** Of the job or the run. */
  jobId: string
  login: string
  database: string
}

/** A password that a job or a run made: into the keychain, or onto the screen this once. */
export const Secret = ({ jobId, login, database }: SecretProps) => {
  const { sessionId } = useSession()
  const profiles = useQuery(trpc.profiles.list.queryOptions())
  const [name, setName] = useState(`${database} as ${login}`)
  // It is in this component only: gone with the screen, and not in the cache of what was asked.
  const show = useMutation(trpc.provisioning.secret.mutationOptions({ gcTime: 0 }))
  const save = useMutation(
    trpc.provisioning.saveSecret.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.profiles.list.pathFilter()),
    }),
  )
  const keychain = profiles.data?.keychain
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ sessionId, jobId, name })
  }
  if (save.data !== undefined) {
    return (
      <section className="kept-secret" aria-label={`Password of ${login}`}>
        <h2>Password of {login}</h2>
        <p role="status">
          It is in the keychain, as the connection “{save.data.name}”. <Link to="/">To the connections</Link>
        </p>
      </section>
    )
  }
  if (show.data !== undefined) {
    return (
      <section className="kept-secret" aria-label={`Password of ${login}`}>
        <h2>Password of {login}</h2>
        <p>
          <output className="data kept-secret-password">{show.data.password}</output>{' '}
          <CopyButton text={show.data.password} what="The password" />
        </p>
        <p>Hand it over now: the console has it no longer, and it is gone when you leave this screen.</p>
      </section>
    )
  }
  return (
    <section className="kept-secret" aria-label={`Password of ${login}`}>
      <h2>Password of {login}</h2>
      <p>
        192 random bits. The server has only its verifier; this session keeps the password until you save or
        show it, or until the session ends.
      </p>
      {show.error !== null && <ErrorState variant="line" error={show.error} />}
      {save.error !== null && <ErrorState variant="line" error={save.error} />}
      <form onSubmit={submit}>
        <TextInput
          label="Save it in the keychain, as the connection"
          description={keychain?.state === 'available' ? undefined : keychain?.explanation}
          inputWrapperOrder={['label', 'input', 'description']}
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="filled"
          loading={save.isPending}
          disabled={keychain?.state !== 'available' || name.trim() === ''}
        >
          Save
        </Button>
        <Button loading={show.isPending} onClick={() => show.mutate({ sessionId, jobId })}>
          Show it once
        </Button>
      </form>
    </section>
  )
}

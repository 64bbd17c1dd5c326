import { Button, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { KeychainState, Profile } from '../../../shared/profiles.ts'
import { queryClient, trpc } from '../../app/rpc.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { DiagnosisView } from './diagnosis-view.tsx'
import { ImportUrl } from './import-url.tsx'
import { AdvancedFields, PasswordFields, ServerFields, WritesField } from './profile-fields.tsx'
import {
  type FormErrors,
  formOf,
  initialForm,
  readForm,
  type SecretForm,
  secretChangeOf,
} from './profile-form.ts'
import { useDiagnosis } from './use-diagnosis.ts'

type ProfileEditorProps = {
  /** Null: a new one. */
  profile: Profile | null
  keychain: KeychainState
  onClose: () => void
  onSaved: (profile: Profile) => void
}

/** Makes or changes a connection, and tests it before it is saved. */
export const ProfileEditor = ({ profile, keychain, onClose, onSaved }: ProfileEditorProps) => {
  const [form, setForm] = useState(() => initialForm(profile))
  const [secret, setSecret] = useState<SecretForm>({
    password: '',
    keepIn: keychain.state === 'available' ? 'keychain' : 'memory',
    forget: false,
  })
  const [errors, setErrors] = useState<FormErrors>({})
  const diagnosis = useDiagnosis()
  const save = useMutation(
    trpc.profiles.save.mutationOptions({
      onSuccess: async (saved) => {
        await queryClient.invalidateQueries(trpc.profiles.list.pathFilter())
        onSaved(saved)
      },
    }),
  )

  const withDraft = (
    use: (draft: Extract<ReturnType<typeof readForm>, { draft: unknown }>['draft']) => void,
  ) => {
    const read = readForm(form)
    setErrors('errors' in read ? read.errors : {})
    if ('draft' in read) use(read.draft)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    withDraft((draft) => save.mutate({ id: profile?.id ?? null, draft, secret: secretChangeOf(secret) }))
  }
  const test = () =>
    withDraft((draft) =>
      diagnosis.run({
        id: profile?.id ?? null,
        draft,
        password: secret.password === '' ? null : secret.password,
      }),
    )

  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={false}
      title={profile === null ? 'New connection' : `Edit “${profile.name}”`}
      size={640}
      yOffset="5vh"
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <form className="form" onSubmit={submit} noValidate>
        <ImportUrl
          onImport={({ draft, password }) => {
            setForm((before) =>
              formOf({ ...draft, name: before.name || draft.name, environment: before.environment }),
            )
            if (password !== null) setSecret({ ...secret, password, forget: false })
            setErrors({})
          }}
        />
        <ServerFields form={form} errors={errors} onChange={(change) => setForm({ ...form, ...change })} />
        <PasswordFields
          secret={secret}
          hasSecret={profile?.hasSecret ?? false}
          keychain={keychain}
          onChange={(change) => setSecret({ ...secret, ...change })}
        />
        <WritesField form={form} errors={errors} onChange={(change) => setForm({ ...form, ...change })} />
        <AdvancedFields form={form} errors={errors} onChange={(change) => setForm({ ...form, ...change })} />
        <DiagnosisView diagnosis={diagnosis} />
        {save.error !== null && <ErrorState variant="line" error={save.error} />}
        <div className="form-buttons">
          {diagnosis.pending ? (
            <Button onClick={diagnosis.cancel}>Cancel the test</Button>
          ) : (
            <Button onClick={test}>Test</Button>
          )}
          <span className="form-gap" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Modal>
  )
}

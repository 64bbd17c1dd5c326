import { Button, Modal, Tabs } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { KeychainState, Profile } from '../../../shared/profiles.ts'
import { queryClient, trpc } from '../../app/rpc.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { DiagnosisView, StorageDiagnosisView } from './diagnosis-view.tsx'
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
import { StorageFields } from './storage-fields.tsx'
import { readStorageForm } from './storage-form.ts'
import { useDiagnosis, useStorageDiagnosis } from './use-diagnosis.ts'

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
  const noSecret: SecretForm = {
    password: '',
    keepIn: keychain.state === 'available' ? 'keychain' : 'memory',
    forget: false,
  }
  const [secret, setSecret] = useState(noSecret)
  const [storageSecret, setStorageSecret] = useState(noSecret)
  const [tab, setTab] = useState<string | null>('server')
  const [errors, setErrors] = useState<FormErrors>({})
  const diagnosis = useDiagnosis()
  const storageDiagnosis = useStorageDiagnosis()
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
    if ('draft' in read) return use(read.draft)
    const { storage, ...others } = read.errors
    if (Object.keys(others).length > 0) setTab('server')
    else if (storage !== undefined) setTab('storage')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    withDraft((draft) =>
      save.mutate({
        id: profile?.id ?? null,
        draft,
        secret: secretChangeOf(secret),
        storageSecret: secretChangeOf(storageSecret),
      }),
    )
  }
  const test = () =>
    withDraft((draft) =>
      diagnosis.run({
        id: profile?.id ?? null,
        draft,
        password: secret.password === '' ? null : secret.password,
      }),
    )
  const testStorage = () => {
    const read = readStorageForm(form.storage)
    setErrors('errors' in read ? { storage: read.errors } : {})
    if ('errors' in read) return
    storageDiagnosis.run({
      id: profile?.id ?? null,
      storage: read.storage,
      secret: storageSecret.password || null,
    })
  }
  const [running, startTest] = tab === 'storage' ? [storageDiagnosis, testStorage] : [diagnosis, test]

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
        <Tabs value={tab} onChange={setTab} keepMounted={false}>
          <Tabs.List aria-label="Parts of the connection">
            <Tabs.Tab value="server">Server</Tabs.Tab>
            <Tabs.Tab value="storage">Storage</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="server" className="form">
            <ImportUrl
              onImport={({ draft, password }) => {
                setForm((before) => ({
                  ...formOf({ ...draft, name: before.name || draft.name, environment: before.environment }),
                  storage: before.storage,
                }))
                if (password !== null) setSecret({ ...secret, password, forget: false })
                setErrors({})
              }}
            />
            <ServerFields
              form={form}
              errors={errors}
              onChange={(change) => setForm({ ...form, ...change })}
            />
            <PasswordFields
              secret={secret}
              hasSecret={profile?.hasSecret ?? false}
              keychain={keychain}
              onChange={(change) => setSecret({ ...secret, ...change })}
            />
            <WritesField form={form} errors={errors} onChange={(change) => setForm({ ...form, ...change })} />
            <AdvancedFields
              form={form}
              errors={errors}
              onChange={(change) => setForm({ ...form, ...change })}
            />
            <DiagnosisView diagnosis={diagnosis} />
          </Tabs.Panel>
          <Tabs.Panel value="storage" className="form">
            <StorageFields
              form={form.storage}
              errors={errors.storage ?? {}}
              onChange={(change) => setForm({ ...form, storage: { ...form.storage, ...change } })}
              secret={storageSecret}
              hasSecret={profile?.hasStorageSecret ?? false}
              keychain={keychain}
              onSecret={(change) => setStorageSecret({ ...storageSecret, ...change })}
            />
            <StorageDiagnosisView diagnosis={storageDiagnosis} />
          </Tabs.Panel>
        </Tabs>
        {save.error !== null && <ErrorState variant="line" error={save.error} />}
        <div className="form-buttons">
          {running.pending ? (
            <Button onClick={running.cancel}>Cancel the test</Button>
          ) : (
            <Button onClick={startTest} disabled={tab === 'storage' && !form.storage.used}>
              Test
            </Button>
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

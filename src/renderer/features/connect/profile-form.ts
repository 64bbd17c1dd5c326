import { type Profile, type ProfileDraft, profileDraft, type SecretChange } from '../../../shared/profiles.ts'
import { draftOf } from './profile-words.ts'
import { readStorageForm, type StorageErrors, type StorageForm, storageFormOf } from './storage-form.ts'

/** What stands in the editor's fields: a draft whose numbers may be half typed and whose empty texts mean "none". */
export type ProfileForm = Omit<
  ProfileDraft,
  | 'caFile'
  | 'role'
  | 'hosts'
  | 'statementTimeout'
  | 'connectTimeout'
  | 'idleDisconnect'
  | 'migrationsFolder'
  | 'storage'
> & {
  hosts: { host: string; port: number | string }[]
  caFile: string
  role: string
  migrationsFolder: string
  statementTimeout: number | string
  connectTimeout: number | string
  idleDisconnect: number | string
  storage: StorageForm
}

/** Where a typed password goes; `forget` removes the saved one. */
export type SecretForm = { password: string; keepIn: 'keychain' | 'memory'; forget: boolean }

const newDraft: ProfileDraft = {
  name: '',
  environment: 'development',
  hosts: [{ host: '', port: 5432 }],
  targetSessionAttrs: 'any',
  database: '',
  user: '',
  tlsMode: 'verify-full',
  caFile: null,
  allowWeakAuthentication: false,
  role: null,
  readOnly: true,
  statementTimeout: 60,
  connectTimeout: 10,
  idleDisconnect: 0,
  migrationsFolder: null,
  storage: null,
  thresholds: {},
}

export const formOf = (draft: ProfileDraft): ProfileForm => ({
  ...draft,
  caFile: draft.caFile ?? '',
  role: draft.role ?? '',
  migrationsFolder: draft.migrationsFolder ?? '',
  storage: storageFormOf(draft.storage),
})

export const initialForm = (profile: Profile | null): ProfileForm =>
  formOf(profile === null ? newDraft : draftOf(profile))

const messages: Record<string, string> = {
  name: 'Give it a name of at most 80 characters.',
  database: 'Name the database.',
  user: 'Name the user.',
  hosts: 'Name at least one host, each with a port between 1 and 65535.',
  statementTimeout: 'Between 0 (no limit) and 86,400 seconds.',
  connectTimeout: 'Between 1 and 300 seconds.',
  idleDisconnect: 'Between 0 (never) and 1,440 minutes.',
  role: 'A role has at most 63 characters.',
  migrationsFolder: 'A path has at most 4,096 characters.',
}

export type FormErrors = Partial<Record<Exclude<keyof ProfileDraft, 'storage'>, string>> & {
  storage?: StorageErrors
}

/** The draft, or what is wrong with which field. */
export const readForm = (form: ProfileForm): { draft: ProfileDraft } | { errors: FormErrors } => {
  const storage = form.storage.used ? readStorageForm(form.storage) : { storage: null }
  const parsed = profileDraft.safeParse({
    ...form,
    caFile: form.caFile.trim() || null,
    role: form.role || null,
    migrationsFolder: form.migrationsFolder.trim() || null,
    storage: 'storage' in storage ? storage.storage : null,
  })
  if (parsed.success && 'storage' in storage) return { draft: parsed.data }
  const issues = parsed.error?.issues ?? []
  return {
    errors: {
      ...Object.fromEntries(
        issues.map(({ path: [field], message }) => [field, messages[String(field)] ?? message]),
      ),
      ...('errors' in storage && { storage: storage.errors }),
    },
  }
}

export const secretChangeOf = ({ password, keepIn, forget }: SecretForm): SecretChange => {
  if (password !== '') return { kind: keepIn, password }
  return { kind: forget ? 'forget' : 'keep' }
}

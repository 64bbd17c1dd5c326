import {
  ActionIcon,
  Checkbox,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Switch,
  TextInput,
} from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import {
  environments,
  type KeychainState,
  type ProfileDraft,
  targetSessionAttrs,
  tlsModes,
} from '../../../shared/profiles.ts'
import type { FormErrors, ProfileForm, SecretForm } from './profile-form.ts'
import { tlsExplanations, tlsTitles } from './profile-words.ts'

type FieldsProps = { form: ProfileForm; errors: FormErrors; onChange: (change: Partial<ProfileForm>) => void }

const HostFields = ({ form, errors, onChange }: FieldsProps) => {
  const setHost = (at: number, change: Partial<ProfileForm['hosts'][number]>) =>
    onChange({ hosts: form.hosts.map((host, index) => (index === at ? { ...host, ...change } : host)) })
  return (
    <fieldset className="hosts">
      <legend>{form.hosts.length === 1 ? 'Host' : 'Hosts, in the order they are tried'}</legend>
      {form.hosts.map(({ host, port }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a host has no identity but its place
        <div key={at} className="host">
          <TextInput
            aria-label={`Host ${at + 1}`}
            placeholder="db.example.com, an address, or a socket's folder"
            value={host}
            onChange={(event) => setHost(at, { host: event.currentTarget.value })}
            error={errors.hosts !== undefined}
            spellCheck={false}
          />
          <NumberInput
            aria-label={`Port ${at + 1}`}
            value={port}
            min={1}
            max={65_535}
            allowDecimal={false}
            hideControls
            onChange={(value) => setHost(at, { port: value })}
          />
          {form.hosts.length > 1 && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove host ${at + 1}`}
              onClick={() => onChange({ hosts: form.hosts.filter((_, index) => index !== at) })}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </div>
      ))}
      {errors.hosts !== undefined && <p className="field-error">{errors.hosts}</p>}
      {form.hosts.length < 16 && (
        <button
          type="button"
          className="link"
          onClick={() => onChange({ hosts: [...form.hosts, { host: '', port: 5432 }] })}
        >
          + host
        </button>
      )}
    </fieldset>
  )
}

/** Name, environment, server, database, user and encryption. */
export const ServerFields = ({ form, errors, onChange }: FieldsProps) => (
  <>
    <div className="field-pair">
      <TextInput
        data-autofocus
        label="Name"
        value={form.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        error={errors.name}
      />
      <div>
        <span className="field-label" id="environment-label">
          Environment
        </span>
        <SegmentedControl
          fullWidth
          aria-labelledby="environment-label"
          className="environment-choice"
          data-environment={form.environment}
          data={[...environments]}
          value={form.environment}
          onChange={(environment) => onChange({ environment })}
        />
      </div>
    </div>
    <HostFields form={form} errors={errors} onChange={onChange} />
    <div className="field-pair">
      <TextInput
        label="Database"
        value={form.database}
        onChange={(event) => onChange({ database: event.currentTarget.value })}
        error={errors.database}
        spellCheck={false}
      />
      <TextInput
        label="User"
        value={form.user}
        onChange={(event) => onChange({ user: event.currentTarget.value })}
        error={errors.user}
        spellCheck={false}
        autoComplete="off"
      />
    </div>
    <div className="field-pair">
      <Select
        label="Encryption"
        data={tlsModes.map((mode) => ({ value: mode, label: tlsTitles[mode] })).reverse()}
        value={form.tlsMode}
        onChange={(tlsMode) => onChange({ tlsMode: tlsMode as ProfileDraft['tlsMode'] })}
        description={tlsExplanations[form.tlsMode]}
        inputWrapperOrder={['label', 'input', 'description']}
      />
      <TextInput
        label="Authority's certificate"
        placeholder="those of the system"
        description="Path of a PEM file on this machine."
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={form.caFile}
        onChange={(event) => onChange({ caFile: event.currentTarget.value })}
        error={errors.caFile}
        spellCheck={false}
      />
    </div>
  </>
)

type PasswordFieldsProps = {
  what?: 'password' | 'secret key'
  secret: SecretForm
  hasSecret: boolean
  keychain: KeychainState
  onChange: (change: Partial<SecretForm>) => void
}

/** A password or a secret key, and where it is kept: in the keychain, for this run, or nowhere. */
export const PasswordFields = ({
  what = 'password',
  secret,
  hasSecret,
  keychain,
  onChange,
}: PasswordFieldsProps) => (
  <div className="field-pair">
    <PasswordInput
      label={what === 'password' ? 'Password' : 'Secret key'}
      placeholder={
        hasSecret ? 'the saved one stays' : what === 'password' ? 'asked for at each connection' : undefined
      }
      autoComplete="off"
      value={secret.password}
      onChange={(event) => onChange({ password: event.currentTarget.value })}
    />
    <div className="password-place">
      {secret.password === '' && hasSecret ? (
        <Checkbox
          label={`Forget the saved ${what}`}
          checked={secret.forget}
          onChange={(event) => onChange({ forget: event.currentTarget.checked })}
        />
      ) : (
        <Checkbox
          label={what === 'password' ? 'Save it in the keychain' : 'Save the secret key in the keychain'}
          description={
            keychain.state === 'available'
              ? 'Otherwise it is kept until the console ends.'
              : keychain.explanation
          }
          disabled={keychain.state !== 'available'}
          checked={secret.keepIn === 'keychain'}
          onChange={(event) => onChange({ keepIn: event.currentTarget.checked ? 'keychain' : 'memory' })}
        />
      )}
    </div>
  </div>
)

/** Whether the connection may change anything. */
export const WritesField = ({ form, onChange }: FieldsProps) => (
  <Switch
    label="Allow changes"
    description={
      form.environment === 'production'
        ? 'Each asks for a reason; the first of a session also for the name of the database. Reads stay read-only.'
        : 'Each asks for a reason. Reads stay read-only.'
    }
    checked={!form.readOnly}
    onChange={(event) => onChange({ readOnly: !event.currentTarget.checked })}
  />
)

/** What most connections leave as it is. */
export const AdvancedFields = ({ form, errors, onChange }: FieldsProps) => (
  <details
    className="advanced"
    open={
      errors.role !== undefined ||
      errors.idleDisconnect !== undefined ||
      errors.migrationsFolder !== undefined ||
      undefined
    }
  >
    <summary>Role, limits and more</summary>
    <TextInput
      label="Folder of migrations"
      placeholder="those of the Viruj ERP, which come with the console"
      description="Plain SQL, NNNN_name.up.sql and .down.sql, on this machine."
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={form.migrationsFolder}
      onChange={(event) => onChange({ migrationsFolder: event.currentTarget.value })}
      error={errors.migrationsFolder}
      spellCheck={false}
    />
    <div className="field-pair">
      <TextInput
        label="Role after log-in"
        placeholder="as the user"
        value={form.role}
        onChange={(event) => onChange({ role: event.currentTarget.value })}
        error={errors.role}
        spellCheck={false}
      />
      <Select
        label="Wanted of several hosts"
        data={[...targetSessionAttrs]}
        value={form.targetSessionAttrs}
        onChange={(value) => onChange({ targetSessionAttrs: value as ProfileDraft['targetSessionAttrs'] })}
      />
    </div>
    <div className="field-pair">
      <NumberInput
        label="Statement timeout, seconds"
        description="0: no limit"
        value={form.statementTimeout}
        min={0}
        onChange={(statementTimeout) => onChange({ statementTimeout })}
        error={errors.statementTimeout}
      />
      <NumberInput
        label="Connect timeout per host, seconds"
        description="1 to 300"
        value={form.connectTimeout}
        min={1}
        onChange={(connectTimeout) => onChange({ connectTimeout })}
        error={errors.connectTimeout}
      />
    </div>
    <div className="field-pair">
      <NumberInput
        label="Close when idle, minutes"
        description="0: never"
        value={form.idleDisconnect}
        min={0}
        onChange={(idleDisconnect) => onChange({ idleDisconnect })}
        error={errors.idleDisconnect}
      />
      <div className="switches">
        <Switch
          label="Allow md5 and cleartext passwords"
          checked={form.allowWeakAuthentication}
          onChange={(event) => onChange({ allowWeakAuthentication: event.currentTarget.checked })}
        />
      </div>
    </div>
  </details>
)

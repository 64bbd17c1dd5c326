import { MultiSelect, NumberInput, SegmentedControl, Select, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { KeychainState } from '../../../shared/profiles.ts'
import {
  mediaType,
  mediaTypeTitles,
  type StorageSettings,
  storageEncryptions,
} from '../../../shared/storage.ts'
import { PasswordFields } from './profile-fields.tsx'
import type { SecretForm } from './profile-form.ts'
import { storageEncryptionTitles } from './profile-words.ts'
import {
  movedTo,
  type Place,
  places,
  placeTitles,
  plainWarning,
  type SizeUnit,
  type StorageErrors,
  type StorageForm,
  sizeUnits,
} from './storage-form.ts'

type FieldsProps = {
  form: StorageForm
  errors: StorageErrors
  onChange: (change: Partial<StorageForm>) => void
}

const under = ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[]

const AddressFields = ({ form, errors, onChange }: FieldsProps) => (
  <>
    <div className="field-pair">
      <Select
        label="Kept at"
        data={places.map((place) => ({ value: place, label: placeTitles[place] }))}
        value={form.place}
        onChange={(place) => onChange(movedTo(place as Place))}
      />
      <TextInput
        label="Region"
        value={form.region}
        onChange={(event) => onChange({ region: event.currentTarget.value })}
        error={errors.region}
        spellCheck={false}
      />
    </div>
    {form.place !== 'aws' && (
      <TextInput
        label="Endpoint"
        placeholder="https://minio.example.com:9000"
        description={plainWarning(form.endpoint)}
        inputWrapperOrder={under}
        value={form.endpoint}
        onChange={(event) => onChange({ endpoint: event.currentTarget.value })}
        error={errors.endpoint}
        spellCheck={false}
      />
    )}
    <div className="field-pair">
      <TextInput
        label="Bucket"
        value={form.bucket}
        onChange={(event) => onChange({ bucket: event.currentTarget.value })}
        error={errors.bucket}
        spellCheck={false}
      />
      <TextInput
        label="Prefix"
        placeholder="none: the bucket is for documents alone"
        value={form.prefix}
        onChange={(event) => onChange({ prefix: event.currentTarget.value })}
        error={errors.prefix}
        spellCheck={false}
      />
    </div>
    {(form.place === 'minio' || form.place === 'other') && (
      <div className="field-pair">
        <TextInput
          label="Authority's certificate"
          placeholder="those of the system"
          description="Path of a PEM file on this machine."
          inputWrapperOrder={under}
          value={form.caFile}
          onChange={(event) => onChange({ caFile: event.currentTarget.value })}
          error={errors.caFile}
          spellCheck={false}
        />
        <div className="switches">
          <Switch
            label="Path style"
            description="server/bucket instead of bucket.server"
            checked={form.pathStyle}
            onChange={(event) => onChange({ pathStyle: event.currentTarget.checked })}
          />
        </div>
      </div>
    )}
  </>
)

type CredentialsProps = FieldsProps & {
  secret: SecretForm
  hasSecret: boolean
  keychain: KeychainState
  onSecret: (change: Partial<SecretForm>) => void
}

const CredentialFields = ({ form, errors, onChange, onSecret, ...secretProps }: CredentialsProps) => (
  <>
    <div className="field-pair">
      <div>
        <span className="field-label" id="storage-credentials-label">
          Signed with
        </span>
        <SegmentedControl
          fullWidth
          aria-labelledby="storage-credentials-label"
          data={[
            { value: 'keychain', label: 'An access key' },
            { value: 'chain', label: 'What the AWS tools use' },
          ]}
          value={form.credentials}
          onChange={(credentials) => onChange({ credentials: credentials as StorageSettings['credentials'] })}
        />
      </div>
      {form.credentials === 'keychain' ? (
        <TextInput
          label="Access key"
          value={form.accessKeyId}
          onChange={(event) => onChange({ accessKeyId: event.currentTarget.value })}
          error={errors.accessKeyId}
          spellCheck={false}
          autoComplete="off"
        />
      ) : (
        <TextInput
          label="AWS profile"
          placeholder="the default one"
          description="Variables, ~/.aws, SSO, or the role of this machine."
          inputWrapperOrder={under}
          value={form.awsProfile}
          onChange={(event) => onChange({ awsProfile: event.currentTarget.value })}
          error={errors.awsProfile}
          spellCheck={false}
        />
      )}
    </div>
    {form.credentials === 'keychain' && (
      <PasswordFields what="secret key" onChange={onSecret} {...secretProps} />
    )}
  </>
)

/** Any media type can be typed; those that people meet have names. */
const TypesField = ({ form, errors, onChange }: FieldsProps) => {
  const [search, setSearch] = useState('')
  const typed = search.trim().toLowerCase()
  const known = new Set([...Object.keys(mediaTypeTitles), ...form.allowedTypes])
  if (mediaType.safeParse(typed).success) known.add(typed)
  return (
    <MultiSelect
      label="Types that may be uploaded"
      description="Read from the content, not from the name. Another media type can be typed."
      inputWrapperOrder={under}
      data={[...known].map((type) => ({ value: type, label: mediaTypeTitles[type] ?? type }))}
      searchable
      hidePickedOptions
      searchValue={search}
      onSearchChange={setSearch}
      value={form.allowedTypes}
      onChange={(allowedTypes) => onChange({ allowedTypes })}
      error={errors.allowedTypes}
      maxDropdownHeight={180}
    />
  )
}

const PolicyFields = (props: FieldsProps) => {
  const { form, errors, onChange } = props
  return (
    <>
      <div className="field-pair">
        <Select
          label="Encryption where it lies"
          data={storageEncryptions.map((value) => ({ value, label: storageEncryptionTitles[value] }))}
          value={form.encryption}
          onChange={(encryption) => onChange({ encryption: encryption as StorageSettings['encryption'] })}
        />
        {form.encryption === 'aws:kms' && (
          <TextInput
            label="KMS key"
            placeholder="the account's own for S3"
            value={form.kmsKey}
            onChange={(event) => onChange({ kmsKey: event.currentTarget.value })}
            error={errors.kmsKey}
            spellCheck={false}
          />
        )}
      </div>
      <TypesField {...props} />
      <div className="field-pair">
        <div className="size">
          <NumberInput
            label="Largest document"
            value={form.largest}
            min={0}
            onChange={(largest) => onChange({ largest })}
            error={errors.maxBytes}
          />
          <Select
            aria-label="Unit of the largest document"
            data={Object.keys(sizeUnits)}
            value={form.unit}
            onChange={(unit) => onChange({ unit: unit as SizeUnit })}
          />
        </div>
        <NumberInput
          label="Keep seals there, days"
          placeholder="none are kept there"
          description="Of the audit trail, locked against everybody. Needs Object Lock."
          inputWrapperOrder={under}
          value={form.anchorDays}
          min={1}
          allowDecimal={false}
          onChange={(anchorDays) => onChange({ anchorDays })}
          error={errors.anchorDays}
        />
      </div>
    </>
  )
}

/** Where the documents of a connection lie, who signs for them, and what may be uploaded. */
export const StorageFields = (props: CredentialsProps) => {
  const { form, errors, onChange } = props
  return (
    <>
      <Switch
        label="Its documents are in object storage"
        description="Any server that speaks S3. Without it, documents are listed, but can be neither read nor uploaded."
        checked={form.used}
        onChange={(event) => onChange({ used: event.currentTarget.checked })}
      />
      {form.used && (
        <>
          <AddressFields form={form} errors={errors} onChange={onChange} />
          <CredentialFields {...props} />
          <PolicyFields form={form} errors={errors} onChange={onChange} />
        </>
      )}
    </>
  )
}

import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { formatBytes } from '../../ui/bytes.tsx'
import { count } from '../../ui/count.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'
import { typeWords } from './type-words.ts'
import type { Uploads } from './use-uploads.ts'

/** Files that the dialog names; of more it tells the number. */
const named = 8

type UploadDialogProps = { files: readonly File[]; uploads: Uploads; onClose: () => void }

/** Says what will be uploaded, and asks where to and why. */
export const UploadDialog = ({ files, uploads, onClose }: UploadDialogProps) => {
  const { sessionId } = useSession()
  const plants = useQuery(trpc.metadata.plants.queryOptions({ sessionId }, abortable))
  const policy = useQuery(trpc.documents.policy.queryOptions({ sessionId }, abortable))
  const [plant, setPlant] = useState<string | null>(null)
  const [site, setSite] = useState('')
  const [reason, setReason] = useState('')
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  const chosen = plant ?? (plants.data?.length === 1 ? (plants.data[0]?.plant ?? null) : null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen === null) return
    uploads.add.mutate(
      {
        plant: chosen,
        site: site.trim() === '' ? null : site.trim(),
        reason: reason.trim(),
        files: files.map((file) => ({ file })),
      },
      { onSuccess: (added) => added > 0 && onClose() },
    )
  }
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={false}
      title={`Upload ${count(files.length, 'file')}, ${formatBytes(bytes)}`}
      size={560}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <form className="form" onSubmit={submit}>
        <ul className="upload-files" aria-label="Chosen files">
          {files.slice(0, named).map((file, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name
            <li key={at}>
              <span className="upload-name">{file.name}</span>
              <span className="number">{formatBytes(file.size)}</span>
            </li>
          ))}
          {files.length > named && <li className="dim">and {count(files.length - named, 'more file')}</li>}
        </ul>
        <div className="field-pair">
          <Select
            label="Plant"
            data-autofocus
            required
            withAsterisk={false}
            data={plants.data?.map((one) => one.plant) ?? []}
            value={chosen}
            onChange={setPlant}
            nothingFoundMessage="This role sees no plant."
            searchable
          />
          <TextInput
            label="Site"
            placeholder="of the whole plant"
            maxLength={200}
            value={site}
            onChange={(event) => setSite(event.currentTarget.value)}
          />
        </div>
        <ReasonField value={reason} onChange={setReason} kept="Kept in the audit trail with each document" />
        {policy.data !== undefined && (
          <p className="form-text dim">
            To bucket {policy.data.storage?.bucket}. Each file is hashed first; its content, not its name,
            says what it is. Taken: {policy.data.allowedTypes.map(typeWords).join(', ')}, up to{' '}
            {formatBytes(policy.data.maxBytes)} each.
          </p>
        )}
        {uploads.add.error !== null && <ErrorState variant="line" error={uploads.add.error} />}
        <div className="form-buttons">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            loading={uploads.add.isPending}
            disabled={chosen === null || !isReason(reason)}
          >
            Upload {count(files.length, 'file')}
            {chosen === null ? '' : ` to ${chosen}`}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

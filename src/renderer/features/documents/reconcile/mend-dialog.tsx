import { Select, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Finding, MendInput, Mending } from '../../../../shared/reconcile.ts'
import { notifyDone } from '../../../app/notify.ts'
import { abortable, rpc, trpc } from '../../../app/rpc.ts'
import { useSession } from '../../../app/session-context.tsx'
import { ChangeDialog } from '../../../ui/change-dialog.tsx'
import { count } from '../../../ui/count.ts'
import { mendWords } from './mend-words.ts'

type MendDialogProps = {
  mending: Mending
  /** Several only where a mending takes several. */
  findings: readonly [Finding, ...Finding[]]
  onMended: (done: string) => void
  onClose: () => void
}

/** The last part of a key, as a name for a file. */
const nameIn = (key: string): string => key.split('/').at(-1) ?? key

/** Says what a mending will do, asks why, and does it. */
export const MendDialog = ({ mending, findings, onMended, onClose }: MendDialogProps) => {
  const { sessionId } = useSession()
  const [finding] = findings
  const { verb, isRisky, will } = mendWords[mending]
  const plants = useQuery(
    trpc.metadata.plants.queryOptions({ sessionId }, { ...abortable, enabled: mending === 'adopt' }),
  )
  const [filename, setFilename] = useState(() => nameIn(finding.key))
  const [plant, setPlant] = useState<string | null>(null)

  const inputFor = (reason: string): MendInput => {
    const documentId = finding.documentId ?? ''
    switch (mending) {
      case 'quarantine':
        return { mending, documentIds: findings.flatMap((one) => one.documentId ?? []), reason }
      case 'abort':
        return { mending, key: finding.key, uploadId: finding.uploadId ?? '', reason }
      case 'adopt':
        return { mending, key: finding.key, version: finding.version, filename, plant: plant ?? '', reason }
      case 'release':
      case 'name-version':
      case 'complete':
      case 'give-up':
        return { mending, documentId, reason }
      default:
        return mending satisfies never
    }
  }
  const mend = async (reason: string) => {
    const { done, trouble } = await rpc.documents.mend.mutate({ sessionId, ...inputFor(reason) })
    if (trouble === null) notifyDone(done)
    else {
      notifications.show({
        color: 'red',
        autoClose: false,
        title: `${done} In the bucket it failed`,
        message: `${trouble.message} ${trouble.remedy} What is left is found by the next comparison.`,
      })
    }
    onMended(done)
    onClose()
  }
  const subject =
    findings.length > 1 ? count(findings.length, 'document') : (finding.filename ?? nameIn(finding.key))
  return (
    <ChangeDialog
      title={`${verb}: ${subject}`}
      verb={verb}
      isRisky={isRisky === true}
      isComplete={mending !== 'adopt' || (plant !== null && filename.trim() !== '')}
      onChange={mend}
      onClose={onClose}
    >
      <p className="form-text">
        {findings.length > 1 && `${count(findings.length, 'document')}, all or none of them. `}
        {will(finding)}
      </p>
      {mending === 'adopt' && (
        <div className="field-pair">
          <TextInput
            label="File name"
            required
            withAsterisk={false}
            maxLength={1024}
            value={filename}
            onChange={(event) => setFilename(event.currentTarget.value)}
          />
          <Select
            label="Plant"
            required
            withAsterisk={false}
            data={plants.data?.map((one) => one.plant) ?? []}
            value={plant}
            onChange={setPlant}
            searchable
          />
        </div>
      )}
    </ChangeDialog>
  )
}

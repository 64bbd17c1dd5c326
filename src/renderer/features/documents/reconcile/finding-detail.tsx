import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Finding, findingTitles, type Mending, mendingsOf } from '../../../../shared/reconcile.ts'
import { abortable, trpc } from '../../../app/rpc.ts'
import { useSession } from '../../../app/session-context.tsx'
import { Bytes } from '../../../ui/bytes.tsx'
import { RecordFacts } from '../../../ui/records/record-facts.tsx'
import { RowHistoryLink } from '../../../ui/row-history-link.tsx'
import { Timestamp } from '../../../ui/timestamp.tsx'
import { visibleText } from '../../../ui/visible-text.ts'
import { DocumentState } from '../document-state.tsx'
import { MendDialog } from './mend-dialog.tsx'
import { meanings, mendWords, toneOf } from './mend-words.ts'

type FindingDetailProps = {
  finding: Finding
  /** What was done about it since. */
  mended: string | null
  /** Others of its kind that can be quarantined with it. */
  others: readonly Finding[]
  onMended: (findings: readonly Finding[], done: string) => void
}

const sinceTitles: Partial<Record<Finding['kind'], string>> = {
  'pending-stuck': 'Last touched',
  'object-unknown': 'Stored',
  'upload-unknown': 'Begun',
}

/** One finding: what was seen, what it means, and what can be done about it here and now. */
export const FindingDetail = ({ finding, mended, others, onMended }: FindingDetailProps) => {
  const { sessionId, writes, capabilities, server } = useSession()
  const access = useQuery(trpc.documents.access.queryOptions({ sessionId }, abortable))
  const [asked, setAsked] = useState<{ mending: Mending; isAll: boolean } | null>(null)
  const { kind, key, seen, documentId, filename, plant, state, version, versions, since } = finding
  const mendings = mended === null ? mendingsOf(finding) : []
  const mayMend = writes !== 'refused' && access.data?.mayMend === true
  const all: [Finding, ...Finding[]] = [finding, ...others]
  const bytes = (value: number | null) => (value === null ? null : <Bytes value={value} />)
  return (
    <>
      <h2 className="reconcile-head">
        <span className="dot" data-tone={mended === null ? toneOf(finding) : 'ok'} />
        <span>{filename ?? <span className="data">{visibleText(key)}</span>}</span>
        <span className="dim">{findingTitles[kind]}</span>
      </h2>
      <p className="reconcile-seen">{seen}</p>
      <p className="dim">{meanings[kind]}</p>
      {mended !== null && <p role="status">{mended}</p>}
      <div className="document-actions">
        {mayMend &&
          mendings.map((mending) => (
            <Button key={mending} onClick={() => setAsked({ mending, isAll: false })}>
              {mendWords[mending].verb}…
            </Button>
          ))}
        {mayMend && mendings.includes('quarantine') && others.length > 0 && (
          <Button onClick={() => setAsked({ mending: 'quarantine', isAll: true })}>
            Quarantine all {all.length.toLocaleString('en')}…
          </Button>
        )}
        {!mayMend && access.data !== undefined && mendings.length > 0 && (
          <p className="form-text">
            {writes !== 'refused'
              ? 'This role may not change documents: ask an operator or a DBA.'
              : server.inRecovery
                ? 'A standby takes no changes: connect to its primary.'
                : 'This connection is read-only: nothing can be done about it here.'}
          </p>
        )}
        {mended === null && mendings.length === 0 && (
          <p className="form-text">
            {kind === 'object-unknown' || kind === 'object-missing' || kind === 'quarantined'
              ? 'Nothing can be done about it from here.'
              : 'Nothing has to be done for its document to be read.'}
          </p>
        )}
      </div>
      <RecordFacts
        facts={[
          ...(documentId === null
            ? []
            : ([
                ['Document', `${documentId}${plant === null ? '' : ` · ${plant}`}`],
                ['State', state === null ? null : <DocumentState key="state" state={state} />],
                ['By its row', bytes(finding.rowBytes)],
              ] as const)),
          ['In the bucket', bytes(finding.objectBytes)],
          [
            'Key',
            <span key="key" className="data">
              {visibleText(key)}
            </span>,
          ],
          ...(version === null
            ? []
            : [
                [
                  'Version',
                  <span key="version" className="data">
                    {version}
                  </span>,
                ] as const,
              ]),
          ...(versions === null ? [] : [['Versions', versions.toLocaleString('en')] as const]),
          ...(finding.uploadId === null
            ? []
            : [
                [
                  'Upload',
                  <span key="upload" className="data">
                    {finding.uploadId}
                  </span>,
                ] as const,
              ]),
          ...(since === null
            ? []
            : [[sinceTitles[kind] ?? 'Since', <Timestamp key="since" value={since} />] as const]),
        ]}
      />
      {documentId !== null && capabilities.auditLog && (
        <RowHistoryLink schema="public" table="documents" row={documentId} />
      )}
      {asked !== null && (
        <MendDialog
          mending={asked.mending}
          findings={asked.isAll ? all : [finding]}
          onMended={(done) => onMended(asked.isAll ? all : [finding], done)}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  )
}

import { Button, Checkbox, SegmentedControl, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type EvidencePreview, type EvidenceScope, evidenceScope } from '../../../shared/evidence.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { count } from '../../ui/count.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import type { Period } from '../../ui/period.ts'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'

const kinds = [
  { value: 'period', label: 'Period' },
  { value: 'seals', label: 'Seals' },
  { value: 'row', label: 'History of a row' },
] as const
type Kind = (typeof kinds)[number]['value']

const contents = (scope: EvidenceScope, { seals, events, unsealed, maySeal }: EvidencePreview): string =>
  [
    scope.kind === 'row'
      ? `${count(events, 'event')} of this row, each with a proof that it belongs to its seal. That these are all of them, a part cannot prove.`
      : seals === null
        ? 'Nothing of this is sealed yet.'
        : `All ${count(events, 'event')} of seals ${seals.from} to ${seals.to}: complete, which is proven.`,
    unsealed === 0
      ? ''
      : maySeal
        ? `${count(unsealed, 'event')} not sealed yet: sealed first.`
        : `${count(unsealed, 'event')} not sealed yet, and this role may not seal: left out.`,
  ].join(' ')

const refused = { inRecovery: 'This server is a standby', readOnly: 'This connection is read-only' }

export type ExportRequest = { scope: EvidenceScope; reason: string; unsigned: boolean }

type ExportFormProps = { period: Period; onExport: (request: ExportRequest) => void }

/** What to export and why, with what it would contain. */
export const ExportForm = ({ period, onExport }: ExportFormProps) => {
  const { sessionId, writes, server } = useSession()
  const askToWrite = useAskToWrite()
  const [kind, setKind] = useState<Kind>('period')
  const [fields, setFields] = useState({ from: '', to: '', table: '', row: '' })
  const [reason, setReason] = useState('')
  const [unsigned, setUnsigned] = useState(false)
  const signer = useQuery(trpc.evidence.signer.queryOptions(undefined, { staleTime: 0 }))

  const [schema, ...table] = fields.table.split('.')
  const scope = evidenceScope.safeParse(
    {
      period: { kind, from: period.from, to: period.to },
      seals: { kind, from: fields.from, to: fields.to },
      row: { kind, schema, table: table.length === 0 ? undefined : table.join('.'), row: fields.row },
    }[kind],
  ).data
  const isAsked = scope !== undefined && (scope.kind !== 'row' || scope.row !== '')
  const preview = useQuery(
    trpc.evidence.preview.queryOptions(
      { sessionId, scope: scope ?? { kind: 'period', from: null, to: null } },
      { ...abortable, enabled: isAsked, staleTime: 0 },
    ),
  )
  const field = (name: keyof typeof fields, label: string, placeholder: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={fields[name]}
      onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
      autoComplete="off"
      spellCheck={false}
    />
  )
  const isSignable = signer.data?.keyId != null
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (scope === undefined || !(await askToWrite())) return
    onExport({ scope, reason: reason.trim(), unsigned: !isSignable })
  }

  if (writes === 'refused') {
    return (
      <p className="form-text" role="status">
        {server.inRecovery ? refused.inRecovery : refused.readOnly}. An export is recorded in the trail, so
        nothing can be exported from here.
      </p>
    )
  }
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <p className="form-text">
        A file that others verify with Node alone. It holds personal data as it was recorded, and the trail
        records that you made it.
      </p>
      <SegmentedControl
        aria-label="What to export"
        data={[...kinds]}
        value={kind}
        onChange={(value) => setKind(kinds.find((one) => one.value === value)?.value ?? 'period')}
      />
      {kind === 'period' && <p className="form-text">The period of the audit log: {period.title}.</p>}
      {kind === 'seals' && (
        <div className="export-pair">
          {field('from', 'First seal', '1')}
          {field('to', 'Last seal', '40')}
        </div>
      )}
      {kind === 'row' && (
        <div className="export-pair">
          {field('table', 'Table', 'public.metadata')}
          {field('row', 'Row', '4711')}
        </div>
      )}
      {isAsked && preview.error !== null && (
        <ErrorState variant="line" error={preview.error} onRetry={() => void preview.refetch()} />
      )}
      {isAsked && preview.data !== undefined && (
        <p className="form-text" role="status">
          {contents(scope, preview.data)}
        </p>
      )}
      {signer.error !== null && <ErrorState variant="line" error={signer.error} />}
      {isSignable ? (
        <p className="export-key">
          Signed by <span className="data">{signer.data?.keyId}</span>
        </p>
      ) : (
        signer.data !== undefined && (
          <Checkbox
            label="Export without a signature"
            description={`${signer.data.explanation} Nothing will say who made the package.`}
            checked={unsigned}
            onChange={(event) => setUnsigned(event.currentTarget.checked)}
          />
        )
      )}
      <ReasonField value={reason} onChange={setReason} kept="Kept in the trail, and in the package" />
      <div className="form-buttons">
        <Button
          type="submit"
          variant="filled"
          disabled={!isReason(reason) || preview.data === undefined || !isAsked || !(isSignable || unsigned)}
        >
          Export
        </Button>
      </div>
    </form>
  )
}

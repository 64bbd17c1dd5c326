import '../../ui/records/records.css'
import './signatures.css'
import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type Person,
  type Signature,
  type SignatureAccess,
  signatureStates,
} from '../../../shared/signatures.ts'
import { abortable, rpc, trpc } from '../../app/rpc.ts'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { useSession } from '../../app/session-context.tsx'
import { count } from '../../ui/count.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { FilterChip } from '../../ui/filter-chip.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { ToolBar } from '../../ui/tool-bar.tsx'
import { limitWords } from './choose-file.tsx'
import { RevokeSignature } from './revoke-signature.tsx'
import { SaveSignature } from './save-signature.tsx'
import { SignatureDetail } from './signature-detail.tsx'
import { SignatureList } from './signature-list.tsx'
import { useVerification, VerificationBar } from './verification.tsx'

type State = (typeof signatureStates)[number]

/** What is open above the list, which changes under it. `person`: whose signature is replaced; null adds one. */
type Dialog = { kind: 'save'; person: Person | null } | { kind: 'revoke'; signature: Signature } | null

const useSignatures = (states: State[], text: string) => {
  const { sessionId } = useSession()
  return useInfiniteQuery({
    queryKey: [...trpc.signatures.list.pathKey(), { sessionId, states, text }],
    queryFn: ({ pageParam, signal }) =>
      rpc.signatures.list.query({ sessionId, states, text, before: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ isWhole, signatures }) => (isWhole ? null : (signatures.at(-1)?.id ?? null)),
  })
}

/** Why nothing can be changed here; null where something can. */
const refusal = (
  { mayAdd, mayRevoke }: SignatureAccess,
  inRecovery: boolean,
  isRefused: boolean,
): string | null => {
  if (!mayAdd && !mayRevoke) return 'this role only looks'
  if (!isRefused) return null
  return inRecovery ? 'a standby takes no changes' : 'this connection is read-only'
}

const Ready = ({ access }: { access: SignatureAccess }) => {
  const { writes, server } = useSession()
  const verification = useVerification()
  const [states, setStates] = useState<State[]>([])
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), 250)
  const [chosen, setChosen] = useState<string | null>(null)
  const [dialog, setDialog] = useState<Dialog>(null)
  const list = useSignatures(states, settled)
  const signatures = list.data?.pages.flatMap((page) => page.signatures) ?? []
  const current = signatures.find(({ id }) => id === chosen) ?? signatures[0]
  const refused = refusal(access, server.inRecovery, writes === 'refused')
  const mayAdd = refused === null && access.mayAdd && access.maySeePeople
  const replacing = (signature: Signature) => {
    const { id, userId, email, state } = signature
    if (!mayAdd || !access.mayReplace || state !== 'in force' || email === null) return null
    return () => setDialog({ kind: 'save', person: { userId, email, role: '', inForce: id } })
  }
  const revoking = (signature: Signature) =>
    refused === null && access.mayRevoke && signature.state === 'in force'
      ? () => setDialog({ kind: 'revoke', signature })
      : null
  const mayVerify = access.maySeeImages && !verification.isRunning

  useScreenCommands([
    ...(mayAdd
      ? [
          {
            id: 'add-signature',
            title: 'Add a signature',
            keys: 'n',
            run: () => setDialog({ kind: 'save', person: null }),
          },
        ]
      : []),
    ...(mayVerify
      ? [{ id: 'verify-signatures', title: 'Verify all signatures', keys: 'v', run: verification.begin }]
      : []),
  ])

  return (
    <>
      <PageHead
        title="Signatures"
        facts={
          list.data && `${count(signatures.length, 'signature')}${list.hasNextPage ? ' and older ones' : ''}`
        }
      >
        {refused !== null && <span className="dim">{refused}</span>}
        {mayVerify && <Button onClick={verification.begin}>Verify all</Button>}
        {mayAdd && (
          <Button variant="filled" onClick={() => setDialog({ kind: 'save', person: null })}>
            Add a signature
          </Button>
        )}
      </PageHead>
      <ToolBar label="Filters">
        <FilterChip
          label="state"
          all="any"
          options={signatureStates.map((state) => ({ value: state, label: state }))}
          chosen={states}
          onChange={(values) => setStates(signatureStates.filter((state) => values.includes(state)))}
        />
        {access.maySeePeople && (
          <TextInput
            className="tool-bar-search"
            aria-label="Find in addresses"
            placeholder="Find in addresses"
            maxLength={254}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
      </ToolBar>
      <VerificationBar verification={verification} />
      {list.error !== null && (
        <ErrorState
          variant={list.data === undefined ? 'page' : 'line'}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.isPending && <SkeletonRows label="Reading the signatures" />}
      {list.data !== undefined && signatures.length === 0 && (
        <EmptyState title="No signatures">
          {states.length === 0 && settled === '' ? 'Nobody has one yet.' : 'Nothing matches these filters.'}
        </EmptyState>
      )}
      {current !== undefined && (
        <div className="records">
          <SignatureList
            signatures={signatures}
            chosen={current.id}
            onChoose={setChosen}
            onMore={list.hasNextPage ? () => void list.fetchNextPage() : null}
            isReading={list.isFetchingNextPage}
          />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it */}
          <aside className="record-panel" aria-label="Details" tabIndex={0}>
            <SignatureDetail
              key={current.id}
              signature={current}
              access={access}
              onReplace={replacing(current)}
              onRevoke={revoking(current)}
            />
          </aside>
        </div>
      )}
      <StatusBar end="times in your zone, UTC on hover">
        <span>{limitWords(access.limits)}</span>
      </StatusBar>
      {dialog?.kind === 'save' && (
        <SaveSignature access={access} replaced={dialog.person} onClose={() => setDialog(null)} />
      )}
      {dialog?.kind === 'revoke' && (
        <RevokeSignature signature={dialog.signature} onClose={() => setDialog(null)} />
      )}
    </>
  )
}

/** Signatures of people: which are in force, and the ways to add, replace, revoke and verify them. */
export const SignaturesScreen = () => {
  const { sessionId } = useSession()
  const access = useQuery(trpc.signatures.access.queryOptions({ sessionId }, abortable))
  if (access.data !== undefined) return <Ready access={access.data} />
  return (
    <>
      <PageHead title="Signatures" />
      {access.error === null ? (
        <SkeletonRows label="Opening the signatures" />
      ) : (
        <ErrorState error={access.error} onRetry={() => void access.refetch()} />
      )}
      <StatusBar>{''}</StatusBar>
    </>
  )
}

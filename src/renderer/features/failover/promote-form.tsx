import { Button, Checkbox, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { FailoverAssessment, FailoverCandidate } from '../../../shared/failover.ts'
import type { HostAndPort } from '../../../shared/profiles.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'
import { hostName } from './host-name.ts'

type PromoteFormProps = {
  candidate: FailoverCandidate
  primary: FailoverAssessment['primary']
  named: { others: HostAndPort[]; password: string | null }
}

/** Why, whether the old primary is out of the way, and the name of the server that takes over, typed. */
export const PromoteForm = ({ candidate, primary, named }: PromoteFormProps) => {
  const { sessionId, writes } = useSession()
  const askToWrite = useAskToWrite()
  const [reason, setReason] = useState('')
  const [isFenced, setFenced] = useState(false)
  const [unfenced, setUnfenced] = useState('')
  const [confirmation, setConfirmation] = useState('')
  const name = hostName(candidate.host)
  const [alive] = primary.alive
  const promote = useMutation({
    mutationFn: async () => {
      // Of a standby nobody may write, and yet it may be promoted.
      if (writes === 'confirm' && !(await askToWrite())) return
      await rpc.failover.promote.mutate({
        sessionId,
        ...named,
        candidate: candidate.host,
        confirmation,
        isFenced,
        unfenced: alive === undefined ? null : unfenced,
        reason,
      })
    },
    onSettled: () => queryClient.invalidateQueries(trpc.failover.pathFilter()),
  })
  const isOutOfTheWay =
    alive === undefined ? primary.fencing === 'fenced' || isFenced : primary.alive.includes(unfenced)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    promote.mutate()
  }
  return (
    <form className="failover-form" onSubmit={submit}>
      {primary.fencing === 'unreached' && (
        <Checkbox
          label="The old primary is fenced: it was stopped, or cut off from everybody"
          checked={isFenced}
          onChange={(event) => setFenced(event.currentTarget.checked)}
        />
      )}
      {alive !== undefined && (
        <TextInput
          label="Promote beside a primary that accepts writes"
          description={
            <>
              Better: stop it first. Else type <span className="data">{primary.alive.join(' or ')}</span>
            </>
          }
          value={unfenced}
          onChange={(event) => setUnfenced(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <ReasonField value={reason} onChange={setReason} kept="Kept in the audit trail of the new primary" />
      <TextInput
        label="Server to promote"
        description={
          <>
            Type <span className="data">{name}</span>
          </>
        }
        value={confirmation}
        onChange={(event) => setConfirmation(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
      />
      {promote.error !== null && <ErrorState variant="line" error={promote.error} />}
      <div>
        <Button
          type="submit"
          variant="filled"
          color="red"
          loading={promote.isPending}
          disabled={!isReason(reason) || confirmation !== name || !isOutOfTheWay}
        >
          Promote {name}
        </Button>
      </div>
    </form>
  )
}

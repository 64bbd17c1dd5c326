import './failover.css'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { Step } from '../../ui/step.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { Aftermath } from './aftermath.tsx'
import { CandidateDetail } from './candidate-detail.tsx'
import { hostName } from './host-name.ts'
import { OtherStandbys } from './other-standbys.tsx'
import { Progress } from './progress.tsx'
import { PromoteForm } from './promote-form.tsx'
import { ServersTable } from './servers-table.tsx'
import { useFailover } from './use-failover.ts'

const tones = { unfenced: 'crit', fenced: 'ok', unreached: 'warn' } as const

/** The runbook of a failover: who is there, what would be lost, the promotion, and what has to follow it. */
export const FailoverScreen = () => {
  const { named, setNamed, assessment: asked, state } = useFailover()
  const [picked, setPicked] = useState<string | null>(null)
  const [putAside, setPutAside] = useState<string | null>(null)
  const last = state.data ?? null
  const run = last?.startedAt === putAside ? null : last
  const isOver = run !== null && run.stage !== 'failed'
  const assessment = isOver ? run.before : asked.data
  const askAgain = () => void asked.refetch()
  useScreenCommands(isOver ? [] : [{ id: 'ask', title: 'Ask the servers again', keys: 'r', run: askAgain }])
  const fit = assessment?.candidates.filter(({ refusal }) => refusal === null) ?? []
  const chosen = isOver
    ? assessment?.candidates.find(({ host }) => hostName(host) === hostName(run.candidate))
    : (fit.find(({ host }) => hostName(host) === picked) ?? fit[0])
  const refused = assessment?.candidates.filter(({ refusal }) => refusal !== null) ?? []
  return (
    <>
      <PageHead title="Failover" facts="promote a standby, and point the connection at it">
        {isOver ? (
          run.stage === 'checked' && <Button onClick={() => setPutAside(run.startedAt)}>Begin another</Button>
        ) : (
          <Button onClick={askAgain} loading={asked.isFetching}>
            Ask again
          </Button>
        )}
      </PageHead>
      {asked.error !== null && !isOver && (
        <ErrorState
          variant={assessment === undefined ? 'page' : 'line'}
          error={asked.error}
          onRetry={askAgain}
        />
      )}
      {assessment === undefined && asked.error === null && (
        <SkeletonRows rows={12} label="Asking the servers" />
      )}
      {assessment !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
        <section className="failover" tabIndex={0} aria-label="Steps of the failover">
          <Step number={1} title="The old primary" isDone={isOver}>
            <p className="failover-fencing" data-tone={tones[assessment.primary.fencing]}>
              <span className="dot" data-tone={tones[assessment.primary.fencing]} />
              {assessment.primary.text}
            </p>
            {assessment.primary.lastSeen !== null && (
              <p className="dim">
                Last seen at {hostName(assessment.primary.lastSeen.host)}{' '}
                <Timestamp value={assessment.primary.lastSeen.at} format="relative" />.
              </p>
            )}
          </Step>
          <Step number={2} title="Candidates" isDone={isOver}>
            <ServersTable
              assessment={assessment}
              chosen={chosen === undefined ? null : hostName(chosen.host)}
              onChoose={isOver ? null : setPicked}
            />
            {refused.map(({ host, refusal }) => (
              <p key={hostName(host)} className="failover-refusal">
                <span className="dot" data-tone="crit" />
                <span>
                  {refusal?.message} <span className="dim">{refusal?.remedy}</span>
                </span>
              </p>
            ))}
            {!isOver && <OtherStandbys onName={setNamed} />}
          </Step>
          {chosen === undefined ? (
            <Step number={3} title="Nothing to promote">
              <p>No standby that can be promoted was reached.</p>
            </Step>
          ) : (
            <Step number={3} title="Loss, warnings and dry run" isDone={isOver}>
              <CandidateDetail candidate={chosen} />
            </Step>
          )}
          {chosen !== undefined && !isOver && (
            <Step number={4} title="Reason and confirmation">
              <PromoteForm
                key={hostName(chosen.host)}
                candidate={chosen}
                primary={assessment.primary}
                named={named}
              />
            </Step>
          )}
          {run !== null && <Progress run={run} />}
          {run !== null && isOver && run.stage !== 'promoting' && <Aftermath run={run} />}
        </section>
      )}
      <StatusBar
        end={
          assessment === undefined ? undefined : (
            <>
              asked <Timestamp value={assessment.at} format="relative" />
            </>
          )
        }
      >
        {assessment === undefined ? '' : `${assessment.hosts.length} servers were asked`}
      </StatusBar>
    </>
  )
}

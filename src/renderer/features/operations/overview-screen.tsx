import './operations.css'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { useSession } from '../../app/session-context.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { Charts } from './charts.tsx'
import { LiveSwitch } from './live-switch.tsx'
import { Topology } from './topology.tsx'
import { useMetricsHistory } from './use-metrics-history.ts'
import { usePaused, useProbeList, useReports } from './use-probes.ts'
import { VerdictList } from './verdict-list.tsx'
import { countVerdicts } from './verdict-words.ts'

/** Is it well? All verdicts, who streams to whom, and how the last hours went. */
export const OverviewScreen = () => {
  const { sessionId } = useSession()
  const list = useProbeList()
  const [isPaused, setPaused] = usePaused()
  const { live, others, reports, ask } = useReports(list.probes)
  const samples = useMetricsHistory(live.run)
  const judged = list.probes.filter(({ id }) => id !== 'metrics')
  useScreenCommands([
    { id: 'ask', title: 'Check everything again', keys: 'r', run: ask },
    {
      id: 'pause',
      title: isPaused ? 'Ask again by itself' : 'Ask no more by itself',
      keys: 'p',
      run: () => setPaused(!isPaused),
    },
  ])
  const error = list.error ?? live.error ?? others.error
  const retry = () => {
    if (list.error !== null) list.retry()
    ask()
  }
  const spent = (live.run?.reports ?? []).reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  return (
    <>
      <PageHead
        title="Overview"
        facts={
          reports.size === 0
            ? undefined
            : countVerdicts(judged.flatMap(({ id }) => reports.get(id)?.verdict ?? []))
        }
      >
        <LiveSwitch seconds={live.seconds} />
        <Button
          renderRoot={(props) => (
            <Link {...props} to="/s/$sessionId/operations/runbooks" params={{ sessionId }} />
          )}
        >
          Checklists
        </Button>
        <Button onClick={ask} loading={others.isAsking}>
          Check again
        </Button>
      </PageHead>
      {error !== null && (
        <ErrorState variant={live.run === undefined ? 'page' : 'line'} error={error} onRetry={retry} />
      )}
      {live.run === undefined && error === null && <SkeletonRows rows={16} label="Asking the server" />}
      {live.run !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
        <section className="overview" tabIndex={0} aria-label="State of the server">
          <Topology run={live.run} />
          <Charts
            samples={samples}
            inRecovery={live.run.server.inRecovery}
            connections={reports.get('connections')}
          />
          <VerdictList probes={judged} reports={reports} />
        </section>
      )}
      <StatusBar
        end={
          live.run === undefined ? undefined : (
            <>
              asked <Timestamp value={live.run.reports[0]?.ranAt ?? ''} format="relative" />
            </>
          )
        }
      >
        {live.run === undefined ? '' : `the live checks took ${Math.round(spent)} ms`}
      </StatusBar>
    </>
  )
}

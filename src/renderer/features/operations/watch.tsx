import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { OperationsRun, ProbeAbout, Verdict } from '../../../shared/operations.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { type AlertEvent, changesSince, isQuiet, withEvents } from './alerts.ts'
import { useAlerts } from './use-alerts.ts'
import { useProbeList } from './use-probes.ts'
import { wordOf } from './verdict-words.ts'

/** Milliseconds between two looks: also while nobody sees the window, since that is when it matters. */
const pause = 60_000

const notify = (profileName: string, { probe, title, to, text }: AlertEvent): void => {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  // One of the same check takes the place of the one before.
  new Notification(`${profileName}: ${title} is ${wordOf[to]}`, {
    body: text,
    tag: `${profileName} ${probe}`,
  })
}

const Watching = ({ probes }: { probes: readonly ProbeAbout[] }) => {
  const { sessionId, profileName } = useSession()
  const { kept, change } = useAlerts()
  const before = useRef(new Map<string, Verdict>())
  const seen = useRef<OperationsRun | null>(null)
  const { data } = useQuery(
    trpc.operations.run.queryOptions(
      { sessionId, ids: probes.map(({ id }) => id) },
      { ...abortable, refetchInterval: pause, refetchIntervalInBackground: true, retry: false },
    ),
  )
  useEffect(() => {
    if (data === undefined || seen.current === data) return
    seen.current = data
    const titles = new Map(probes.map(({ id, title }) => [id, title]))
    const watched = data.reports.map((report) => ({ title: titles.get(report.id) ?? report.id, report }))
    const now = isQuiet(kept.quiet, new Date().getHours())
    const events = changesSince(before.current, watched).map((event) => ({ ...event, isQuiet: now }))
    if (events.length === 0) return
    change((old) => withEvents(old, events))
    if (!now) for (const event of events) notify(profileName, event)
  }, [data, probes, kept.quiet, change, profileName])
  return null
}

/** Looks at the live checks once a minute while a session is open, whichever screen is, and tells what changes. Only where somebody asked for it. */
export const Watch = () => {
  const { status, capabilities } = useSession()
  const { kept } = useAlerts()
  const isOn = kept.isWatching && status === 'connected' && capabilities.monitoring
  const { probes } = useProbeList()
  const live = probes.filter(({ cadence, id }) => cadence === 'live' && id !== 'metrics')
  return isOn && live.length > 0 ? <Watching probes={live} /> : null
}

import './operations.css'
import { Button, NativeSelect, Switch } from '@mantine/core'
import { useState } from 'react'
import { useSession } from '../../app/session-context.tsx'
import { count } from '../../ui/count.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import type { AlertEvent, QuietHours } from './alerts.ts'
import { useAlerts } from './use-alerts.ts'
import { toneOf, wordOf } from './verdict-words.ts'

const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}))

type Permission = NotificationPermission | 'missing'

const permissionNow = (): Permission => ('Notification' in window ? Notification.permission : 'missing')

const permissionWords: Record<Permission, string> = {
  granted: 'Notifications are allowed.',
  default: 'The system was not asked yet whether it shows notifications.',
  denied:
    'The system refuses notifications of the console: changes are listed here only. Allow them in its settings.',
  missing: 'This system shows no notifications: changes are listed here only.',
}

const Line = ({ event }: { event: AlertEvent }) => (
  <tr>
    <td>
      <Timestamp value={event.at} />
    </td>
    <td>{event.title}</td>
    <td>
      <span className="dot" data-tone={toneOf[event.to]} /> {wordOf[event.to]}
      <span className="dim"> after {wordOf[event.from]}</span>
    </td>
    <td className="alert-text">{event.text}</td>
    <td className="dim">{event.isQuiet ? 'quiet hours' : ''}</td>
  </tr>
)

/** What the console watches on this connection, when it keeps quiet, and what changed so far. */
export const AlertsScreen = () => {
  const { profileName } = useSession()
  const { kept, isRead, change } = useAlerts()
  const [permission, setPermission] = useState(permissionNow)
  const watch = (isWatching: boolean) => {
    change((before) => ({ ...before, isWatching }))
    if (isWatching && permission === 'default') void Notification.requestPermission().then(setPermission)
  }
  const setQuiet = (quiet: QuietHours | null) => change((before) => ({ ...before, quiet }))
  return (
    <>
      <PageHead
        title="Alerts"
        facts={
          kept.isWatching ? `${profileName} is watched, once a minute` : 'nobody watches this connection'
        }
      >
        {kept.events.length > 0 && (
          <Button onClick={() => change((before) => ({ ...before, events: [] }))}>Clear the list</Button>
        )}
      </PageHead>
      <div className="alerts">
        <section className="alerts-settings" aria-label="Watching">
          <Switch
            label="Watch this connection"
            description="Asks the live checks once a minute, also while the window is hidden."
            checked={kept.isWatching}
            disabled={!isRead}
            onChange={(event) => watch(event.currentTarget.checked)}
          />
          <Switch
            label="Quiet hours"
            description="Changes are listed, and nobody is notified."
            checked={kept.quiet !== null}
            disabled={!isRead}
            onChange={(event) => setQuiet(event.currentTarget.checked ? { from: 20, to: 7 } : null)}
          />
          {kept.quiet !== null && (
            <div className="alerts-hours">
              {(['from', 'to'] as const).map((end) => (
                <NativeSelect
                  key={end}
                  label={end === 'from' ? 'From' : 'To'}
                  data={hours}
                  value={String(kept.quiet?.[end] ?? 0)}
                  onChange={(event) => {
                    const hour = Number(event.currentTarget.value)
                    setQuiet({ from: 20, to: 7, ...kept.quiet, [end]: hour })
                  }}
                />
              ))}
            </div>
          )}
          <p className="form-text">{permissionWords[permission]}</p>
        </section>
        {kept.events.length === 0 ? (
          <EmptyState title="Nothing changed yet.">
            A line comes here each time that a check becomes a warning or critical, and when it is well again,
            as long as the console runs and this connection is open.
          </EmptyState>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
          <section className="alerts-list" aria-label="Changes" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  {['When', 'Check', 'Became', 'What', ''].map((title) => (
                    <th key={title} scope="col">
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {kept.events.map((event) => (
                  <Line key={`${event.at}${event.probe}${event.to}`} event={event} />
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
      <StatusBar>{count(kept.events.length, 'change')}</StatusBar>
    </>
  )
}

import type { RotationLogin } from '../../../shared/rotation.ts'
import { Timestamp } from '../../ui/timestamp.tsx'

type LoginsTableProps = { logins: readonly RotationLogin[]; fresh: string | null }

const isExpired = ({ validUntil }: RotationLogin): boolean =>
  validUntil !== null && Date.parse(validUntil) <= Date.now()

/** Both log-ins side by side: who may log in, and who does. */
export const LoginsTable = ({ logins, fresh }: LoginsTableProps) => (
  <div className="plain-table-frame">
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">Log-in</th>
          <th scope="col">May log in</th>
          <th scope="col" className="number">
            Sessions
          </th>
          <th scope="col">Oldest</th>
          <th scope="col">Applications</th>
        </tr>
      </thead>
      <tbody>
        {logins.map((login) => (
          <tr key={login.name}>
            <th scope="row" className="data">
              {login.name}
              {login.name === fresh && <span className="dim"> new password</span>}
            </th>
            <td>
              <span className="dot" data-tone={login.mayLogIn && !isExpired(login) ? 'ok' : 'neutral'} />{' '}
              {!login.mayLogIn ? (
                'no'
              ) : login.validUntil === null ? (
                'yes'
              ) : (
                <>
                  until <Timestamp value={login.validUntil} />
                </>
              )}
            </td>
            <td className="number">{login.sessions.toLocaleString('en')}</td>
            <td>{login.since === null ? '–' : <Timestamp value={login.since} />}</td>
            <td>{login.applications.join(', ') || '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

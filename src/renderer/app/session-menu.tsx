import { Menu } from '@mantine/core'
import { IconArrowsExchange, IconChevronDown, IconPlugConnectedX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { EnvironmentBadge } from '../ui/environment-badge.tsx'
import { abortable, trpc } from './rpc.ts'
import { useSession } from './session-context.tsx'
import { useDisconnect } from './use-disconnect.ts'

/** The database's name, and behind it the other open sessions and the way out of this one. */
export const SessionMenu = () => {
  const session = useSession()
  const navigate = useNavigate()
  const disconnect = useDisconnect()
  const [opened, setOpened] = useState(false)
  const sessions = useQuery(
    trpc.sessions.list.queryOptions(undefined, { ...abortable, enabled: opened, staleTime: 0 }),
  )
  const others = sessions.data?.filter(({ sessionId }) => sessionId !== session.sessionId) ?? []
  const { host, port } = session.server.host
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-start" width={300}>
      <Menu.Target>
        <button
          type="button"
          className="header-database"
          title={`${session.server.database} on ${host}:${port}`}
        >
          {session.server.database}
          <IconChevronDown size={12} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {host}:{port} · PostgreSQL {session.server.version}
        </Menu.Label>
        {others.map((other) => (
          <Menu.Item
            key={other.sessionId}
            rightSection={<EnvironmentBadge environment={other.environment} />}
            onClick={() =>
              void navigate({ to: '/s/$sessionId/browse', params: { sessionId: other.sessionId } })
            }
          >
            {other.profileName}
          </Menu.Item>
        ))}
        {others.length > 0 && <Menu.Divider />}
        <Menu.Item
          leftSection={<IconArrowsExchange size={16} stroke={1.6} />}
          onClick={() => void navigate({ to: '/' })}
        >
          Connections
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPlugConnectedX size={16} stroke={1.6} />}
          onClick={() => disconnect(session.sessionId)}
        >
          Disconnect
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

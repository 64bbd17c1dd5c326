import { useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { visibleText } from '../ui/visible-text.ts'
import { asConsoleError } from './console-error.ts'
import { notifyFailure } from './notify.ts'
import { abortable, queryClient, rpc, trpc } from './rpc.ts'
import { type ScreenCommand, screenCommands } from './screen-commands.ts'
import { screensFor } from './screens.ts'
import { useDisconnect } from './use-disconnect.ts'
import { colorSchemes } from './window-buttons.tsx'

/** What the palette can do. `keys` is the way without the palette. */
export type Command = ScreenCommand

/** Everything that can be done right now, in this session or without one. */
export const useCommands = (sessionId: string | undefined, openHelp: () => void): Command[] => {
  const navigate = useNavigate()
  const disconnect = useDisconnect()
  const { setColorScheme } = useMantineColorScheme()
  const sessions = useQuery(trpc.sessions.list.queryOptions(undefined, { staleTime: 0 })).data ?? []
  const session = sessions.find((open) => open.sessionId === sessionId)

  const reconnect = async (id: string) => {
    try {
      await rpc.sessions.reconnect.mutate({ sessionId: id })
    } catch (error) {
      notifyFailure(asConsoleError(error))
    } finally {
      await queryClient.invalidateQueries(trpc.sessions.state.pathFilter())
    }
  }

  const schemas =
    useQuery(
      trpc.catalog.schemas.queryOptions(
        { sessionId: sessionId ?? '' },
        { ...abortable, enabled: session?.status === 'connected', staleTime: Number.POSITIVE_INFINITY },
      ),
    ).data ?? []

  const commands: Command[] = [...screenCommands()]
  if (session !== undefined) {
    for (const { to, title, letter } of screensFor(session.capabilities)) {
      commands.push({
        id: to,
        title: `Go to ${title}`,
        keys: `g ${letter}`,
        run: () => void navigate({ to, params: { sessionId: session.sessionId } }),
      })
    }
    for (const { name, isSystem, counts } of schemas) {
      if (isSystem || (counts.tables ?? 0) + (counts['foreign tables'] ?? 0) === 0) continue
      commands.push({
        id: `diagram ${name}`,
        title: `Diagram of ${visibleText(name)}`,
        run: () =>
          void navigate({
            to: '/s/$sessionId/diagram/$schema',
            params: { sessionId: session.sessionId, schema: name },
          }),
      })
    }
    if (session.status === 'lost') {
      commands.push({ id: 'reconnect', title: 'Reconnect', run: () => void reconnect(session.sessionId) })
    }
    commands.push({
      id: 'disconnect',
      title: `Disconnect from ${session.profileName}`,
      run: () => disconnect(session.sessionId),
    })
  }
  for (const other of sessions) {
    if (other === session) continue
    commands.push({
      id: other.sessionId,
      title: `Switch to ${other.profileName}`,
      run: () => void navigate({ to: '/s/$sessionId/browse', params: { sessionId: other.sessionId } }),
    })
  }
  commands.push({
    id: 'connections',
    title: 'Go to the connections',
    keys: 'g c',
    run: () => void navigate({ to: '/' }),
  })
  for (const { scheme, title } of colorSchemes) {
    commands.push({ id: scheme, title, run: () => setColorScheme(scheme) })
  }
  commands.push({ id: 'help', title: 'Keyboard help', keys: '?', run: openHelp })
  return commands
}

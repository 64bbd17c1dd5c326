import './app/mantine.css'
import './app/tokens.css'
import './app/shell.css'
import './ui/ui.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { router } from './app/router.tsx'
import { queryClient } from './app/rpc.ts'
import { colorSchemeManager, loadColorScheme, theme } from './app/theme.ts'

const container = document.getElementById('root')
if (container === null) throw new Error('index.html has no element "root".')

const scheme = await loadColorScheme()

createRoot(container).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      colorSchemeManager={colorSchemeManager(scheme)}
      defaultColorScheme={scheme}
      // tokens.css sets them: the content security policy allows no generated <style>.
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications
          role="region"
          aria-label="Notifications"
          position="bottom-right"
          autoClose={6000}
          containerWidth={380}
        />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

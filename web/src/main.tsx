import '@mantine/core/styles/baseline.layer.css'
import '@mantine/core/styles/default-css-variables.layer.css'
import '@mantine/core/styles/global.layer.css'
import './ui/theme/tokens.css'
import './ui/theme/base.css'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/query-client.ts'
import { startLanguage } from './i18n/i18n.ts'
import { router } from './routes.ts'
import { cssVariables, theme } from './ui/theme/theme.ts'
import { TipLayer } from './ui/tip-layer.tsx'
import { Toasts } from './ui/toast.tsx'

const schemes = localStorageColorSchemeManager({ key: 'throughline.scheme' })

// The texts and the page's data come at the same time.
await Promise.all([startLanguage(), router.load()])

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root')
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} colorSchemeManager={schemes} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toasts />
        <TipLayer />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

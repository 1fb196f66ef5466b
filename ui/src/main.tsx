import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/press.css'
import './styles/lists.css'
import './styles/page.css'
import './styles/verdicts.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Addressed, go } from './address.tsx'
import { answers } from './asking.ts'
import { ask, Problem, setCsrf } from './http.ts'
import { take } from './liking.ts'
import { Pages } from './pages.tsx'

/** Whoever is not signed in goes to the door, and back to where they wanted to be afterwards. */
answers.getQueryCache().config.onError = (error) => {
  const { pathname, search } = window.location
  if (error instanceof Problem && error.status === 401 && pathname !== '/sign-in')
    go(`/sign-in?${new URLSearchParams({ to: pathname + search })}`, { replace: true })
}

if (window.location.pathname !== '/sign-in')
  ask<{ csrf: string; liking?: Parameters<typeof take>[0] }>('/v1/session').then(
    ({ csrf, liking }) => {
      setCsrf(csrf)
      take(liking ?? {})
    },
    () => undefined,
  )

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <QueryClientProvider client={answers}>
      <Addressed>
        <Pages />
      </Addressed>
    </QueryClientProvider>
  </StrictMode>,
)

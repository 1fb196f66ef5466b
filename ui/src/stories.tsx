/** Every part in both themes, for whoever changes one. Built beside the console; no page links to it. */
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
import { Addressed } from './address.tsx'
import { answers } from './asking.ts'
import { STORIES } from './stories/stories.tsx'
import './stories/stories.css'

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <QueryClientProvider client={answers}>
      <Addressed>
        <main className="stories">
          <h1>Parts</h1>
          {STORIES.map(([name, story]) => (
            <section key={name} className="story">
              <h2>{name}</h2>
              <div className="story-pair">
                <div data-theme="light">{story}</div>
                <div data-theme="dark">{story}</div>
              </div>
            </section>
          ))}
        </main>
      </Addressed>
    </QueryClientProvider>
  </StrictMode>,
)

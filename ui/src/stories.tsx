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
import type { Stories } from './stories/story.ts'
import './stories/stories.css'

const FILES = import.meta.glob<{ stories: Stories }>('./stories/*.tsx', { eager: true })
const partOf = (file: string): string => file.replace(/^\.\/stories\/|\.tsx$/g, '')

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <QueryClientProvider client={answers}>
      <Addressed>
        <main className="stories">
          <h1>Parts</h1>
          {Object.entries(FILES).map(([file, { stories }]) => (
            <section key={file} className="part" data-part={partOf(file)}>
              <h2>{partOf(file)}</h2>
              {Object.entries(stories).map(([state, story]) => (
                <div key={state} className="story">
                  <p className="label">{state}</p>
                  <div className="story-pair">
                    <div data-theme="light">{story}</div>
                    <div data-theme="dark">{story}</div>
                  </div>
                </div>
              ))}
            </section>
          ))}
        </main>
      </Addressed>
    </QueryClientProvider>
  </StrictMode>,
)

/** Which address shows which page. A page is one file, loaded when first needed; the overview comes with the frame. */
import { Component, lazy, Suspense, useEffect } from 'react'
import { match, useAddress } from './address.tsx'
import { Frame } from './frame/frame.tsx'
import { PLACES } from './frame/places.ts'
import { Overview } from './pages/overview/overview.tsx'
import { Empty } from './parts/empty.tsx'
import { Waiting } from './parts/waiting.tsx'

type Page = React.ComponentType<Record<string, string>>
/** A page takes the parts that its address names. */
const page = <Name extends string>(load: () => Promise<Record<Name, unknown>>, name: Name): Page =>
  lazy(() => load().then((module) => ({ default: module[name] as Page })))

/** The pages that are gone to next come before they are asked for, once this one stands. */
const loadInventory = () => import('./pages/identities/inventory.tsx')
const loadCard = () => import('./pages/identities/card.tsx')
const loadFindings = () => import('./pages/findings/findings.tsx')
const loadFinding = () => import('./pages/findings/finding.tsx')
const AHEAD = [loadFindings, loadFinding, loadInventory, loadCard]

const PAGES: readonly (readonly [string, Page])[] = [
  ['/', Overview as Page],
  ['/welcome', page(() => import('./pages/first-run/first-run.tsx'), 'FirstRun')],
  ['/identities', page(loadInventory, 'Inventory')],
  ['/identities/:id', page(loadCard, 'IdentityCard')],
  ['/k/:id', page(() => import('./pages/identities/pasted.tsx'), 'Pasted')],
  ['/findings', page(loadFindings, 'Findings')],
  ['/findings/:id', page(loadFinding, 'Finding')],
  ['/reach', page(() => import('./pages/reach/reach.tsx'), 'Reach')],
  ['/expiry', page(() => import('./pages/expiry/expiry.tsx'), 'Expiry')],
  ['/owners', page(() => import('./pages/owners/owners.tsx'), 'Owners')],
  ['/owners/people/:person', page(() => import('./pages/owners/leaving.tsx'), 'Leaving')],
  ['/plans', page(() => import('./pages/plans/plans.tsx'), 'Plans')],
  ['/plans/:id', page(() => import('./pages/plans/plan.tsx'), 'Plan')],
  ['/inbox', page(() => import('./pages/inbox/inbox.tsx'), 'Inbox')],
  ['/connections', page(() => import('./pages/connections/connections.tsx'), 'Connections')],
  ['/connections/new', page(() => import('./pages/connections/connect.tsx'), 'Connect')],
  ['/connections/new/:provider', page(() => import('./pages/connections/connect.tsx'), 'Connect')],
  ['/connections/:id', page(() => import('./pages/connections/connection.tsx'), 'Connection')],
  ['/connections/:id/settings', page(() => import('./pages/connections/connect.tsx'), 'Connect')],
  ['/reports', page(() => import('./pages/reports/reports.tsx'), 'Reports')],
  ['/reports/:id', page(() => import('./pages/reports/framework.tsx'), 'Framework')],
  ['/rules', page(() => import('./pages/rules/rules.tsx'), 'Rules')],
  ['/rules/new', page(() => import('./pages/rules/own-rule.tsx'), 'OwnRule')],
  ['/rules/:id', page(() => import('./pages/rules/rule.tsx'), 'Rule')],
  ['/rules/:id/text', page(() => import('./pages/rules/own-rule.tsx'), 'OwnRule')],
  ['/audit', page(() => import('./pages/audit/audit.tsx'), 'Audit')],
  ['/settings', page(() => import('./pages/settings/settings.tsx'), 'Settings')],
]
const SignIn = page(() => import('./pages/sign-in/sign-in.tsx'), 'SignIn')

export function Pages() {
  const { path } = useAddress()
  useEffect(() => {
    const idle = setTimeout(() => {
      for (const load of AHEAD) void load()
    }, 1200)
    return () => clearTimeout(idle)
  }, [])
  if (path === '/sign-in')
    return (
      <Suspense>
        <SignIn />
      </Suspense>
    )
  const title = path === '/welcome' ? 'Let us see who works here' : PLACES.find(({ href }) => href === path)?.title
  for (const [pattern, Page] of PAGES) {
    const parts = match(pattern, path)
    if (parts)
      return (
        <Frame>
          <Caught key={path}>
            <Suspense
              fallback={
                <div className="page">
                  {title && <h1>{title}</h1>}
                  <Waiting />
                </div>
              }
            >
              <Page {...parts} />
            </Suspense>
          </Caught>
        </Frame>
      )
  }
  return (
    <Frame>
      <div className="page">
        <h1>This address leads nowhere</h1>
        <Empty title="Nothing was changed">
          <p>
            <a className="link" href="/">
              To the overview
            </a>
          </p>
        </Empty>
      </div>
    </Frame>
  )
}

/** A page that breaks takes nothing else with it. */
class Caught extends Component<{ children: React.ReactNode }, { error: unknown }> {
  override state = { error: null as unknown }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <div className="page">
        <h1>This page could not be shown</h1>
        <div className="state" role="alert">
          <p>
            The console itself failed (<code>console/page</code>: {String(this.state.error).slice(0, 300)}). Nothing was
            changed.
          </p>
          <div className="row">
            <button type="button" className="button" onClick={() => window.location.reload()}>
              Load it again
            </button>
          </div>
        </div>
      </div>
    )
  }
}

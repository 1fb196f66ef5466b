import { KindIcon } from '../parts/kind-icon.tsx'
import type { Stories } from './story.ts'

const KINDS = ['identity', 'person', 'workload', 'credential', 'secret', 'entitlement', 'resource'] as const

export const stories: Stories = {
  'every kind': (
    <div className="row">
      {KINDS.map((kind) => (
        <span key={kind} className="beside">
          <KindIcon kind={kind} />
          {kind}
        </span>
      ))}
    </div>
  ),
  'types inside the hexagon, and what nothing has described': (
    <div className="row">
      {['user', 'role', 'agent', 'app', 'device'].map((type) => (
        <span key={type} className="beside">
          <KindIcon kind="identity" type={type} />
          {type}
        </span>
      ))}
      <span className="beside">
        <KindIcon kind={null} />
        not described
      </span>
    </div>
  ),
}

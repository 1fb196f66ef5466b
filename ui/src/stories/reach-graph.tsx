import { ReachGraph } from '../parts/reach-graph.tsx'
import type { Picture, Shown } from '../parts/reach-picture.ts'
import type { Stories } from './story.ts'
import { HOSTILE } from './story.ts'

const KINDS = ['secret', 'credential', 'identity', 'entitlement', 'resource'] as const
const small: Picture = {
  things: [
    { key: 'repo', kind: 'resource', type: 'github_repository', name: 'larkfield/checkout' },
    { key: 'file', kind: 'secret', type: 'file_secret', name: 'deploy/legacy.env:14' },
    { key: 'key', kind: 'credential', type: 'aws_access_key', name: 'AKIAEXAMPLE' },
    { key: 'job', kind: 'workload', type: 'github_workflow', name: 'deploy.yml' },
    { key: 'mara', kind: 'person', type: 'person', name: 'Mara Quill' },
    { key: 'user', kind: 'identity', type: 'aws_iam_user', name: HOSTILE },
    { key: 'admin', kind: 'identity', type: 'aws_iam_role', name: 'deploy-admin', choke: true },
    { key: 'policy', kind: 'entitlement', type: 'aws_iam_policy', name: 'exports-read' },
    { key: 'bucket', kind: 'resource', type: 'aws_s3_bucket', name: 'cardholder-exports', sensitive: true, end: true },
    { key: 'other', kind: null, type: null, name: 'aws:function/never-read' },
  ],
  hops: [
    { from: 0, to: 1, verb: 'contains' },
    { from: 0, to: 3, verb: 'contains' },
    { from: 1, to: 2, verb: 'holds' },
    { from: 2, to: 5, verb: 'authenticates' },
    { from: 3, to: 5, verb: 'runs-as' },
    { from: 4, to: 6, verb: 'controls' },
    { from: 5, to: 6, verb: 'assumes' },
    { from: 6, to: 7, verb: 'has' },
    { from: 7, to: 8, verb: 'allows' },
    { from: 6, to: 9, verb: 'reaches', unknown: true },
  ],
}
const large: Picture = {
  things: Array.from({ length: 300 }, (_, at) => {
    const kind = KINDS[at % KINDS.length]!
    return { key: `${kind} ${at}`, kind, type: kind, name: `${kind} ${at}` }
  }),
  hops: Array.from({ length: 240 }, (_, at) => ({ from: at, to: at + 1 + (at % 7), verb: 'has' })),
}
const shown: Shown = { path: new Set(), chosen: null, hidden: new Set(), pinned: new Map() }
const acts = { choose: () => {}, expand: () => {}, pin: () => {} }

const inFrame = (of: Picture, more: Partial<Shown>, title: string) => (
  <div className="graph-story">
    <ReachGraph of={of} shown={{ ...shown, ...more }} title={title} acts={acts} />
  </div>
)

export const stories: Stories = {
  'a path, a choke point, what is not known; people are left out': inFrame(
    small,
    { path: new Set([0, 2, 3, 6, 7, 8]), chosen: 6, hidden: new Set([4]) },
    'How a public file comes to the exports.',
  ),
  'three hundred things': inFrame(large, {}, 'Many things and what they have.'),
}

import type { ReachHop, ReachProof, ReachThing } from '../nouns.ts'
import { HopList } from '../parts/hop-list.tsx'
import type { Stories } from './story.ts'
import { AT, HOSTILE, ref } from './story.ts'

const thing = (key: string, kind: ReachThing['kind'], type: string, name: string): ReachThing => ({
  ...ref(key, kind, type, name),
  mark: 'pass',
  environment: null,
  sensitivity: null,
  tier: null,
  sensitive: false,
})
const proof = (says: string, more: Partial<ReachProof> = {}): ReachProof => ({
  verb: 'has',
  says,
  actions: [],
  object: null,
  objectSays: null,
  dependsOn: null,
  stolen: false,
  mfa: false,
  source: 'acme: roles',
  connection: 'acme',
  collection: 'roles',
  readAt: AT,
  since: AT,
  ...more,
})
const things = [
  thing('git:file', 'secret', 'file_secret', 'deploy/legacy.env:14'),
  thing('aws:key', 'credential', 'aws_access_key', 'AKIAEXAMPLE'),
  thing('aws:user/ci', 'identity', 'aws_iam_user', HOSTILE),
  thing('aws:role/admin', 'identity', 'aws_iam_role', 'deploy-admin'),
  { ...thing('aws:bucket', 'resource', 'aws_s3_bucket', 'cardholder-exports'), sensitive: true },
]
const hop = (from: number, to: number, verb: ReachHop['verb'], proofs: ReachProof[]): ReachHop => ({
  from,
  to,
  verb,
  depends: proofs.every(({ dependsOn }) => dependsOn !== null),
  proofs,
})
const hops = [
  hop(0, 1, 'holds', [proof('`deploy/legacy.env` holds AKIAEXAMPLE', { stolen: true })]),
  hop(1, 2, 'authenticates', [proof('AKIAEXAMPLE proves to be the user', { mfa: true })]),
  hop(2, 3, 'assumes', [
    proof('The trust of deploy-admin names the user', {
      dependsOn: 'aws:SourceVpc is vpc-1',
      object: ref('aws:role/admin', 'identity', 'aws_iam_role', 'deploy-admin'),
    }),
  ]),
  hop(
    3,
    4,
    'reaches',
    [1, 2, 3, 4].map((n) =>
      proof(`Statement ${n} allows it`, {
        actions: ['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:DeleteObject', 's3:PutBucketPolicy'],
        objectSays: 'policy deploy-v7, statement 4',
        source: 'worked out: aws',
        connection: null,
        collection: null,
      }),
    ),
  ),
]

export const stories: Stories = {
  'a stolen copy, a second factor, a condition, and several proofs': (
    <HopList things={things} hops={hops} path={[0, 1, 2, 3]} />
  ),
  'one hop that only the picture tells': (
    <HopList things={things} hops={[{ ...hop(3, 4, null, []), depends: false }]} path={[0]} />
  ),
}

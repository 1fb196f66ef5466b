/** What questions about access are answered with, out of the reference. */
import type { paths } from '../../api.d.ts'

type Got<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never
type Posted<Path extends keyof paths> = paths[Path] extends {
  post: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

export type WhatCan = Got<'/v1/access/what-can'>
export type Why = Got<'/v1/access/why'>
export type WhatIf = Posted<'/v1/access/what-if'>
export type Least = Posted<'/v1/access/least'>
export type Service = WhatCan['services'][number]
export type Granted = Service['actions'][number]
export type Hop = WhatCan['paths'][number][number]
export type Trust = WhatCan['trust'][number]

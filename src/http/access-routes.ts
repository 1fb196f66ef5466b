import { z } from 'zod'
import {
  Changes,
  ExposureList,
  Least,
  LeastAsked,
  Template,
  Unused,
  WhatCan,
  WhatIf,
  WhatIfAsked,
  WhoCan,
  Why,
} from './access-shapes.ts'
import type { Serving } from './app.ts'
import { AsOf, AsOfQuery } from './parameters.ts'
import { route } from './route.ts'

const Principal = z.string().min(1).max(2_048).meta({ description: 'a key, an ARN, or a name that only one has' })
const Action = z.string().min(3).max(200).meta({ description: '`service:Action`' })
const Resource = z.string().min(1).max(2_048).meta({ description: 'a key, an ARN, or * for actions that name none' })

export const momentOf = ({ clock, asOf }: Pick<Serving, 'clock' | 'asOf'>) => ({ now: clock.now(), asOf })

export const accessRoutes = [
  route({
    method: 'GET',
    path: '/v1/access/who-can',
    can: 'see',
    says: 'Everybody who can do an action on a resource, those for whom it depends on the request, and who comes from elsewhere.',
    query: AsOfQuery.extend({ action: Action, resource: Resource }),
    answers: WhoCan,
    handle: ({ app, query: { action, resource } }) => app.access.ask('who-can', { action, resource }, momentOf(app)),
  }),
  route({
    method: 'GET',
    path: '/v1/access/what-can',
    can: 'see',
    says: 'What an identity can do and what of it was used, whether it is an administrator or how it could become one, and who could satisfy its trust.',
    query: AsOfQuery.extend({ principal: Principal }),
    answers: WhatCan,
    handle: ({ app, query: { principal } }) => app.access.ask('what-can', { principal }, momentOf(app)),
  }),
  route({
    method: 'GET',
    path: '/v1/access/why',
    can: 'see',
    says: 'Why an identity can or cannot: every layer, and the statement that decides.',
    query: AsOfQuery.extend({ principal: Principal, action: Action, resource: Resource }),
    answers: Why,
    handle: ({ app, query: { principal, action, resource } }) =>
      app.access.ask('why', { principal, action, resource }, momentOf(app)),
  }),
  route({
    method: 'POST',
    path: '/v1/access/what-if',
    can: 'see',
    says: 'What a proposed policy would change: permissions, ways up that appear and vanish, observed calls that break. Nothing is changed.',
    query: AsOfQuery,
    body: WhatIfAsked,
    answers: WhatIf,
    handle: ({ app, body }) => app.access.ask('what-if', body, momentOf(app)),
  }),
  route({
    method: 'POST',
    path: '/v1/access/least',
    can: 'see',
    says: 'The smallest policy that keeps what was used, as JSON and as Terraform, with every call asked again as proof. Nothing is changed.',
    query: AsOfQuery,
    body: LeastAsked,
    answers: Least,
    handle: ({ app, body }) => app.access.ask('least', body, momentOf(app)),
  }),
  route({
    method: 'GET',
    path: '/v1/access/unused',
    can: 'see',
    says: 'How much of what is granted was used, of one identity or of all, most unused first.',
    query: AsOfQuery.extend({ principal: Principal.optional() }),
    answers: Unused,
    handle: ({ app, query: { principal } }) => app.access.ask('unused', { principal }, momentOf(app)),
  }),
  route({
    method: 'GET',
    path: '/v1/access/exposure',
    can: 'see',
    says: 'What is open to everybody, to other accounts, or to federations, and by which statement.',
    query: AsOfQuery,
    answers: ExposureList,
    handle: ({ app }) => app.access.ask('exposure', {}, momentOf(app)),
  }),
  route({
    method: 'GET',
    path: '/v1/access/changes',
    can: 'see',
    says: 'What an identity can do beyond what it could at an earlier moment, and what it can no more.',
    query: AsOfQuery.extend({
      principal: Principal,
      since: AsOf.pipe(z.date()).meta({ description: 'an earlier instant, or a day, whose end is meant' }),
    }),
    answers: Changes,
    handle: async ({ app, query: { principal, since } }) => {
      // Refuses a moment of which nothing is known.
      await app.pasts.at(app, since)
      return app.access.ask('changes', { principal, since }, momentOf(app))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/access/template',
    can: 'see',
    says: 'A policy out of identities that do the same work: what all of them whose names fit were seen to use.',
    query: AsOfQuery.extend({
      like: z.string().min(1).max(200).meta({ description: 'a word of their names, or a pattern such as `*-backup`' }),
    }),
    answers: Template,
    handle: ({ app, query: { like } }) => app.access.ask('template', { like }, momentOf(app)),
  }),
]

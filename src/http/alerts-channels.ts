import { z } from 'zod'
import {
  addChannel,
  type Channel,
  changeChannel,
  channelKinds,
  Filter,
  formOf,
  listChannels,
  lookSoon,
  removeChannel,
  sendSoon,
  testChannel,
} from '../alert/index.ts'
import { ChannelKindPage, ChannelRow, ChannelTest } from '../read/index.ts'
import { Json } from '../sdk/index.ts'
import { alertsOf } from './alerts.ts'
import { Id } from './parameters.ts'
import { route } from './route.ts'

const Settings = z.record(z.string().max(200), Json)
const Chosen = z.record(z.string().max(200), Json)
const ChannelId = z.string().max(64)

const rowOf = (channel: Channel): z.input<typeof ChannelRow> => ({
  ...channel,
  title: channelKinds.find(({ id }) => id === channel.kind)?.title ?? channel.kind,
})

export const channelRoutes = [
  route({
    method: 'GET',
    path: '/v1/alerts/kinds',
    can: 'administer',
    says: 'The kinds of channels there are, with the form of their settings.',
    answers: z.object({ rows: z.array(ChannelKindPage) }),
    handle: () => ({
      rows: channelKinds.map(({ id, title, summary, config }) => ({
        id,
        title,
        summary,
        form: formOf(config) as ChannelKindPage['form'],
        filter: formOf(Filter) as ChannelKindPage['filter'],
      })),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/alerts/channels',
    can: 'administer',
    says: 'Where alerts go; settings without secrets.',
    answers: z.object({ rows: z.array(ChannelRow) }),
    handle: async ({ app }) => ({ rows: (await listChannels(app.db)).map(rowOf) }),
  }),
  route({
    method: 'POST',
    path: '/v1/alerts/channels',
    can: 'administer',
    says: 'Adds a channel. Secrets are sealed and never shown again; it is told once what is open now.',
    body: z.strictObject({
      kind: z.string().max(60),
      settings: Settings,
      filter: Chosen.default({}),
      id: ChannelId.optional(),
    }),
    answers: ChannelRow,
    status: 201,
    async handle({ app, caller, body }) {
      const alerts = alertsOf(app)
      const channel = await addChannel(alerts, body, caller.actor)
      await lookSoon(alerts)
      return rowOf(channel)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/alerts/channels/test',
    can: 'administer',
    says: 'Sends a test message with these settings; with `channel`, secrets that are left out are the stored ones. `to`: for mail, to whom.',
    body: z
      .strictObject({
        channel: ChannelId.optional(),
        kind: z.string().max(60).optional(),
        settings: Settings.optional(),
        to: z.email().max(254).optional(),
      })
      .refine(
        ({ channel, kind }) => channel !== undefined || kind !== undefined,
        'name a channel, or a kind and its settings',
      ),
    answers: ChannelTest,
    handle: ({ app, caller, body: { to, ...body }, signal }) => {
      const alerts = alertsOf(app)
      return testChannel(
        alerts,
        { ...body, ...(to === undefined ? {} : { recipient: to }), by: caller.name, link: alerts.link },
        signal,
      )
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/alerts/channels/{id}',
    can: 'administer',
    says: 'Changes settings (secrets that are left out stay), which alerts it gets, or whether it is paused.',
    params: Id,
    body: z.strictObject({ settings: Settings.optional(), filter: Chosen.optional(), paused: z.boolean().optional() }),
    answers: ChannelRow,
    async handle({ app, caller, params, body }) {
      const alerts = alertsOf(app)
      const channel = await changeChannel(alerts, params.id, body, caller.actor)
      await sendSoon(alerts)
      return rowOf(channel)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/alerts/channels/{id}',
    can: 'administer',
    says: 'Forgets the channel, its secrets, and what waited to go there.',
    params: Id,
    handle: ({ app, caller, params }) => removeChannel(app, params.id, caller.actor),
  }),
]

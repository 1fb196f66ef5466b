import { z } from 'zod'
import { defineChannel, isWebAddress, post } from '../channel.ts'
import { type AlertLine, about, line, type Message } from '../message.ts'

const Teams = z.strictObject({
  url: z.string().max(4000).refine(isWebAddress, 'an https address').meta({
    title: 'Workflow address',
    description:
      'Of a workflow that begins with “When a Teams webhook request is received”; the connectors of before are retired',
    secret: true,
  }),
})

/** Teams takes 28 kB. */
const MOST_BYTES = 26_000

export const teams = defineChannel<z.infer<typeof Teams>>({
  id: 'teams',
  title: 'Microsoft Teams',
  summary: 'Posts an Adaptive Card to a chat or channel through a workflow of yours.',
  config: Teams,
  label: ({ url }) => new URL(url).host,
  gathers: 'digest',
  send: ({ url }, { message }, outlet) =>
    post(url, JSON.stringify(teamsOf(message)), { 'content-type': 'application/json; charset=utf-8' }, outlet),
})

/** As many alerts as fit; the rest are counted. */
export function teamsOf(message: Message): object {
  for (let most = message.alerts.length; ; most = Math.floor(most / 2)) {
    const card = cardOf(message, most)
    if (most === 0 || Buffer.byteLength(JSON.stringify(card)) <= MOST_BYTES) return card
  }
}

/** Text runs know no Markdown, which text blocks do: names stand in runs alone. */
const run = (text: string, more: object = {}) => ({ type: 'TextRun', text: line(text, 600), ...more })
const rich = (inlines: object[], more: object = {}) => ({ type: 'RichTextBlock', inlines, ...more })

function cardOf(message: Message, most: number): object {
  const shown = message.alerts.slice(0, most)
  const more = message.more + message.alerts.length - shown.length
  const closed = message.closed.slice(0, most)
  const moreClosed = message.moreClosed + message.closed.length - closed.length
  const item = (one: AlertLine) => ({
    type: 'Container',
    separator: true,
    spacing: 'Medium',
    items: [
      rich([run(one.says, { weight: 'Bolder' })]),
      rich(
        [
          run([...(one.closed === null ? one.because.slice(0, 2) : [one.closed]), about(one)].join(' '), {
            isSubtle: true,
          }),
        ],
        {
          spacing: 'Small',
        },
      ),
    ],
  })
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: line(message.title, 300),
          msteams: { width: 'Full' },
          body: [
            rich([run(message.title, { size: 'Large', weight: 'Bolder' })]),
            ...shown.map(item),
            ...(more > 0 ? [rich([run(`and ${more.toLocaleString('en-US')} more.`)])] : []),
            ...(message.closed.length > 0 ? [rich([run('Closed by itself since:', { weight: 'Bolder' })])] : []),
            ...closed.map(item),
            ...(moreClosed > 0 ? [rich([run(`and ${moreClosed.toLocaleString('en-US')} more closed.`)])] : []),
          ],
          ...(message.link === null
            ? {}
            : { actions: [{ type: 'Action.OpenUrl', title: 'Open in Reeve', url: message.link }] }),
        },
      },
    ],
  }
}

import { z } from 'zod'
import { defineChannel, isWebAddress, post } from '../channel.ts'
import { type AlertLine, about, line, type Message } from '../message.ts'

const Slack = z.strictObject({
  url: z.string().max(2000).refine(isWebAddress, 'an https address').meta({
    title: 'Webhook address',
    description: 'Of an incoming webhook: https://hooks.slack.com/services/…',
    secret: true,
  }),
})

/** Slack takes 50 blocks, 150 characters in a header and 3,000 in a section. */
const MOST = 18

export const slack = defineChannel<z.infer<typeof Slack>>({
  id: 'slack',
  title: 'Slack',
  summary: 'Posts to one channel through an incoming webhook.',
  config: Slack,
  label: ({ url }) => new URL(url).host,
  gathers: 'digest',
  send: ({ url }, { message }, outlet) =>
    post(url, JSON.stringify(slackOf(message)), { 'content-type': 'application/json; charset=utf-8' }, outlet),
})

/** What Slack's own marks mean nothing in: names stand in plain text, which knows no mentions, links or emoji. */
export function slackOf(message: Message): { text: string; blocks: object[] } {
  const plain = (text: string, most: number) => ({ type: 'plain_text', text: line(text, most), emoji: false })
  const shown = message.alerts.slice(0, MOST)
  const closed = message.closed.slice(0, MOST)
  const more = message.more + message.alerts.length - shown.length
  const moreClosed = message.moreClosed + message.closed.length - closed.length
  const section = (one: AlertLine) => [
    {
      type: 'section',
      text: plain([one.says, ...(one.closed === null ? one.because.slice(0, 2) : [one.closed])].join(' '), 2_000),
    },
    { type: 'context', elements: [plain(about(one), 1_000)] },
  ]
  return {
    text: escaped(line(message.title, 300)),
    blocks: [
      { type: 'header', text: plain(message.title, 150) },
      ...shown.flatMap(section),
      ...(more > 0 ? [{ type: 'section', text: plain(`and ${more.toLocaleString('en-US')} more.`, 200) }] : []),
      ...(closed.length > 0
        ? [
            {
              type: 'section',
              text: plain(
                `Closed by itself since: ${closed.map((one) => one.says).join(' ')}${moreClosed > 0 ? ` and ${moreClosed.toLocaleString('en-US')} more.` : ''}`,
                2_900,
              ),
            },
          ]
        : []),
      ...(message.link === null
        ? []
        : [{ type: 'actions', elements: [{ type: 'button', text: plain('Open in Reeve', 75), url: message.link }] }]),
    ],
  }
}

/** The three characters that mean something in mrkdwn: with them gone there are no mentions and no links. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

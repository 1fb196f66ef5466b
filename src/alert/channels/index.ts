import type { ChannelKind } from '../channel.ts'
import { mail } from './mail.ts'
import { pagerduty } from './pagerduty.ts'
import { slack } from './slack.ts'
import { teams } from './teams.ts'
import { webhook } from './webhook.ts'

/** Every kind of channel there is, in the order in which they are offered. */
export const channelKinds: readonly ChannelKind[] = [mail, slack, teams, pagerduty, webhook]

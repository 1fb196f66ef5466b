import { Outbound } from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { route } from './route.ts'

export const outboundRoutes = [
  route({
    method: 'GET',
    path: '/v1/settings/outbound',
    can: 'administer',
    says: 'Every connection that this process has opened to elsewhere since it started: to whom, and when last.',
    answers: Outbound,
    handle({ app: { outbound } }) {
      if (!outbound) throw new ReeveError('outbound/not-watched', 'this process does not watch its connections')
      const hosts = outbound.hosts()
      return {
        since: outbound.since.toISOString(),
        opened: hosts.reduce((sum, { opened }) => sum + opened, 0),
        hosts: hosts.slice(0, 200).map((one) => ({ ...one, last: one.last.toISOString() })),
      }
    },
  }),
]

import { ReeveError } from '../sdk/index.ts'
import { stillValid } from './accounts.ts'
import { route } from './route.ts'

const MOST_STREAMS = 200
const HEARTBEAT = 15_000
/** Bytes that may wait for a reader before it is let go: it asks again and loses nothing that a page does not show. */
const MOST_WAITING = 1_048_576

export const eventRoutes = [
  route({
    method: 'GET',
    path: '/v1/events',
    can: 'see',
    says: 'Server-sent events: `run` with the progress of a read, `estate` when something changed.',
    streams: 'text/event-stream',
    async handle({ app, caller, reply, signal }) {
      if (app.announcements.hearers >= MOST_STREAMS)
        throw new ReeveError('http/streams', 'too many listen already; try again in a minute')
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        ...reply.getHeaders(),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      } as Record<string, string>)
      raw.write('retry: 3000\n\n')
      const stop = app.announcements.hear(({ event, data }) => {
        if (raw.writableLength > MOST_WAITING) raw.destroy()
        else raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
      })
      // Also ends with the session, the token, or the account.
      const beat = setInterval(() => {
        stillValid(app.db, app.clock, caller).then(
          (valid) => (valid ? raw.write(': here\n\n') : raw.end()),
          () => raw.write(': here\n\n'),
        )
      }, HEARTBEAT)
      const end = () => {
        clearInterval(beat)
        stop()
        raw.end()
      }
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
    },
  }),
]

import { Socket } from 'node:net'
import type { Clock } from '../clock.ts'

/** Connections to one place since the watch began. */
export interface Opened {
  host: string
  port: number
  opened: number
  last: Date
}

export interface Watch {
  since: Date
  hosts(): Opened[]
}

/** So many places are told apart; the rest is counted as one. */
const MOST = 1_000
let watch: Watch | undefined

/**
 * Notes every TCP connection that this process opens, by whichever library: what they all have in common is `connect` of a
 * socket. Unix sockets lead nowhere else. The first call begins the watch, later ones give the same.
 */
export function watchOutbound(clock: Clock): Watch {
  if (watch) return watch
  const places = new Map<string, Opened>()
  const connect = Socket.prototype.connect
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    const place = placeOf(given)
    if (place)
      this.once('connect', () => {
        const known = places.has(`${place.host} ${place.port}`) || places.size < MOST
        const { host, port } = known ? place : { host: 'other hosts', port: 0 }
        const seen = places.get(`${host} ${port}`)
        places.set(`${host} ${port}`, { host, port, opened: (seen?.opened ?? 0) + 1, last: clock.now() })
      })
    return connect.apply(this, given as never)
  } as typeof connect
  watch = {
    since: clock.now(),
    hosts: () => [...places.values()].sort((a, b) => b.last.getTime() - a.last.getTime()),
  }
  return watch
}

/** Where a call of `connect` leads: options, port and host, or what Node made of them already. */
function placeOf(given: readonly unknown[]): { host: string; port: number } | null {
  const [first, second] = Array.isArray(given[0]) ? (given[0] as unknown[]) : given
  const options =
    typeof first === 'object' && first !== null
      ? (first as { path?: string; host?: string; port?: number | string })
      : { port: first as number | string, host: typeof second === 'string' ? second : undefined }
  if ('path' in options && options.path != null) return null
  const port = Number(options.port)
  if (!Number.isInteger(port)) return null
  return { host: String(options.host ?? 'localhost').slice(0, 255), port }
}

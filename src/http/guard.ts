import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ReeveError } from '../sdk/index.ts'
import type { App } from './app.ts'

export const HEADERS: Record<string, string> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Before anything is asked: our headers on every answer, our name in every `Host` (a foreign name that resolves to us is DNS
 * rebinding; an address cannot be rebound), and no changes at another site's bidding.
 */
export function guard(fastify: FastifyInstance, app: App): void {
  const names = new Set(['localhost', ...(app.hostnames ?? [])].map((name) => name.toLowerCase()))
  fastify.decorateRequest('caller', null)
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS).header('x-request-id', request.id)
    const host = hostOf(request.headers.host)
    if (host === null || (!names.has(host) && isIP(host) === 0)) {
      throw new ReeveError(
        'http/host',
        'this server does not go by that name; add it to `hostnames` in the configuration if it should',
      )
    }
    if (!SAFE.has(request.method) && isForeign(request)) {
      throw new ReeveError('http/origin', 'a change was asked for by another site')
    }
  })
}

function hostOf(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/i.exec(header ?? '')
  return match ? (match[1] ?? match[2]!).toLowerCase() : null
}

function isForeign(request: FastifyRequest): boolean {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') return true
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== host
}

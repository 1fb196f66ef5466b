import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { ReeveError } from '../sdk/index.ts'
import type { App } from './app.ts'

/** The server as the browser names it; a passkey holds for one such name. */
export interface Site {
  name: string
  origin: string
}

/** Throws `passkey/address` where browsers make no passkeys: at a number, or at a name without TLS. */
export function siteOf({ secure }: Pick<App, 'secure'>, { headers }: Pick<FastifyRequest, 'headers'>): Site {
  const { host = '', origin = '' } = headers
  const name = new URL(`http://${host}`).hostname
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0)
    throw new ReeveError(
      'passkey/address',
      `browsers make passkeys for names, and ${name} is a number: open Reeve by its name, on this machine as localhost`,
    )
  const encrypted = origin === `https://${host}`
  if (!encrypted && (secure === true || !/(^|\.)localhost$/.test(name)))
    throw new ReeveError('passkey/address', `browsers make passkeys over https alone: open Reeve as https://${host}`)
  return { name, origin: `${encrypted ? 'https' : 'http'}://${host}` }
}

import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ReeveError } from '../sdk/index.ts'
import type { App } from './app.ts'
import { HEADERS } from './guard.ts'
import { problemOf } from './problem.ts'

/** Answers what Node could not read as a request, in the form of every other refusal; no route is asked about it. */
export function answerUnread(error: Error & { code?: string }, socket: Socket, request: string, log: App['log']): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const problem = problemOf(refusalOf(error.code), '', request)
  log.debug({ request, code: problem.code, err: error }, 'a request could not be read')
  const body = JSON.stringify(problem)
  const headers = {
    ...HEADERS,
    'x-request-id': request,
    'cache-control': 'no-store',
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${head.join('')}\r\n${body}`)
}

function refusalOf(code: string | undefined): ReeveError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ReeveError('http/head-too-large', 'the address and headers together are longer than 16 KB; shorten them')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new ReeveError('http/too-slow', 'the request did not arrive in time; send it again')
  return new ReeveError('http/malformed', 'this is not a request in HTTP/1.1')
}

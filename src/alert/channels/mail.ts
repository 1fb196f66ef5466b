import { connect, isIP, type Socket } from 'node:net'
import nodemailer from 'nodemailer'
import { z } from 'zod'
import { messageOf, ReeveError } from '../../sdk/index.ts'
import { defineChannel, type Outlet, type Parcel, Undelivered } from '../channel.ts'
import { type AlertLine, about, line, textOf } from '../message.ts'

const Address = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@<>,;:"\\()[\]\p{Cc}]+@[^\s@<>,;:"\\()[\]\p{Cc}]+$/u, 'an e-mail address such as ops@example.org')

const Mail = z.strictObject({
  host: z
    .string()
    .trim()
    .min(1)
    .max(253)
    .regex(/^[\w.:-]+$/, 'a host name or an address')
    .meta({ title: 'Mail server', description: 'The SMTP server that takes mail from Reeve' }),
  port: z
    .number()
    .int()
    .min(1)
    .max(65535)
    .default(587)
    .meta({ title: 'Port', description: '587, or 465 for TLS from the start' }),
  security: z.enum(['starttls', 'tls', 'none']).default('starttls').meta({
    title: 'Security',
    description:
      'starttls and tls send nothing before the connection is encrypted; none is for a relay on this machine',
  }),
  username: z.string().max(320).optional().meta({ title: 'User', description: 'Where the server asks for one' }),
  password: z.string().max(1000).optional().meta({ title: 'Password', description: 'Sealed', secret: true }),
  from: Address.meta({ title: 'From', description: 'The address that mail of Reeve comes from' }),
  to: z
    .array(Address)
    .max(50)
    .default([])
    .meta({ title: 'To', description: 'Addresses that get everything, also what nobody answers for' }),
  owners: z.boolean().default(true).meta({
    title: 'Owners get what is theirs',
    description: 'One mail for each accountable owner and run, at the address the person is known by',
  }),
  backups: z.boolean().default(true).meta({
    title: 'Backup owners get what is overdue',
    description: 'On the last day before an end, or when something stayed open for a week',
  }),
})
type Mail = z.infer<typeof Mail>

const CONNECT = 20_000
/** Of the socket: a server that takes a day for a greeting is none. */
const ANSWER = 60_000

export const mail = defineChannel<Mail>({
  id: 'mail',
  title: 'Mail',
  summary:
    'Sends mail through your SMTP server: to each accountable owner what is theirs, and to the addresses you name.',
  config: Mail,
  label: ({ from, host, port }) => `${from} through ${host}:${port}`,
  gathers: 'digest',
  recipients: ({ to }) => to,
  people: ({ owners, backups }) => ({ owners, backups }),
  async send(config, parcel, outlet) {
    const { host, port, security, username, password, from } = config
    const socket = await open(config, outlet)
    const transport = nodemailer.createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      connection: socket,
      connectionTimeout: CONNECT,
      greetingTimeout: ANSWER,
      socketTimeout: ANSWER,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(username === undefined ? {} : { auth: { user: username, pass: password ?? '' } }),
    })
    try {
      await transport.sendMail({
        ...mailOf(parcel),
        from,
        to: parcel.recipient!,
        envelope: { from, to: [parcel.recipient!] },
        messageId: `<${parcel.id}@${from.split('@')[1]}>`,
        date: new Date(parcel.message.at),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      })
    } catch (error) {
      throw refusalOf(error, `${host}:${port}`)
    } finally {
      transport.close()
      socket.destroy()
    }
  },
})

export const mailOf = ({ message }: Pick<Parcel, 'message'>): { subject: string; text: string; html: string } => ({
  subject: line(`Reeve: ${message.title}`, 180),
  text: `${textOf(message)}\n`,
  html: htmlOf(message),
})

/** A connection whose address was checked under the rules of every other way out. */
function open({ host, port }: Mail, { guard, signal }: Outlet): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket?.destroy()
      reject(
        error instanceof ReeveError
          ? new Undelivered(`${error.message} (${error.code})`, { permanent: true })
          : new Undelivered(`connecting to ${host}:${port}: ${messageOf(error)}`),
      )
    }
    let socket: Socket | undefined
    try {
      if (isIP(host) !== 0) guard.check(host, host)
      socket = connect({ host, port, lookup: guard.lookup, timeout: CONNECT, signal })
    } catch (error) {
      fail(error as Error)
      return
    }
    const opened = socket
    opened.once('error', fail)
    opened.once('timeout', () => fail(new Error('it does not answer')))
    opened.once('connect', () => {
      opened.off('error', fail)
      opened.setTimeout(0)
      resolve(opened)
    })
  })
}

/** 4xx is a wish to try later, 5xx is no; a broken connection may be well next time. */
function refusalOf(error: unknown, server: string): Undelivered {
  const { responseCode, code } = error as { responseCode?: number; code?: string }
  const permanent =
    (responseCode !== undefined && responseCode >= 500) ||
    (['ENOAUTH', 'EENVELOPE', 'ECONFIG', 'EREQUIRETLS'].includes(code ?? '') &&
      !(responseCode !== undefined && responseCode < 500))
  return new Undelivered(`${server}: ${messageOf(error)}`, { permanent })
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const html = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter]!)

const itemOf = (one: AlertLine): string =>
  `<li style="margin:0 0 14px"><b>${html(one.says)}</b>${[
    ...(one.closed === null ? one.because : [one.closed]),
    ...(one.closed === null ? one.fix.map((step) => `→ ${step}`) : []),
  ]
    .map((sentence) => `<br>${html(sentence)}`)
    .join('')}<br><span style="color:#5c6575">${html(about(one))}</span></li>`

function htmlOf(message: Parcel['message']): string {
  const beyond = (count: number, word: string): string =>
    count > 0 ? `<p>and ${count.toLocaleString('en-US')} more${word}.</p>` : ''
  return [
    '<!doctype html><html lang="en"><body style="font:15px/1.45 sans-serif;color:#161a22">',
    `<h1 style="font-size:19px">${html(message.title)}</h1>`,
    `<ul style="padding-left:18px">${message.alerts.map(itemOf).join('')}</ul>`,
    beyond(message.more, ''),
    message.closed.length > 0
      ? `<h2 style="font-size:16px">Closed by itself since</h2><ul style="padding-left:18px">${message.closed.map(itemOf).join('')}</ul>`
      : '',
    beyond(message.moreClosed, ' closed'),
    message.link === null ? '' : `<p><a href="${html(message.link)}">Open it in Reeve</a></p>`,
    '</body></html>',
  ].join('\n')
}

/** The same questions, asked of what the server collected. */
import type { Call, Decision, Granted, Least } from '../access/index.ts'
import type { Known } from '../sdk/index.ts'
import { printDecision, printLeast } from './access-printed.ts'
import type { Api } from './api.ts'
import { EXIT } from './exit.ts'
import { known } from './search.ts'
import { plain, type Terminal } from './terminal.ts'

interface Subject {
  key: string
  name: string
}
interface WhoCan {
  rows: { subject: Subject; verdict: string; dependsOn: string[] }[]
  more: number
  outside: { who: string; verdict: string; dependsOn: string[] }[]
  notRead: string[]
}
interface WhatCan {
  everything: boolean
  services: { service: string; actions: Granted[]; used: Known<string | null> }[]
  isAdmin: boolean | null
  trust: { says: string; issuer: string }[]
  unknown: string[]
  notRead: string[]
}

/** An answer that leans on what was not read is one in part. */
const ended = (out: Terminal, reasons: readonly string[]): number => {
  for (const reason of reasons) out.say(`not all is known: ${plain(reason)}`)
  return reasons.length > 0 ? EXIT.incomplete : EXIT.done
}

export async function askWhoCan(api: Api, out: Terminal, action: string, resource: string): Promise<number> {
  const said = await api.request<WhoCan>('GET', `/v1/access/who-can?${new URLSearchParams({ action, resource })}`)
  const rows = said.rows.map((row) => ({ principal: row.subject.key, ...row }))
  if (out.json) out.document({ ...said, rows })
  else {
    out.table(
      ['who', 'can', 'depends on'],
      [
        ...rows.map(({ principal, verdict, dependsOn }) => [principal, verdict, dependsOn.join('; ')].map(plain)),
        ...said.outside.map(({ who, verdict, dependsOn }) =>
          [`${who}, from elsewhere`, verdict, dependsOn.join('; ')].map(plain),
        ),
      ],
    )
    out.line(`${rows.length + said.more} can do ${plain(action)} on ${plain(resource)}`)
  }
  return ended(out, said.notRead)
}

export async function askWhatCan(api: Api, out: Terminal, principal: string): Promise<number> {
  const said = await api.request<WhatCan>('GET', `/v1/access/what-can?${new URLSearchParams({ principal })}`)
  if (out.json) out.document(said)
  else {
    out.table(
      ['service', 'actions', 'last used'],
      said.services.map(({ service, actions, used }) => [
        plain(service),
        String(actions.length),
        'value' in used && used.value === null ? 'not in the time that is looked back to' : plain(known(used)),
      ]),
    )
    if (said.everything) out.line('It may do everything on everything.')
    for (const { issuer, says } of said.trust) out.line(`${plain(issuer)}: ${plain(says)}`)
    out.line(
      said.isAdmin === null
        ? 'whether it is an administrator is unknown'
        : said.isAdmin
          ? 'it is an administrator'
          : 'it is no administrator',
    )
  }
  return ended(out, [...said.unknown, ...said.notRead])
}

export async function askWhy(
  api: Api,
  out: Terminal,
  principal: string,
  action: string,
  resource: string,
): Promise<number> {
  const said = await api.request<Decision & { unknown: string[]; notRead: string[] }>(
    'GET',
    `/v1/access/why?${new URLSearchParams({ principal, action, resource })}`,
  )
  if (out.json) out.document(said)
  else printDecision(out, said, [])
  return ended(out, [...said.unknown, ...said.notRead])
}

export async function askLeast(
  api: Api,
  out: Terminal,
  principal: string,
  calls: readonly Call[] | undefined,
): Promise<number> {
  const said = await api.request<Least & { unknown: string[] }>('POST', '/v1/access/least', {
    principal,
    ...(calls && { calls }),
  })
  if (out.json) out.document(said)
  else printLeast(out, said)
  return ended(out, said.unknown)
}

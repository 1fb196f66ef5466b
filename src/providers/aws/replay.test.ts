import { expect, test } from 'vitest'
import { connected, error, MAIN, ok, user } from './testing/replay.ts'

/** An organization as it was recorded, written by hand: account → how many users are on each of its pages. */
const PAGES: Readonly<Record<string, readonly number[]>> = {
  [MAIN]: [3, 3, 1],
  '222233334444': [3, 0, 2],
  '333344445555': [2],
}
const usersOn = (account: string, page: number) =>
  Array.from({ length: PAGES[account]![page]! }, (_, n) => user(account, `u${page}-${n}`)).join('')
const pageOf = (body: string): number => Number(new URLSearchParams(body).get('Marker')?.slice(1) ?? 0)
const detailsOf = (account: string, page: number, action: string) => {
  const more = page + 1 < PAGES[account]!.length
  return ok(
    action,
    `<UserDetailList>${usersOn(account, page)}</UserDetailList><IsTruncated>${more}</IsTruncated>${more ? `<Marker>p${page + 1}</Marker>` : ''}`,
  )
}
const summary = (account: string, action: string) =>
  ok(
    action,
    `<SummaryMap><entry><key>Users</key><value>${PAGES[account]!.reduce((sum, one) => sum + one, 0)}</value></entry></SummaryMap>`,
  )

/** What the fixtures hold, counted by hand. */
const LEDGER = { [MAIN]: 7, '222233334444': 5, '333344445555': 2 }

test('an organization of several pages: counts equal the ledger made by hand, and no page is passed over', async () => {
  const asked: string[] = []
  const { read } = await connected(
    (action, account, _, body) => {
      if (action === 'GetAccountSummary') return summary(account, action)
      if (action !== 'GetAccountAuthorizationDetails') return undefined
      asked.push(`${account} ${pageOf(body)}`)
      return detailsOf(account, pageOf(body), action)
    },
    { organization: true },
  )
  const { entities, ledger } = await read('principals')
  const users = entities.filter(({ type }) => type === 'aws_iam_user')
  for (const [account, count] of Object.entries(LEDGER)) {
    expect([account, users.filter(({ attributes }) => attributes['account'] === account).length]).toEqual([
      account,
      count,
    ])
    expect([ledger.expected.get(account), ledger.obtained.get(account)]).toEqual([count, count])
  }
  expect(new Set(users.map(({ key }) => key)).size).toBe(14)
  expect(ledger.refusals).toEqual([])
  expect([...new Set(asked)].sort()).toEqual(
    Object.entries(PAGES)
      .flatMap(([account, pages]) => pages.map((_, page) => `${account} ${page}`))
      .sort(),
  )
})

test.each([
  [
    'the session ends',
    error(403, 'ExpiredToken', 'The security token included in the request is expired'),
    'the session has ended',
  ],
  ['the clock is off', error(403, 'RequestExpired', 'Request has expired'), 'the clock of this machine'],
  ['the permission is taken away', error(403, 'AccessDenied'), 'is denied'],
])(
  '%s between two pages: what came stays, what is missing is told, the other accounts are whole',
  async (_, answer, says) => {
    const { read } = await connected(
      (action, account, _count, body) => {
        if (action === 'GetAccountSummary') return summary(account, action)
        if (action !== 'GetAccountAuthorizationDetails') return undefined
        return account === MAIN && pageOf(body) === 1 ? answer : detailsOf(account, pageOf(body), action)
      },
      { organization: true },
    )
    const { entities, ledger } = await read('principals')
    const of = (account: string) =>
      entities.filter(({ type, attributes }) => type === 'aws_iam_user' && attributes['account'] === account).length
    expect(Object.keys(LEDGER).map(of)).toEqual([3, 5, 2])
    expect([ledger.expected.get(MAIN), ledger.obtained.get(MAIN)]).toEqual([7, 3])
    expect(ledger.refusals).toMatchObject([{ scope: MAIN, reason: expect.stringContaining(says) }])
  },
)

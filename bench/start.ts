/** How soon Reeve is of use: the first finding after a first start, and a page after a later one. Against the limits set for it. */
import { join } from 'node:path'
import { scratch, signIn, up } from '../test/reeve/command.ts'
import { accessKey, plantedRepository } from '../test/reeve/planted.ts'
import { claim, finish, quick } from './claims.ts'

const SECONDS_TO_FINDING = 60
const SECONDS_TO_PAGE = 3
const STARTS = quick ? 3 : 9

const place = scratch()
const repository = plantedRepository(join(place.folder, 'shop'))
const key = accessKey('bench')
repository.write('deploy.py', `aws_access_key_id = "${key.id}"\naws_secret_access_key = "${key.secret}"\n`)
repository.commit('A key for everybody')

const since = (start: number): number => (performance.now() - start) / 1000

try {
  const data = join(place.folder, 'data')
  let start = performance.now()
  const first = await up(data, repository.folder)
  const session = await signIn(first.address, first.link!)
  let found = false
  while (!found && since(start) < 300) {
    const page = await session.get<{ groups: { findings: { rule: string }[] }[] }>('/v1/findings?by=rule')
    found = page.groups.some((group) => group.findings.some((one) => one.rule === 'git-secret-in-code'))
    if (!found) await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const toFinding = since(start)
  await first.end('SIGTERM')

  const toPage: number[] = []
  for (let n = 0; n < STARTS; n++) {
    start = performance.now()
    const server = await up(data, repository.folder)
    const page = await fetch(server.address)
    await page.text()
    toPage.push(since(start))
    await server.end('SIGTERM')
  }
  const median = toPage.sort((a, b) => a - b)[Math.floor(STARTS / 2)]!

  claim({
    claim: 'F1',
    what: 'from a first start with an empty data folder to the first finding, host and repository read; theirs: the limit',
    ours: toFinding,
    theirs: SECONDS_TO_FINDING,
    unit: 's',
    ratio: SECONDS_TO_FINDING / toFinding,
    floor: 1,
    exact: found,
  })
  claim({
    claim: 'F2',
    what: `from a later start to a served page, median of ${STARTS}; theirs: the limit`,
    ours: median,
    theirs: SECONDS_TO_PAGE,
    unit: 's',
    ratio: SECONDS_TO_PAGE / median,
    floor: 1,
    exact: true,
  })
} finally {
  place.remove()
}
finish()

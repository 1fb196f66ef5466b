/**
 * K1: kill -9 of Node, of PostgreSQL and of both at random moments of syncs and writes. No acknowledged write is lost, no run is
 * half applied, and the next start serves within five seconds.
 */
import { claim, finish, quick } from './claims.ts'
import { crashRounds } from './crash/rounds.ts'

const count = Number(process.env['REEVE_KILLS'] ?? (quick ? 10 : 200))
const { kills, acknowledged, starts, broken } = await crashRounds(count, Math.random)
const slowest = Math.max(...starts) / 1000
for (const what of broken) process.stderr.write(`${what}\n`)
process.stderr.write(
  `${count} kills ${JSON.stringify(kills)}, ${acknowledged} acknowledged writes and syncs, ${broken.length} broken promises\n`,
)
claim({
  claim: 'K1',
  what: `slowest start after ${count} kills -9 amid syncs and writes, against 5 s; nothing acknowledged lost, nothing half applied`,
  ours: slowest,
  theirs: 5,
  unit: 's',
  ratio: 5 / slowest,
  floor: 1,
  exact: broken.length === 0 && acknowledged > count,
})
finish()

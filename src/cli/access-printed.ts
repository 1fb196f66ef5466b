import type { Decision, Least } from '../access/index.ts'
import { plain, type Terminal } from './terminal.ts'

export function printDecision(
  out: Terminal,
  { verdict, because, layers }: Pick<Decision, 'verdict' | 'because' | 'layers'>,
  unknown: readonly string[],
): void {
  out.line(`${out.style('bold', verdict)}: ${plain(because)}`)
  out.line()
  out.table(
    ['layer', 'says', 'statements'],
    layers.map(({ name, verdict: says, statements }) => [
      plain(name),
      says === 'no' ? 'allows nothing' : says === 'yes' ? 'allows' : 'depends',
      plain(
        statements
          .map(({ effect, from, applies }) => `${effect}${applies === 'depends' ? ' (depends)' : ''}: ${from}`)
          .join('; '),
      ),
    ]),
  )
  for (const reason of unknown) out.line(`${out.mark('unknown')} not all is known: ${plain(reason)}`)
}

export function printLeast(
  out: Terminal,
  { policy, replay, ungranted, unneeded }: Pick<Least, 'policy' | 'replay' | 'ungranted' | 'unneeded'>,
): void {
  out.line(JSON.stringify(policy, null, 2))
  const lost = replay.filter(({ before, after }) => before !== 'no' && after === 'no')
  out.say(`${replay.length} calls asked again: ${replay.length - lost.length} still allowed, ${lost.length} lost`)
  for (const call of ungranted) out.say(`seen, though no policy it holds allows it: ${plain(call)}`)
  for (const statement of unneeded) out.say(`no call needed: ${plain(statement)}`)
}

import { type Budget, Fault } from './limits.ts'
import type { Pull } from './source.ts'

/** The members of an `ar` (static libraries, Debian packages); the content of each is next in `pull` when it is yielded. */
export async function* arEntries(pull: Pull, budget: Budget): AsyncGenerator<{ name: string; size: number }> {
  await pull.take(8)
  let names = ''
  for (;;) {
    const header = await pull.take(60)
    if (header.length === 0 || (header.length === 1 && header[0] === 10)) return
    const size = Number(header.toString('latin1', 48, 58).trim() || 'none')
    if (header.length < 60 || header.toString('latin1', 58, 60) !== '`\n' || !Number.isSafeInteger(size) || size < 0)
      throw new Fault('it is damaged or cut; the rest was not read')
    budget.entry()
    const raw = header.toString('utf8', 0, 16).trimEnd()
    const before = pull.taken
    if (raw === '//') names = (await pull.peek(Math.min(size, 1 << 20))).toString('utf8')
    else if (/^#1\/\d{1,4}$/.test(raw)) {
      const name = (await pull.take(Math.min(size, Number(raw.slice(3))))).toString('utf8').replace(/\0+$/, '')
      yield { name, size: size - (pull.taken - before) }
    } else if (raw !== '/' && raw !== '/SYM64/') {
      const at = /^\/\d+$/.test(raw) ? Number(raw.slice(1)) : -1
      const name = at < 0 ? raw : names.slice(at, Math.max(at, names.indexOf('\n', at)))
      yield { name: name.replace(/\/$/, '') || 'unnamed', size }
    }
    const left = size - (pull.taken - before)
    let skipped = 0
    for await (const piece of pull.pieces(left)) skipped += piece.length
    if (skipped < left) throw new Fault('it is cut: its last entry is not whole')
    if (size % 2 === 1) await pull.take(1)
  }
}

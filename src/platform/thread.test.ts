import { afterEach, expect, test } from 'vitest'
import { ReeveError } from '../sdk/index.ts'
import { Thread } from './thread.ts'

const ECHO = `import { parentPort } from 'node:worker_threads'
parentPort.on('message', ({ number, say, refuse, die, later }) => {
  if (die) process.exit(3)
  const told = refuse ? { number, code: 'demo/refused', message: refuse } : { number, answer: say }
  setTimeout(() => parentPort.postMessage(told), later ?? 0)
})`
interface Said {
  say?: string
  refuse?: string
  die?: true
  later?: number
}

const started: Thread<Said>[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()))
})
function echo(): Thread<Said> {
  const thread = new Thread<Said>(new URL(`data:text/javascript,${encodeURIComponent(ECHO)}`), {
    broken: (cause) => new ReeveError('demo/broken', 'it broke', { cause }),
    stopped: () => new ReeveError('demo/stopped', 'it was stopped'),
  })
  started.push(thread)
  return thread
}

test('each question has its own answer, whichever comes first', async () => {
  const thread = echo()
  const answers = [thread.ask({ say: 'slow', later: 60 }), thread.ask({ say: 'quick' })]
  expect(await Promise.race(answers)).toBe('quick')
  expect(await Promise.all(answers)).toEqual(['slow', 'quick'])
})

test('what the thread refuses is the error it tells of', async () => {
  await expect(echo().ask({ refuse: 'not that' })).rejects.toMatchObject({ code: 'demo/refused', message: 'not that' })
})

test('when it breaks, whoever waits is told, and the next question starts another', async () => {
  const thread = echo()
  const waiting = thread.ask({ say: 'never', later: 60_000 })
  const dying = thread.ask({ die: true })
  await expect(waiting).rejects.toMatchObject({ code: 'demo/broken' })
  await expect(dying).rejects.toMatchObject({ code: 'demo/broken' })
  expect(await thread.ask({ say: 'again' })).toBe('again')
})

test('stopped, it answers nothing any more', async () => {
  const thread = echo()
  const waiting = thread.ask({ say: 'never', later: 60_000 })
  const rejected = expect(waiting).rejects.toMatchObject({ code: 'demo/stopped' })
  await thread.stop()
  await rejected
  await expect(thread.ask({ say: 'more' })).rejects.toMatchObject({ code: 'demo/stopped' })
})

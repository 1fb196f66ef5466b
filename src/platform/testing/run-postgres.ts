/**
 * For tests that kill: starts the embedded server in the folder given, prints what came of it as one line of JSON, and stays.
 * `node run-postgres.ts FOLDER [BINARIES_FOLDER]`
 */
import { codeOf, messageOf } from '../../sdk/index.ts'
import { startPostgres } from '../postgres/server.ts'

const [folder, binariesFolder] = process.argv.slice(2)
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)
const complain = (fields: object, message: string) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`)

try {
  const server = await startPostgres({
    folder: folder!,
    binariesFolder,
    log: { debug() {}, info: complain, warn: complain, error: complain },
  })
  process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)))
  say({ pid: server.pid, adopted: server.adopted, url: server.url('postgres') })
} catch (error) {
  say({ code: codeOf(error), message: messageOf(error) })
  process.exitCode = 1
}

import { spawn } from 'node:child_process'
import type { Account } from './account.ts'

/**
 * Ends PostgreSQL when this process ends, however it ends: a shell that reads from us, and reads end-of-file when we are gone.
 * It looks at the pid file first, since the number may by then be another program's.
 */
export function watchOver(
  pid: number,
  cluster: string,
  socketFolder: string,
  account: Account | undefined,
): { dismiss(): void } {
  const script = `read -r word && exit; read -r now <"$1" && [ "$now" = "$2" ] && kill -INT "$2" || exit
    while kill -0 "$2"; do sleep 1; done; rmdir "$3"`
  const child = spawn('/bin/sh', ['-c', script, 'reeve-watcher', 'postmaster.pid', String(pid), socketFolder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: cluster,
    ...account,
  })
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  ;(child.stdin as unknown as { unref?(): void }).unref?.()
  return { dismiss: () => void child.stdin.end('dismissed\n') }
}

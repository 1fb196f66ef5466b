import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

const SSHD = '/usr/sbin/sshd'
export const sshdHere = existsSync(SSHD) && existsSync('/usr/bin/ssh-keygen')
if (!sshdHere) console.log('skipped: sshd or ssh-keygen is not installed; SSH is tried against the ssh2 package alone')
/** Only root can give sshd a passwd and wtmp of its own, in a mount namespace. */
export const ownAccounts = sshdHere && process.getuid?.() === 0 && canUnshare()
if (sshdHere && !ownAccounts)
  console.log('skipped: this is not root with mount namespaces; logins of made-up accounts are not tried against sshd')

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export interface Sshd {
  port: number
  folder: string
  user: string
  /** A private key that every account accepts. */
  keyFile: string
  /** What the host key's fingerprint is. */
  hostKey: string
  /** The line of the host key for a known_hosts file, without the name. */
  hostKeyLine: string
  /** What sshd has written so far. */
  log(): string
  stop(): Promise<void>
}

/** A real sshd on a loopback port, with its own keys and settings; with `accounts`, these are added to passwd for it alone. */
export async function startSshd({ accounts = '', settings = '' } = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-sshd-'))
  chmodSync(folder, 0o755)
  const keygen = (name: string) =>
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)])
  keygen('host')
  keygen('user')
  const port = await freePort()
  writeFileSync(
    join(folder, 'config'),
    `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${folder}/host\nAuthorizedKeysFile ${folder}/user.pub\nPidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nSubsystem sftp internal-sftp\nLogLevel VERBOSE\n${settings}`,
  )
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const argv = ['-D', '-E', join(folder, 'log'), '-f', join(folder, 'config')]
  let child: ChildProcess
  if (accounts === '') child = spawn(SSHD, argv, { stdio: 'ignore' })
  else {
    writeFileSync(join(folder, 'passwd'), readFileSync('/etc/passwd', 'utf8') + accounts)
    writeFileSync(join(folder, 'wtmp'), '')
    const mounts = `mount --bind ${folder}/passwd /etc/passwd && touch /var/log/wtmp && mount --bind ${folder}/wtmp /var/log/wtmp && exec ${SSHD} ${argv.join(' ')}`
    child = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', mounts], { stdio: 'ignore' })
  }
  const log = () => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '')
  for (let tries = 0; !log().includes('Server listening'); tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error(`sshd did not start: ${log()}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return {
    port,
    folder,
    user: userInfo().username,
    keyFile: join(folder, 'user'),
    hostKey: execFileSync('ssh-keygen', ['-lf', join(folder, 'host.pub')], { encoding: 'utf8' }).split(' ')[1]!,
    hostKeyLine: readFileSync(join(folder, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' '),
    log,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1000))])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    }),
  )
}

import type { Collection } from '../../sdk/index.ts'
import { accountsOf } from './accounts.ts'
import { clean, type Host, hostKey, readText } from './host.ts'

export const system: Collection<Host> = {
  id: 'system',
  title: 'The host itself',
  yields: ['linux_host'],
  needs: ['read /etc/os-release, /etc/nsswitch.conf and /proc/sys/kernel/osrelease'],
  async *read(host, run) {
    const release = (await readText(host, run, '/etc/os-release'))?.text ?? ''
    const kernel = (await readText(host, run, '/proc/sys/kernel/osrelease'))?.text.trim()
    const uid = await host.machine.uid()
    const sources = /^passwd:(.*)$/m.exec((await readText(host, run, '/etc/nsswitch.conf'))?.text ?? '')?.[1] ?? 'files'
    const { users } = await accountsOf(host, run)
    const value = (name: string) => new RegExp(`^${name}=["']?([^"'\n]*)`, 'm').exec(release)?.[1]
    yield {
      kind: 'resource',
      type: 'linux_host',
      key: hostKey(host),
      name: host.name,
      ...(host.environment !== undefined && { environment: host.environment }),
      attributes: {
        system: clean(value('PRETTY_NAME') ?? 'Linux', 200),
        ...(kernel && { kernel: clean(kernel, 200) }),
        ...(uid !== null && { readAsUid: uid }),
        accounts: users.length,
        /** Directories whose accounts work here but do not stand in /etc/passwd. */
        accountsElsewhere: (
          sources.replaceAll(/\[[^\]]*\]/g, '').match(/\b(sss|ldap|winbind|nis|nisplus|hesiod|oslogin)\b/g) ?? []
        ).slice(0, 10),
      },
    }
  },
}

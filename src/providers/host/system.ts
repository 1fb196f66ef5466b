import type { Collection } from '../../sdk/index.ts'
import { clean, type Host, hostKey, readText } from './host.ts'

export const system: Collection<Host> = {
  id: 'system',
  title: 'The host itself',
  yields: ['linux_host'],
  needs: ['read /etc/os-release and /proc/version'],
  async *read(host, run) {
    const release = (await readText(host, run, '/etc/os-release'))?.text ?? ''
    const kernel = (await readText(host, run, '/proc/sys/kernel/osrelease'))?.text.trim()
    const uid = await host.machine.uid()
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
      },
    }
  },
}

import { type Collection, defineProvider, isEdge, ReeveError } from '../../sdk/index.ts'
import { authorizedKeys } from './authorized-keys.ts'
import { certificates } from './certificates.ts'
import { consents } from './consents.ts'
import { containers } from './containers.ts'
import { credentialFiles } from './credential-files.ts'
import { cron } from './cron.ts'
import { groups } from './groups.ts'
import { clean, type Host } from './host.ts'
import { listeners } from './listeners.ts'
import { openLocal } from './local.ts'
import { logins } from './logins.ts'
import { privateKeys } from './private-keys.ts'
import { processSecrets } from './process-secrets.ts'
import { Settings } from './settings.ts'
import { openSsh } from './ssh.ts'
import { sshServer } from './ssh-server.ts'
import { sudo } from './sudo.ts'
import { system } from './system.ts'
import { units } from './units.ts'
import { users } from './users.ts'

export const host = defineProvider<Settings, Host>({
  id: 'host',
  title: 'Linux host',
  summary:
    'Reads accounts, keys, jobs, services, certificates, credential files and logins of a Linux machine, here or over SSH, and changes nothing.',
  config: Settings,
  label: (settings) => settings.name ?? settings.address ?? (settings.root === undefined ? 'this host' : settings.root),
  async connect(settings, run) {
    if (settings.address !== undefined && settings.root !== undefined)
      throw new ReeveError('host/settings', 'connecting: give an address or a root folder, not both')
    const machine =
      settings.address === undefined
        ? openLocal({
            ...(settings.root !== undefined && { root: settings.root }),
            seconds: settings.timeout,
            signal: run.signal,
          })
        : await openSsh(settings, run)
    if ((await machine.stat('/etc/passwd')) === null)
      throw new ReeveError(
        'host/not-linux',
        `connecting to ${settings.address ?? settings.root ?? 'this host'}: it has no /etc/passwd, so it is no Linux machine`,
      )
    return {
      machine,
      name: clean(settings.name ?? (await machine.hostname()), 200).toLowerCase(),
      environment: settings.environment,
      folders: settings.folders,
      memory: new Map(),
    }
  },
  async disconnect(client) {
    client.machine.close()
  },
  collections: [
    system,
    users,
    groups,
    sudo,
    authorizedKeys,
    privateKeys,
    sshServer,
    units,
    cron,
    listeners,
    certificates,
    credentialFiles,
    consents,
    processSecrets,
    containers,
    logins,
  ].map(inEnvironment),
  async nearby(place) {
    return 'host' in place && process.platform === 'linux' ? Settings.parse({}) : null
  },
})

/** What stands on a host is of the host's environment; credentials are not, since they may stand on several. */
function inEnvironment(collection: Collection<Host>): Collection<Host> {
  return {
    ...collection,
    async *read(client, run) {
      for await (const item of collection.read(client, run)) {
        if (isEdge(item) || item.kind === 'credential' || client.environment === undefined) yield item
        else yield { ...item, environment: client.environment }
      }
    },
  }
}

import type { Neighbourhood as Around } from '../nouns.ts'
import { Neighbourhood, NeighbourList } from '../parts/neighbourhood.tsx'
import type { Stories } from './story.ts'
import { ref } from './story.ts'

const around: Around = {
  nodes: [
    { ...ref('host:a/user/backup', 'identity', 'linux_user', 'backup'), mark: 'high', side: 'self' },
    { ...ref('host:a/unit/backup.timer', 'workload', 'systemd_unit', 'backup.timer'), mark: 'pass', side: 'in' },
    { ...ref('ssh:SHA256:abc', 'credential', 'ssh_key', 'SHA256:abc'), mark: 'medium', side: 'in' },
    { ...ref('host:a/sudo/all', 'entitlement', 'sudo_rule', 'ALL=(ALL) NOPASSWD'), mark: 'not-judged', side: 'out' },
    { ...ref('host:b', null, '', 'host:b'), mark: 'unknown', side: 'out' },
  ],
  edges: [
    { from: 'host:a/unit/backup.timer', verb: 'runs-as', to: 'host:a/user/backup', note: null },
    { from: 'ssh:SHA256:abc', verb: 'authenticates', to: 'host:a/user/backup', note: 'authorized_keys:3' },
    { from: 'host:a/user/backup', verb: 'has', to: 'host:a/sudo/all', note: null },
    { from: 'host:a/user/backup', verb: 'called', to: 'host:b', note: null },
  ],
  more: 3,
}

export const stories: Stories = {
  'the picture, and the same as a list': <Neighbourhood of={around} self="host:a/user/backup" />,
  'the list alone': <NeighbourList of={{ ...around, more: 0 }} self="host:a/user/backup" />,
  'nothing leads to it or away': <Neighbourhood of={{ nodes: [], edges: [], more: 0 }} self="host:a" />,
}

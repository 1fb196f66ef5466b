import { defineProvider } from '../../sdk/index.ts'
import { Config, connect, type Postgres } from './client.ts'
import { grants } from './grants.ts'
import { hostRules } from './host-rules.ts'
import { rights } from './rights.ts'
import { roles } from './roles.ts'
import { server } from './server.ts'
import { sessions } from './sessions.ts'
import { storedCredentials } from './stored-credentials.ts'

export const postgres = defineProvider<Config, Postgres>({
  id: 'postgres',
  title: 'PostgreSQL',
  summary:
    'Roles, grants, host rules and present sessions of one server, read from its catalogue in read-only sessions.',
  config: Config,
  label: (config) => `${config.host.startsWith('/') ? 'localhost' : config.host}:${config.port}`,
  connect,
  disconnect: (client) => client.close(),
  collections: [server, roles, grants, rights, hostRules, sessions, storedCredentials],
})

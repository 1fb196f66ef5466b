import { defineProvider } from '../../sdk/index.ts'
import { accounts } from './accounts.ts'
import { acting } from './acting.ts'
import { agents } from './agents.ts'
import { buckets } from './buckets.ts'
import { builds } from './builds.ts'
import { certificates, serverCertificates } from './certificates.ts'
import { containers } from './containers.ts'
import { creations } from './creations.ts'
import { openFiles } from './files.ts'
import { functions } from './functions.ts'
import { identityProviders } from './identity-providers.ts'
import { instanceProfiles } from './instance-profiles.ts'
import { instances } from './instances.ts'
import { kmsKeys } from './kms-keys.ts'
import { lastAccessed } from './last-accessed.ts'
import { connectLive } from './live.ts'
import { organization } from './organization.ts'
import { parameters } from './parameters.ts'
import type { Aws } from './place.ts'
import { principals } from './principals.ts'
import { queues } from './queues.ts'
import { repositories } from './repositories.ts'
import { secrets } from './secrets.ts'
import { Settings } from './settings.ts'
import { things } from './things.ts'
import { topics } from './topics.ts'
import { userCredentials } from './user-credentials.ts'

export const aws = defineProvider<Settings, Aws>({
  id: 'aws',
  title: 'AWS',
  summary:
    'Identities, credentials, policies and what runs as them, of one account or a whole organization, read with a read-only policy; or from files of one, with no credentials at all.',
  config: Settings,
  label: ({ files, profile, role, accessKeyId, organization }) => {
    if (files.length > 0) return files.length === 1 ? files[0]!.split('/').at(-1)! : `${files.length} files`
    return `${organization ? 'organization of ' : ''}${profile ?? role ?? accessKeyId ?? 'this machine'}`
  },
  async connect(settings, run) {
    return settings.files.length > 0 ? { files: await openFiles(settings) } : { live: await connectLive(settings, run) }
  },
  collections: [
    organization,
    accounts,
    principals,
    userCredentials,
    creations,
    identityProviders,
    instanceProfiles,
    functions,
    containers,
    instances,
    builds,
    secrets,
    parameters,
    kmsKeys,
    certificates,
    serverCertificates,
    buckets,
    queues,
    topics,
    repositories,
    things,
    agents,
    lastAccessed,
  ],
  acting,
})

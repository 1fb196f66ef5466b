import type { Detector } from '../detector.ts'
import { addresses } from './addresses.ts'
import { ai } from './ai.ts'
import { aiTools } from './ai-tools.ts'
import { aws } from './aws.ts'
import { azure } from './azure.ts'
import { clouds } from './clouds.ts'
import { codeHosts } from './code-hosts.ts'
import { collaboration } from './collaboration.ts'
import { commands } from './commands.ts'
import { commerce } from './commerce.ts'
import { data } from './data.ts'
import { files } from './files.ts'
import { google } from './google.ts'
import { hosting } from './hosting.ts'
import { infrastructure } from './infrastructure.ts'
import { keyStores } from './key-stores.ts'
import { keys } from './keys.ts'
import { messages } from './messages.ts'
import { monitoring } from './monitoring.ts'
import { packages } from './packages.ts'
import { passwords } from './passwords.ts'
import { payments } from './payments.ts'
import { requests } from './requests.ts'
import { secrets } from './secrets.ts'
import { security } from './security.ts'
import { serviceKeys } from './service-keys.ts'
import { wallets } from './wallets.ts'
import { work } from './work.ts'

/** All detectors. To add one, add an item to the list of its kind, or a list of your own here. */
export const detectors: readonly Detector[] = [
  ...aws,
  ...azure,
  ...google,
  ...clouds,
  ...codeHosts,
  ...packages,
  ...payments,
  ...messages,
  ...monitoring,
  ...work,
  ...infrastructure,
  ...ai,
  ...aiTools,
  ...commerce,
  ...data,
  ...security,
  ...hosting,
  ...collaboration,
  ...keys,
  ...wallets,
  ...keyStores,
  ...addresses,
  ...files,
  ...requests,
  ...commands,
  ...passwords,
  ...secrets,
  ...serviceKeys,
]

import type { Provider } from '../sdk/index.ts'
import { git } from './git/index.ts'
import { host } from './host/index.ts'
import { postgres } from './postgres/index.ts'

/** The only list of providers. */
export const providers: readonly Provider[] = [git, host, postgres]

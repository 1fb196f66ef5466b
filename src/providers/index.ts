import type { Provider } from '../sdk/index.ts'
import { aws } from './aws/index.ts'
import { demo } from './demo/index.ts'
import { git } from './git/index.ts'
import { host } from './host/index.ts'
import { mcp } from './mcp/index.ts'
import { postgres } from './postgres/index.ts'

export { demo }

/** The only list of providers that read something. */
export const providers: readonly Provider[] = [aws, git, host, mcp, postgres]

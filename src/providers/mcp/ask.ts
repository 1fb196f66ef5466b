import type { ClientOptions, Tool, Transport } from '@modelcontextprotocol/client'
import { messageOf, type Run } from '../../sdk/index.ts'
import { clean, sha256 } from './names.ts'
import { BoundedStdio, type Program } from './stdio-transport.ts'

const MOST_TOOLS = 1000
const MOST_PAGES = 50
const LARGEST_SCHEMA = 256 << 10

/** How a server is reached: an address with headers, or a program. */
export type Reach = { url: URL; sse: boolean; headers: Readonly<Record<string, string>> } | Program

export interface ListedTool {
  name: string
  title: string | null
  readOnly: boolean | null
  destructive: boolean | null
  openWorld: boolean | null
  /** Of its description, schemas and hints, members in order: changes when any of them does. */
  hash: string
  descriptionHash: string
}

export interface Answer {
  tools: ListedTool[]
  server: string | null
  version: string | null
}

/** Why there is no list; `asks` when the server wants to know who asks. */
export class NoAnswer extends Error {
  readonly asks: 'oauth' | 'key' | null
  constructor(message: string, asks: 'oauth' | 'key' | null = null) {
    super(message)
    this.asks = asks
  }
}

/** It is asked for the names of tools; nothing is validated with, or run from, what it sends. */
const NOTHING_CHECKED: NonNullable<ClientOptions['jsonSchemaValidator']> = {
  getValidator: () => () => ({ valid: false, data: undefined, errorMessage: 'not checked' }),
}

/**
 * Lists the tools of a server through the official client, in time, size and number. What it says is only hashed. It gets no
 * roots, no sampling and no elicitation: requests for them are refused. Throws `NoAnswer`.
 */
export async function listTools(run: Run, reach: Reach, seconds: number): Promise<Answer> {
  const mcp = await import('@modelcontextprotocol/client').catch((cause) => {
    throw new NoAnswer(`the package to ask MCP servers with is not installed (${messageOf(cause)})`)
  })
  const ending = new AbortController()
  const late = setTimeout(() => ending.abort(new NoAnswer(`it did not answer within ${seconds} s`)), seconds * 1000)
  const signal = AbortSignal.any([run.signal, ending.signal])
  let asks: NoAnswer['asks'] = null
  const fetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const response = await run.fetch(url, {
      ...init,
      signal: init?.signal ? AbortSignal.any([signal, init.signal]) : signal,
    })
    if (response.status === 401 || response.status === 403)
      asks = /bearer/i.test(response.headers.get('www-authenticate') ?? '') ? 'oauth' : 'key'
    return response
  }
  const transport: Transport =
    'command' in reach
      ? new BoundedStdio(reach)
      : reach.sse
        ? new mcp.SSEClientTransport(reach.url, { fetch, requestInit: { headers: reach.headers } })
        : new mcp.StreamableHTTPClientTransport(reach.url, { fetch, requestInit: { headers: reach.headers } })
  const client = new mcp.Client(
    { name: 'reeve', version: '0.1.0' },
    {
      capabilities: {},
      jsonSchemaValidator: NOTHING_CHECKED,
      listMaxPages: MOST_PAGES,
      ...('url' in reach && !reach.sse && { versionNegotiation: { mode: 'auto' as const } }),
    },
  )
  client.onerror = () => {}
  const limits = { signal, timeout: seconds * 1000, maxTotalTimeout: seconds * 1000 }
  const gone = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  gone.catch(() => {})
  try {
    await Promise.race([client.connect(transport, limits), gone])
    const { tools } = await Promise.race([client.listTools(undefined, limits), gone])
    const about = client.getServerVersion()
    return {
      tools: described(tools),
      server: about ? clean(String(about.name), 120) : null,
      version: about ? clean(String(about.version), 60) : null,
    }
  } catch (error) {
    run.signal.throwIfAborted()
    const fault = transport instanceof BoundedStdio ? transport.fault : null
    if (error instanceof NoAnswer) throw error
    throw new NoAnswer(fault ?? (asks === null ? clean(messageOf(error), 300) : 'it asks who is asking'), asks)
  } finally {
    clearTimeout(late)
    ending.abort()
    await Promise.race([client.close().catch(() => {}), transport.close().catch(() => {})])
    if (transport instanceof BoundedStdio) await transport.close()
  }
}

function described(tools: readonly Tool[]): ListedTool[] {
  if (tools.length > MOST_TOOLS) throw new NoAnswer(`it has more than ${MOST_TOOLS} tools`)
  return [...new Map(tools.map(listed).map((one) => [one.name, one])).values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )
}

function listed({ name, title, description, inputSchema, outputSchema, annotations }: Tool): ListedTool {
  const said = ordered({ name, title, description, inputSchema, outputSchema, annotations })
  if (said.length > LARGEST_SCHEMA)
    throw new NoAnswer(`the schema of one of its tools has more than ${LARGEST_SCHEMA} bytes`)
  const hint = (value: unknown) => (typeof value === 'boolean' ? value : null)
  return {
    name: clean(name, 200),
    title: title === undefined ? null : clean(title, 200),
    readOnly: hint(annotations?.readOnlyHint),
    destructive: hint(annotations?.destructiveHint),
    openWorld: hint(annotations?.openWorldHint),
    hash: sha256(said),
    descriptionHash: sha256(description ?? ''),
  }
}

/** JSON with members in order, so that a server that shuffles them says the same. */
function ordered(value: unknown, depth = 0): string {
  if (depth > 60) throw new NoAnswer('the schema of one of its tools is nested deeper than 60 levels')
  if (Array.isArray(value)) return `[${value.map((one) => ordered(one, depth + 1)).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${ordered(one, depth + 1)}`).join(',')}}`
}

/** A real MCP server made with the official package, over standard input and output; `--described` changes one description. */
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'

export function everything(described: string): McpServer {
  const server = new McpServer({ name: 'everything', version: '1.4.2' })
  const inputSchema = fromJsonSchema({ type: 'object', properties: { text: { type: 'string' } } })
  const answer = async () => ({ content: [] })
  server.registerTool(
    'read_page',
    { description: 'Reads a page.', inputSchema, annotations: { readOnlyHint: true, openWorldHint: true } },
    answer,
  )
  server.registerTool(
    'send_mail',
    {
      description: described,
      inputSchema,
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
    },
    answer,
  )
  server.registerTool('add', { description: 'Adds.', inputSchema }, answer)
  return server
}

const described = process.argv.indexOf('--described')
if (process.argv[1]?.endsWith('everything-server.ts'))
  await everything(described < 0 ? 'Sends a mail.' : process.argv[described + 1]!).connect(new StdioServerTransport())

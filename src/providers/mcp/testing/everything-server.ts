/**
 * A real MCP server made with the official package, over standard input and output; `--described` changes one description,
 * `--described-in` takes it from a file, as a server does whose text comes from elsewhere.
 */
import { readFileSync } from 'node:fs'
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

const given = (option: string): string | undefined => {
  const at = process.argv.indexOf(option)
  return at < 0 ? undefined : process.argv[at + 1]
}
if (process.argv[1]?.endsWith('everything-server.ts')) {
  const file = given('--described-in')
  const described = file === undefined ? given('--described') : readFileSync(file, 'utf8')
  await everything(described ?? 'Sends a mail.').connect(new StdioServerTransport())
}

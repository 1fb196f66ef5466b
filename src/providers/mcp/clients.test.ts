import { afterEach, expect, test } from 'vitest'
import { clients } from './clients.ts'
import { machine, plant, readAgents } from './testing/plant.ts'

const planted: { remove(): void }[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})
const put = (files: Parameters<typeof plant>[0]) => {
  const one = plant(files)
  planted.push(one)
  return one.root
}
const home = (files: Parameters<typeof plant>[0], options?: Parameters<typeof readAgents>[1]) =>
  readAgents({ root: put(machine(files)) }, options)
const repository = (files: Parameters<typeof plant>[0], options?: Parameters<typeof readAgents>[1]) =>
  readAgents({ folder: put(files), name: 'shop' }, options)

const stdio = { command: 'npx', args: ['-y', '@acme/tickets@1.2.3'] }

/** One configuration for each client, in its own dialect, with one server called tickets. */
const dialects: Record<string, [path: string, content: string | object][]> = {
  'claude-desktop': [['.config/Claude/claude_desktop_config.json', { mcpServers: { tickets: stdio } }]],
  'claude-code': [['.claude.json', { projects: { '/srv/shop': { mcpServers: { tickets: stdio } } } }]],
  cursor: [['.cursor/mcp.json', { mcpServers: { tickets: stdio } }]],
  'vs-code': [['.config/Code/User/mcp.json', { servers: { tickets: { type: 'stdio', ...stdio } }, inputs: [] }]],
  windsurf: [['.codeium/windsurf/mcp_config.json', { mcpServers: { tickets: stdio } }]],
  codex: [['.codex/config.toml', '[mcp_servers.tickets]\ncommand = "npx"\nargs = ["-y", "@acme/tickets@1.2.3"]\n']],
  'gemini-cli': [['.gemini/settings.json', { mcpServers: { tickets: stdio } }]],
  zed: [
    [
      '.config/zed/settings.json',
      '{ // zed\n "context_servers": { "tickets": { "command": { "path": "npx", "args": ["-y", "@acme/tickets@1.2.3"], "env": {} } } } }',
    ],
  ],
  cline: [
    [
      '.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
      { mcpServers: { tickets: { ...stdio, autoApprove: ['list'] } } },
    ],
  ],
  'roo-code': [
    [
      '.vscode-server/data/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json',
      { mcpServers: { tickets: stdio } },
    ],
  ],
  continue: [
    [
      '.continue/config.yaml',
      'name: a\nmcpServers:\n  - name: tickets\n    command: npx\n    args: ["-y", "@acme/tickets@1.2.3"]\n',
    ],
  ],
  'amazon-q': [['.aws/amazonq/mcp.json', { mcpServers: { tickets: stdio } }]],
  kiro: [['.kiro/settings/mcp.json', { mcpServers: { tickets: stdio } }]],
  goose: [
    [
      '.config/goose/config.yaml',
      'extensions:\n  tickets:\n    type: stdio\n    cmd: npx\n    args: ["-y", "@acme/tickets@1.2.3"]\n    enabled: true\n',
    ],
  ],
  opencode: [
    [
      '.config/opencode/opencode.json',
      { mcp: { tickets: { type: 'local', command: ['npx', '-y', '@acme/tickets@1.2.3'] } } },
    ],
  ],
  'copilot-cli': [['.copilot/mcp-config.json', { mcpServers: { tickets: { type: 'local', tools: ['*'], ...stdio } } }]],
  junie: [['.junie/mcp/mcp.json', { mcpServers: { tickets: stdio } }]],
  'lm-studio': [['.lmstudio/mcp.json', { mcpServers: { tickets: stdio } }]],
}

test.each(Object.entries(dialects))(
  '%s: its server is read from a home, and runs as the account',
  async (client, files) => {
    const { entity, ending, sentences } = await home(Object.fromEntries(files))
    const agent = entity(`mcp:box1/user/ada/${client}`)
    expect(agent).toMatchObject({
      kind: 'identity',
      type: 'ai_agent',
      attributes: { agent: true, client, servers: ['tickets'], runsAs: 'ada', accountKind: 'service' },
    })
    expect(agent.unknowns?.['sponsor']).toBeDefined()
    const server = ending('tickets')
    expect(server.attributes).toMatchObject({
      transport: 'stdio',
      package: '@acme/tickets',
      packageVersion: '1.2.3',
      pinned: true,
      disabled: false,
    })
    expect(sentences).toEqual(
      expect.arrayContaining([
        `host:box1 contains ${agent.key}`,
        `host:box1/user/ada controls ${agent.key}`,
        `${server.key} runs-as host:box1/user/ada`,
        `${agent.key} has ${server.key}/tools`,
      ]),
    )
  },
)

test.each([
  [
    'librechat',
    { 'librechat.yaml': 'mcpServers:\n  tickets:\n    type: streamable-http\n    url: https://tickets.acme.io/mcp\n' },
  ],
  [
    'fast-agent',
    { 'fastagent.config.yaml': 'mcp:\n  targets:\n    - name: tickets\n      target: https://tickets.acme.io/mcp\n' },
  ],
  [
    'mcp-agent',
    {
      'mcp_agent.config.yaml':
        'mcp:\n  servers:\n    tickets:\n      transport: streamable_http\n      url: https://tickets.acme.io/mcp\n',
    },
  ],
])('%s: its server is read from a repository', async (client, files) => {
  const { ending } = await repository(files)
  expect(ending(`/${client}`).attributes['servers']).toEqual(['tickets'])
  expect(ending('/server/tickets').attributes).toMatchObject({
    transport: 'http',
    host: 'tickets.acme.io',
    encrypted: true,
    auth: 'none',
  })
})

test('every client of the table has a dialect that is tried', () => {
  const elsewhere = ['librechat', 'fast-agent', 'mcp-agent', 'langgraph', 'crewai', 'a2a']
  expect(clients.map(({ id }) => id).sort()).toEqual([...Object.keys(dialects), ...elsewhere].sort())
})

test('agents of frameworks, and who offers one by its card', async () => {
  const { ending, entities } = await repository({
    'src/crew/config/agents.yaml':
      'researcher:\n  role: Researcher\n  goal: find\n  llm: openai/gpt-5\n  allow_code_execution: true\n',
    'langgraph.json': { graphs: { planner: './planner.py:graph' }, dependencies: ['.'] },
    'public/.well-known/agent-card.json': {
      name: 'Booking',
      url: 'https://a.acme.io',
      skills: [],
      provider: { organization: 'Acme' },
    },
    'config/agents.yaml': 'database:\n  host: example\n',
  })
  expect(ending('/crewai/agent/researcher').attributes).toMatchObject({
    model: 'openai/gpt-5',
    shellAlone: true,
    autonomy: 'acts without asking',
  })
  expect(ending('/langgraph/agent/planner').unknowns?.['autonomy']).toBeDefined()
  expect(ending('/a2a/agent/Booking').attributes['sponsor']).toBe('Acme')
  expect(entities.filter(({ type }) => type === 'ai_agent')).toHaveLength(3)
})

test('a subagent is told of, and the agent that starts it', async () => {
  const { ending, sentences } = await repository({
    '.claude/agents/review.md':
      '---\nname: reviewer\nmodel: haiku\ntools: Read, Bash\npermissionMode: bypassPermissions\n---\nReview.\n',
  })
  const one = ending('/claude-code/agent/reviewer')
  expect(one.attributes).toMatchObject({
    model: 'haiku',
    subagent: true,
    autonomy: 'acts without asking',
    shellAlone: true,
  })
  expect(sentences).toContain(`${one.key.replace('/agent/reviewer', '')} assumes ${one.key}`)
})

test.each([
  [
    'bypassed permissions',
    { '.claude/settings.json': { permissions: { defaultMode: 'bypassPermissions' } } },
    'claude-code',
    'acts without asking',
    true,
  ],
  [
    'a shell that is allowed',
    { '.claude/settings.json': { permissions: { allow: ['Bash(*)'] } } },
    'claude-code',
    'acts without asking',
    true,
  ],
  [
    'a shell that is allowed and denied',
    { '.claude/settings.json': { permissions: { allow: ['Bash'], deny: ['Bash'] } } },
    'claude-code',
    undefined,
    false,
  ],
  [
    'single commands',
    { '.claude/settings.json': { permissions: { allow: ['Bash(npm test:*)'], defaultMode: 'default' } } },
    'claude-code',
    'asks before it acts',
    false,
  ],
  [
    'accepted edits',
    { '.claude/settings.local.json': { permissions: { defaultMode: 'acceptEdits' } } },
    'claude-code',
    'changes files without asking',
    false,
  ],
  [
    'Codex outside a sandbox',
    { '.codex/config.toml': 'approval_policy = "never"\nsandbox_mode = "danger-full-access"' },
    'codex',
    'acts without asking',
    true,
  ],
  [
    'Codex in its workspace',
    { '.codex/config.toml': 'approval_policy = "never"\nsandbox_mode = "workspace-write"' },
    'codex',
    'changes files without asking',
    false,
  ],
  [
    'Codex that asks',
    { '.codex/config.toml': 'approval_policy = "on-request"' },
    'codex',
    'asks before it acts',
    false,
  ],
  [
    'Gemini in yolo mode',
    { '.gemini/settings.json': { general: { defaultApprovalMode: 'yolo' } } },
    'gemini-cli',
    'acts without asking',
    true,
  ],
  [
    'Gemini with a shell',
    { '.gemini/settings.json': { tools: { allowed: ['run_shell_command'] } } },
    'gemini-cli',
    'acts without asking',
    true,
  ],
  [
    'VS Code that approves all',
    { '.vscode/settings.json': '{ "chat.tools.global.autoApprove": true, }' },
    'vs-code',
    'acts without asking',
    true,
  ],
  [
    'opencode without permissions',
    { 'opencode.json': { model: 'anthropic/x' } },
    'opencode',
    'acts without asking',
    true,
  ],
  [
    'opencode that asks',
    { 'opencode.json': { permission: { bash: 'ask', edit: 'ask' } } },
    'opencode',
    'asks before it acts',
    false,
  ],
  [
    'Zed that allows all',
    { '.zed/settings.json': { agent: { tool_permissions: { default: 'allow' } } } },
    'zed',
    'acts without asking',
    true,
  ],
  [
    'Zed whose terminal asks',
    {
      '.zed/settings.json': {
        agent: { tool_permissions: { default: 'allow', tools: { terminal: { default: 'confirm' } } } },
      },
    },
    'zed',
    'changes files without asking',
    false,
  ],
  [
    'Cursor without rules',
    { '.cursor/cli.json': { permissions: { allow: ['Shell(*)'] } } },
    'cursor',
    'acts without asking',
    true,
  ],
] as const)('autonomy: %s', async (_, files, client, autonomy, shell) => {
  const { ending } = await repository(files)
  const { attributes, unknowns } = ending(`/${client}`)
  expect(attributes['autonomy']).toBe(autonomy)
  expect(attributes['shellAlone']).toBe(shell)
  if (autonomy === undefined) expect(unknowns?.['autonomy']).toBeDefined()
  else expect(attributes['autonomyBecause']).toHaveLength(1)
})

test('settings of an editor that say nothing of an agent make none', async () => {
  const { entities } = await repository({
    '.vscode/settings.json': '{"editor.tabSize": 2}',
    '.zed/settings.json': '{"theme": "One"}',
  })
  expect(entities.filter(({ type }) => type === 'ai_agent')).toEqual([])
})

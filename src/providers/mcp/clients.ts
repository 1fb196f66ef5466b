/** Which clients there are, where each keeps its configuration, and what in it is what. */
import { at, type Tree, textOf, treeOf } from './names.ts'
import type { Format } from './parse.ts'
import {
  agentCard,
  allowedTools,
  claudeAgent,
  claudeCode,
  codex,
  continued,
  crewAgent,
  cursorCli,
  framework,
  gemini,
  goose,
  nothing,
  opencode,
  type Reader,
  vsCode,
  zed,
} from './told.ts'

export interface ConfigPlace {
  /** Relative to a home or folder, or absolute; `*` stands for one name. */
  path: string
  format: Format
  reader: Reader
  /** Does each such file describe an agent of its own, named like the file? */
  own?: boolean
  /** Does the file hold much else? Then it tells of an agent only where it says something of one. */
  shared?: boolean
  /** Agents that one file describes, each by its name; a file in which there are none is not of this client. */
  members?: (tree: Tree) => { name: string; tree: Tree }[]
}

export interface Client {
  id: string
  title: string
  /** Does it run in a terminal or editor, with the files of whoever runs it? */
  hands: boolean
  home: readonly ConfigPlace[]
  folder: readonly ConfigPlace[]
  system?: readonly ConfigPlace[]
  /** Where the map (or list) of servers stands; the first that is there counts. */
  servers: readonly (readonly string[])[]
  /** Where projects stand whose value has servers of its own. */
  projects?: string
  /** Files in a home that are written whenever the agent is used. */
  state?: readonly string[]
}

const json = (path: string, reader: Reader = nothing): ConfigPlace => ({ path, format: 'jsonc', reader })
const toml = (path: string, reader: Reader = nothing): ConfigPlace => ({ path, format: 'toml', reader })
const yaml = (path: string, reader: Reader = nothing): ConfigPlace => ({ path, format: 'yaml', reader })
const own = (place: ConfigPlace): ConfigPlace => ({ ...place, own: true })
const shared = (place: ConfigPlace): ConfigPlace => ({ ...place, shared: true })
const subagents: ConfigPlace = { path: '.claude/agents/*.md', format: 'markdown', reader: claudeAgent, own: true }

const crew = (tree: Tree) =>
  Object.entries(tree).flatMap(([name, one]) =>
    textOf(at(one, 'role')) && textOf(at(one, 'goal')) ? { name, tree: treeOf(one) } : [],
  )
const graphs = (tree: Tree) => Object.keys(treeOf(tree['graphs'])).map((name) => ({ name, tree: {} }))
const card = (tree: Tree) => {
  const name = textOf(tree['name'])
  return name && (tree['skills'] !== undefined || tree['url'] !== undefined) ? [{ name, tree }] : []
}

const MCP: readonly (readonly string[])[] = [['mcpServers']]
const EDITORS = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf']
/** The places of an extension's file in each editor that is made from VS Code, on Linux, macOS and remote machines. */
const extension = (file: string): ConfigPlace[] => [
  ...EDITORS.flatMap((editor) => [
    json(`.config/${editor}/User/globalStorage/${file}`),
    json(`Library/Application Support/${editor}/User/globalStorage/${file}`),
  ]),
  json(`.vscode-server/data/User/globalStorage/${file}`),
  json(`.cursor-server/data/User/globalStorage/${file}`),
]

export const clients: readonly Client[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    hands: false,
    home: [
      json('.config/Claude/claude_desktop_config.json'),
      json('Library/Application Support/Claude/claude_desktop_config.json'),
      json('AppData/Roaming/Claude/claude_desktop_config.json'),
    ],
    folder: [json('claude_desktop_config.json')],
    servers: MCP,
  },
  {
    id: 'claude-code',
    title: 'Claude Code',
    hands: true,
    home: [
      json('.claude.json', claudeCode),
      json('.claude/settings.json', claudeCode),
      json('.claude/settings.local.json', claudeCode),
      subagents,
    ],
    folder: [
      json('.mcp.json'),
      json('.claude/settings.json', claudeCode),
      json('.claude/settings.local.json', claudeCode),
      subagents,
    ],
    system: [json('/etc/claude-code/managed-settings.json', claudeCode), json('/etc/claude-code/managed-mcp.json')],
    servers: MCP,
    projects: 'projects',
    state: ['.claude/history.jsonl'],
  },
  {
    id: 'cursor',
    title: 'Cursor',
    hands: true,
    home: [json('.cursor/mcp.json'), json('.cursor/cli-config.json', cursorCli)],
    folder: [json('.cursor/mcp.json'), json('.cursor/cli.json', cursorCli)],
    servers: MCP,
  },
  {
    id: 'vs-code',
    title: 'VS Code',
    hands: true,
    home: ['.config/Code', '.config/Code - Insiders', '.config/VSCodium', 'Library/Application Support/Code'].flatMap(
      (folder) => [json(`${folder}/User/mcp.json`), shared(json(`${folder}/User/settings.json`, vsCode))],
    ),
    folder: [
      json('.vscode/mcp.json'),
      shared(json('.vscode/settings.json', vsCode)),
      shared(json('.devcontainer/devcontainer.json')),
    ],
    servers: [['servers'], ['mcp', 'servers'], ['mcp.servers'], ['customizations', 'vscode', 'mcp', 'servers']],
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    hands: true,
    home: [json('.codeium/windsurf/mcp_config.json'), json('.codeium/mcp_config.json')],
    folder: [],
    servers: MCP,
  },
  {
    id: 'codex',
    title: 'Codex',
    hands: true,
    home: [toml('.codex/config.toml', codex)],
    folder: [toml('.codex/config.toml', codex)],
    servers: [['mcp_servers']],
    state: ['.codex/history.jsonl'],
  },
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    hands: true,
    home: [json('.gemini/settings.json', gemini)],
    folder: [json('.gemini/settings.json', gemini)],
    system: [json('/etc/gemini-cli/settings.json', gemini)],
    servers: MCP,
  },
  {
    id: 'zed',
    title: 'Zed',
    hands: true,
    home: [shared(json('.config/zed/settings.json', zed))],
    folder: [shared(json('.zed/settings.json', zed))],
    servers: [['context_servers']],
  },
  {
    id: 'cline',
    title: 'Cline',
    hands: true,
    home: extension('saoudrizwan.claude-dev/settings/cline_mcp_settings.json'),
    folder: [],
    servers: MCP,
  },
  {
    id: 'roo-code',
    title: 'Roo Code',
    hands: true,
    home: extension('rooveterinaryinc.roo-cline/settings/mcp_settings.json'),
    folder: [json('.roo/mcp.json')],
    servers: MCP,
  },
  {
    id: 'continue',
    title: 'Continue',
    hands: true,
    home: [yaml('.continue/config.yaml', continued), json('.continue/config.json', continued)],
    folder: [
      yaml('.continue/config.yaml', continued),
      yaml('.continue/mcpServers/*.yaml'),
      json('.continue/mcpServers/*.json'),
    ],
    servers: [...MCP, ['experimental', 'modelContextProtocolServers']],
  },
  {
    id: 'amazon-q',
    title: 'Amazon Q',
    hands: true,
    home: [
      json('.aws/amazonq/mcp.json'),
      json('.aws/amazonq/agents/default.json', allowedTools),
      own(json('.aws/amazonq/cli-agents/*.json', allowedTools)),
    ],
    folder: [
      json('.amazonq/mcp.json'),
      json('.amazonq/default.json', allowedTools),
      own(json('.amazonq/cli-agents/*.json', allowedTools)),
    ],
    servers: MCP,
  },
  {
    id: 'kiro',
    title: 'Kiro',
    hands: true,
    home: [json('.kiro/settings/mcp.json'), own(json('.kiro/agents/*.json', allowedTools))],
    folder: [json('.kiro/settings/mcp.json'), own(json('.kiro/agents/*.json', allowedTools))],
    servers: MCP,
  },
  {
    id: 'goose',
    title: 'Goose',
    hands: true,
    home: [yaml('.config/goose/config.yaml', goose)],
    folder: [],
    servers: [['extensions']],
  },
  {
    id: 'opencode',
    title: 'opencode',
    hands: true,
    home: [json('.config/opencode/opencode.json', opencode), json('.config/opencode/opencode.jsonc', opencode)],
    folder: [json('opencode.json', opencode), json('opencode.jsonc', opencode)],
    servers: [['mcp']],
  },
  {
    id: 'copilot-cli',
    title: 'GitHub Copilot CLI',
    hands: true,
    home: [json('.copilot/mcp-config.json')],
    folder: [json('.github/mcp.json')],
    servers: MCP,
  },
  {
    id: 'junie',
    title: 'Junie',
    hands: true,
    home: [json('.junie/mcp/mcp.json')],
    folder: [json('.junie/mcp/mcp.json')],
    servers: MCP,
  },
  { id: 'lm-studio', title: 'LM Studio', hands: false, home: [json('.lmstudio/mcp.json')], folder: [], servers: MCP },
  {
    id: 'librechat',
    title: 'LibreChat',
    hands: false,
    home: [],
    folder: [yaml('librechat.yaml'), yaml('librechat.yml')],
    servers: MCP,
  },
  {
    id: 'fast-agent',
    title: 'fast-agent',
    hands: false,
    home: [],
    folder: [yaml('fastagent.config.yaml', framework), yaml('fastagent.secrets.yaml')],
    servers: [
      ['mcp', 'servers'],
      ['mcp', 'targets'],
    ],
  },
  {
    id: 'mcp-agent',
    title: 'mcp-agent',
    hands: false,
    home: [],
    folder: [yaml('mcp_agent.config.yaml', framework), yaml('mcp_agent.secrets.yaml')],
    servers: [['mcp', 'servers']],
  },
  {
    id: 'langgraph',
    title: 'LangGraph',
    hands: false,
    home: [],
    folder: [{ ...json('langgraph.json'), members: graphs }],
    servers: [],
  },
  {
    id: 'crewai',
    title: 'CrewAI',
    hands: false,
    home: [],
    folder: ['config/agents.yaml', 'config/agents.yml', 'agents.yaml'].map((path) => ({
      ...yaml(path, crewAgent),
      members: crew,
    })),
    servers: [],
  },
  {
    id: 'a2a',
    title: 'Agent2Agent',
    hands: false,
    home: [],
    folder: ['.well-known/agent-card.json', '.well-known/agent.json'].map((path) => ({
      ...json(path, agentCard),
      members: card,
    })),
    servers: [],
  },
]

/** What a configuration tells of an agent, whichever client it is of. */
import { at, type Tree, textOf, treeOf, wordsOf } from './names.ts'

/** Least first: it only plans; it asks before it acts; it changes files without asking; it acts without asking. */
export const LEVELS = ['plans', 'asks', 'edits', 'acts'] as const
export type Level = (typeof LEVELS)[number]

/** What the tools that a client brings along may do without anybody being asked. */
export interface Alone {
  shell?: boolean
  write?: boolean
  web?: boolean
}

export interface Told {
  model?: string | undefined
  modelProvider?: string | undefined
  /** The setting that makes the level, in words. */
  autonomy?: { level: Level; because: string }
  alone?: Alone
  /** Tools and rules that are allowed without asking, as the configuration writes them. */
  allowed?: string[]
  /** Server names whose tools all run without asking. */
  trusted?: string[]
  /** Server names that are switched off elsewhere in the file. */
  disabled?: string[]
  sponsor?: string | undefined
}

export type Reader = (tree: Tree) => Told

/** Rules such as `Bash(npm test:*)`, `execute_bash`, `Shell(git)`: what they let an agent do alone. */
export function aloneOf(rules: readonly string[]): Alone {
  const wide = (names: RegExp) =>
    rules.some((rule) => {
      const [, name, what] = /^([\w*@-]+)(?:\((.*)\))?$/s.exec(rule) ?? []
      return (
        name !== undefined &&
        names.test(name) &&
        (what === undefined || /^(:?\*+|\*\*|.*\*\*\/?\*?|\/{1,2}\*\*)$/.test(what))
      )
    })
  return {
    shell: wide(/^(\*|bash|shell|execute_bash|execute_cmd|run_shell_command|terminal|run_command|developer__shell)$/i),
    write: wide(
      /^(\*|edit|write|multiedit|notebookedit|fs_write|write_file|replace|edit_file|developer__text_editor)$/i,
    ),
    // A web tool that may go to one site is no way out to any.
    web: rules.some((rule) => /^(\*|webfetch|websearch|web_fetch|web_search|fetch|browser)$/i.test(rule)),
  }
}

const levelOf = (alone: Alone): Level => (alone.shell ? 'acts' : alone.write ? 'edits' : 'asks')

/** Rules and a default mode, as clients with allow lists have them. */
export function withRules(rules: string[], mode?: Told['autonomy'], more: Told = {}): Told {
  const alone = aloneOf(rules)
  const byRules: Told['autonomy'] | undefined =
    alone.shell || alone.write
      ? { level: levelOf(alone), because: `it allows ${rules.slice(0, 3).join(', ')}` }
      : undefined
  const autonomy = [mode, byRules].filter((one) => one !== undefined).sort(byLevel)[0]
  return {
    ...more,
    allowed: rules,
    alone: mode ? { ...alone, ...aloneAt(mode.level, alone) } : alone,
    ...(autonomy && { autonomy }),
  }
}

export const byLevel = (a: { level: Level }, b: { level: Level }): number =>
  LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level)

const aloneAt = (level: Level, alone: Alone): Alone =>
  level === 'acts' ? { shell: true, write: true, web: true } : level === 'edits' ? { write: true } : alone

const acts = (because: string): Told => ({
  autonomy: { level: 'acts', because },
  alone: { shell: true, write: true, web: true },
})

export const nothing: Reader = () => ({})

export const claudeCode: Reader = (tree) => {
  const permissions = at(tree, 'permissions')
  const mode = textOf(at(permissions, 'defaultMode'))
  const denied = new Set(wordsOf(at(permissions, 'deny')))
  const projects = Object.values(treeOf(at(tree, 'projects')))
  const rules = [...wordsOf(at(permissions, 'allow')), ...projects.flatMap((one) => wordsOf(at(one, 'allowedTools')))]
  const levels: Record<string, Level> = {
    bypassPermissions: 'acts',
    auto: 'acts',
    acceptEdits: 'edits',
    default: 'asks',
    plan: 'plans',
  }
  const level = mode === undefined || !Object.hasOwn(levels, mode) ? undefined : levels[mode]
  return withRules(
    [...new Set(rules)].filter((rule) => !denied.has(rule)),
    level && { level, because: `permissions.defaultMode is ${mode}` },
    {
      model: textOf(at(tree, 'model')) ?? textOf(at(tree, 'env', 'ANTHROPIC_MODEL')),
      modelProvider: 'anthropic',
      disabled: wordsOf(at(tree, 'disabledMcpjsonServers')),
    },
  )
}

/** The head of `.claude/agents/<name>.md`. */
export const claudeAgent: Reader = (tree) => {
  const rules = wordsOf(at(tree, 'tools'))
  const mode = textOf(at(tree, 'permissionMode'))
  const model = textOf(at(tree, 'model'))
  return {
    model: model === 'inherit' ? undefined : model,
    modelProvider: 'anthropic',
    ...(mode === 'bypassPermissions' && acts('permissionMode is bypassPermissions')),
    ...(mode === 'acceptEdits' && {
      autonomy: { level: 'edits', because: 'permissionMode is acceptEdits' } as const,
      alone: { write: true },
    }),
    // What a subagent may use is not what it may use unasked: the session that started it decides.
    allowed: mode === 'bypassPermissions' ? rules : [],
  }
}

export const codex: Reader = (tree) => {
  const policy = textOf(at(tree, 'approval_policy'))
  const sandbox = textOf(at(tree, 'sandbox_mode')) ?? 'read-only'
  const network = at(tree, 'sandbox_workspace_write', 'network_access') === true
  const told: Told = {
    model: textOf(at(tree, 'model')),
    modelProvider: textOf(at(tree, 'model_provider')) ?? 'openai',
    trusted: serversWhere(tree, 'mcp_servers', (one) => at(one, 'default_tools_approval_mode') === 'approve'),
  }
  if (policy !== 'never')
    return {
      ...told,
      ...(policy !== undefined && { autonomy: { level: 'asks', because: `approval_policy is ${policy}` } as const }),
    }
  const because = `approval_policy is never and sandbox_mode is ${sandbox}`
  if (sandbox === 'danger-full-access') return { ...told, ...acts(because) }
  // Commands run unasked inside the sandbox: files of the workspace at most, the network where it is opened.
  return sandbox === 'workspace-write'
    ? { ...told, autonomy: { level: 'edits', because }, alone: { write: true, web: network } }
    : { ...told, autonomy: { level: 'asks', because } }
}

export const gemini: Reader = (tree) => {
  const mode = textOf(at(tree, 'general', 'defaultApprovalMode')) ?? textOf(at(tree, 'tools', 'approvalMode'))
  const told: Told = {
    model: textOf(at(tree, 'model', 'name')) ?? textOf(at(tree, 'model')),
    modelProvider: 'google',
    trusted: serversWhere(tree, 'mcpServers', (one) => at(one, 'trust') === true),
  }
  if (mode === 'yolo') return { ...told, ...acts('general.defaultApprovalMode is yolo') }
  return withRules(
    [...wordsOf(at(tree, 'tools', 'allowed')), ...wordsOf(at(tree, 'allowedTools'))],
    mode === 'auto_edit'
      ? { level: 'edits', because: 'general.defaultApprovalMode is auto_edit' }
      : mode === 'default'
        ? { level: 'asks', because: 'general.defaultApprovalMode is default' }
        : undefined,
    told,
  )
}

export const cursorCli: Reader = (tree) => {
  const mode = textOf(at(tree, 'approvalMode'))
  if (mode === 'unrestricted') return acts('approvalMode is unrestricted')
  return withRules(
    wordsOf(at(tree, 'permissions', 'allow')),
    mode === 'allowlist' ? { level: 'asks', because: 'approvalMode is allowlist' } : undefined,
  )
}

/** Dotted names are one key in the settings of VS Code. */
export const vsCode: Reader = (tree) => {
  for (const name of ['chat.tools.global.autoApprove', 'chat.tools.autoApprove'])
    if (at(tree, name) === true) return acts(`${name} is on`)
  const commands = Object.entries(treeOf(at(tree, 'chat.tools.terminal.autoApprove'))).filter(
    ([, one]) => one === true || at(one, 'approve') === true,
  )
  const any = commands.some(([pattern]) => /^\/(\^?\.\*\$?|\.\+|\^|\(\?:\.\*\))\/[a-z]*$/.test(pattern))
  return any
    ? {
        autonomy: { level: 'acts', because: 'chat.tools.terminal.autoApprove allows every command' },
        alone: { shell: true, write: true },
      }
    : commands.length > 0
      ? { allowed: commands.map(([pattern]) => `terminal(${pattern})`).slice(0, 100) }
      : {}
}

export const zed: Reader = (tree) => {
  const agent = at(tree, 'agent')
  const told: Told = {
    model: textOf(at(agent, 'default_model', 'model')),
    modelProvider: textOf(at(agent, 'default_model', 'provider')),
  }
  const terminal = textOf(at(agent, 'tool_permissions', 'tools', 'terminal', 'default'))
  if (at(agent, 'always_allow_tool_actions') === true)
    return { ...told, ...acts('agent.always_allow_tool_actions is on') }
  if (terminal === 'allow')
    return { ...told, ...acts('the default of the terminal in agent.tool_permissions is allow') }
  if (at(agent, 'tool_permissions', 'default') !== 'allow') return told
  if (terminal === undefined) return { ...told, ...acts('agent.tool_permissions.default is allow') }
  return {
    ...told,
    autonomy: { level: 'edits', because: 'agent.tool_permissions.default is allow, and the terminal asks' },
    alone: { write: true, web: true },
  }
}

export const goose: Reader = (tree) => {
  const mode = textOf(at(tree, 'GOOSE_MODE'))
  const told: Told = {
    model: textOf(at(tree, 'GOOSE_MODEL')),
    modelProvider: textOf(at(tree, 'GOOSE_PROVIDER')) ?? textOf(at(tree, 'active_provider')),
  }
  // Versions differ in what they do where nothing is set, so silence stays unknown.
  if (mode === 'auto') return { ...told, ...acts('GOOSE_MODE is auto') }
  if (mode === 'chat') return { ...told, autonomy: { level: 'plans', because: 'GOOSE_MODE is chat' } }
  return mode === 'approve' || mode === 'smart_approve'
    ? { ...told, autonomy: { level: 'asks', because: `GOOSE_MODE is ${mode}` } }
    : told
}

/** What is not named in `permission` is allowed. */
export const opencode: Reader = (tree) => {
  const permission = at(tree, 'permission')
  const verdict = (name: string): string | undefined => {
    const one = textOf(permission) ?? at(permission, name) ?? at(permission, '*')
    return textOf(one) ?? textOf(at(one, '*'))
  }
  const alone = { shell: free('bash'), write: free('edit'), web: free('webfetch') }
  function free(name: string): boolean {
    return (verdict(name) ?? 'allow') === 'allow' && at(tree, 'tools', name) !== false
  }
  const model = textOf(at(tree, 'model'))
  return {
    model,
    modelProvider: model?.includes('/') ? model.split('/')[0] : undefined,
    autonomy: {
      level: levelOf(alone),
      because:
        permission === undefined
          ? 'it has no permission section, and what is not named is allowed'
          : alone.shell
            ? 'its permission section allows bash'
            : 'its permission section asks before bash',
    },
    alone,
  }
}

/** Agents of Amazon Q and of Kiro. */
export const allowedTools: Reader = (tree) =>
  withRules(wordsOf(at(tree, 'allowedTools')), undefined, {
    model: textOf(at(tree, 'model')),
    trusted: wordsOf(at(tree, 'allowedTools')).flatMap((one) => /^@([^/]+)$/.exec(one)?.[1] ?? []),
  })

export const continued: Reader = (tree) => {
  const models = at(tree, 'models')
  const first = Array.isArray(models) ? models[0] : undefined
  return { model: textOf(at(first, 'model')), modelProvider: textOf(at(first, 'provider')) }
}

export const framework: Reader = (tree) => ({
  model:
    textOf(at(tree, 'default_model')) ??
    textOf(at(tree, 'openai', 'default_model')) ??
    textOf(at(tree, 'anthropic', 'default_model')),
})

/** One agent of a CrewAI crew: nothing asks before its tools run, unless its tasks do. */
export const crewAgent: Reader = (tree) => {
  const told: Told = {
    model: textOf(at(tree, 'llm')) ?? textOf(at(tree, 'llm', 'model')),
    allowed: wordsOf(at(tree, 'tools')),
  }
  return at(tree, 'allow_code_execution') === true ? { ...told, ...acts('allow_code_execution is on') } : told
}

/** An A2A card says who offers the agent. */
export const agentCard: Reader = (tree) => ({ sponsor: textOf(at(tree, 'provider', 'organization')) })

const serversWhere = (tree: Tree, name: string, is: (server: unknown) => boolean): string[] =>
  Object.entries(treeOf(at(tree, name)))
    .filter(([, one]) => is(one))
    .map(([server]) => server)

/** What `${{ … }}` in a workflow's text reaches for. */

const EXPRESSION = /\$\{\{([\s\S]{0,2000}?)\}\}/g

/** All strings in a value, with the path to each. */
export function* stringsIn(
  value: unknown,
  path: (string | number)[] = [],
): Generator<{ text: string; path: (string | number)[] }> {
  if (typeof value === 'string') yield { text: value, path }
  else if (Array.isArray(value)) for (const [at, item] of value.entries()) yield* stringsIn(item, [...path, at])
  else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) yield* stringsIn(item, [...path, name])
  }
}

export const expressions = (text: string): string[] => [...text.matchAll(EXPRESSION)].map((match) => match[1]!.trim())

/** Names of the secrets that a value uses; `*` when it takes all of them; `GITHUB_TOKEN` for the job's own token. */
export function secretsIn(value: unknown): string[] {
  const names = new Set<string>()
  for (const { text } of stringsIn(value)) {
    if (!text.includes('${{')) continue
    for (const expression of expressions(text)) {
      for (const match of expression.matchAll(
        /\bsecrets\s*(?:\.\s*([A-Za-z_][A-Za-z0-9_]*)|\[\s*'([^']{1,200})'\s*\])/g,
      )) {
        names.add((match[1] ?? match[2])!.toUpperCase())
      }
      if (/\btojson\(\s*secrets\s*\)/i.test(expression) || /\bsecrets\s*\[\s*[^'\s]/.test(expression)) names.add('*')
      if (/\bgithub\.token\b/.test(expression)) names.add('GITHUB_TOKEN')
    }
  }
  return [...names].sort()
}

/** Contexts that whoever opens an issue or a pull request writes: titles, bodies, branch names, messages. */
const HOSTILE =
  /^github\.(?:head_ref|event\.(?:(?:issue|pull_request|discussion)\.(?:title|body)|(?:comment|review|review_comment)\.body|pull_request\.head\.(?:ref|label|repo\.default_branch)|pages(?:\.\*|\[\d+\])\.page_name|(?:head_commit|commits(?:\.\*|\[\d+\]))\.(?:message|author\.(?:name|email)|committer\.(?:name|email))|workflow_run\.(?:head_branch|display_title|head_commit\.message|head_commit\.author\.(?:name|email)|pull_requests(?:\.\*|\[\d+\])\.head\.ref)))$/

/** Expressions in a script whose value an outsider writes, so that it becomes part of the program. */
export function hostileIn(script: string): string[] {
  const found = new Set<string>()
  for (const expression of expressions(script)) {
    for (const operand of expression.split(/&&|\|\|/)) {
      const bare = operand
        .trim()
        .replace(/^\(+|\)+$/g, '')
        .replace(/^(?:tojson|format|join)\(\s*(?:'[^']*'\s*,\s*)?/i, '')
        .replace(/\s*(?:,\s*'[^']*')?\)*$/, '')
        .trim()
      if (HOSTILE.test(bare)) found.add(bare)
    }
  }
  return [...found]
}

/** Does a checkout's `ref` or `repository` name what a stranger proposed? */
export const isStrangersRef = (text: string): boolean =>
  /github\.(?:head_ref|event\.pull_request\.(?:head\.(?:sha|ref|repo\.full_name)|merge_commit_sha)|event\.workflow_run\.(?:head_sha|head_branch|head_commit\.id|head_repository\.full_name))|refs\/pull\/|needs\.[\w-]+\.outputs\.(?:head_?sha|pr_?(?:head_?)?sha|head_?ref)/i.test(
    text,
  )

/** Does a condition let only the repository's own branches through? */
export const keepsStrangersOut = (condition: string): boolean =>
  /head\.repo\.full_name\s*==\s*github\.repository|github\.repository\s*==\s*github\.event\.pull_request\.head\.repo\.full_name|!\s*github\.event\.pull_request\.head\.repo\.fork|head\.repo\.fork\s*==\s*false|head_repository\.full_name\s*==\s*github\.repository|head\.repo\.owner\.login\s*==|head_branch\s*==\s*'|github\.event\.workflow_run\.event\s*==\s*'push'|event\.workflow_run\.event\s*!=\s*'pull_request'|github\.actor\s*==\s*'(?:dependabot|renovate)\[bot\]'/.test(
    condition,
  )

import type { Run } from '../../sdk/index.ts'
import { clean } from './host.ts'
import { type Found, found, isPlaceholder } from './secrets.ts'

/** The ways to give a program its secret on the command line; the group `value` is the secret. */
const GIVEN: readonly { pattern: RegExp; title: string; method: Found['method'] }[] = [
  {
    pattern:
      /(?:^|\s)--?[a-z0-9-]{0,30}(?:password|passwd|passphrase|token|secret|api-?key|access-?key|secret-?key)[=\s]\s?(?<value>"[^"]{1,500}"|'[^']{1,500}'|[^\s"']{1,500})/gi,
    title: 'secret in an option',
    method: 'token',
  },
  {
    pattern:
      /(?:^|\s)[A-Za-z0-9_]{0,40}(?:PASS|PASSWORD|PASSWD|TOKEN|SECRET|API_KEY|ACCESS_KEY)=(?<value>"[^"]{1,500}"|'[^']{1,500}'|[^\s"']{1,500})/gi,
    title: 'secret in a variable',
    method: 'token',
  },
  {
    pattern: /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/'"]{0,100}:(?<value>[^\s@/'"]{1,200})@/gi,
    title: 'password in an address',
    method: 'password',
  },
  {
    pattern: /\b(?:curl|wget|http)\b[^\n]{0,500}?\s(?:-u|--user)[=\s]?['"]?[^\s:'"]{1,100}:(?<value>[^\s'"]{1,200})/gi,
    title: 'password of curl --user',
    method: 'password',
  },
  {
    pattern:
      /\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|mariadb-admin)\b[^\n|;]{0,500}?\s-p(?<value>[^\s'"]{1,200})/g,
    title: 'password of mysql -p',
    method: 'password',
  },
  {
    pattern: /\bsshpass\s+-p\s?(?<value>"[^"]{1,200}"|'[^']{1,200}'|[^\s'"]{1,200})/g,
    title: 'password of sshpass',
    method: 'password',
  },
  {
    pattern: /\bredis-cli\b[^\n|;]{0,300}?\s-a\s(?<value>[^\s'"]{1,200})/g,
    title: 'password of redis-cli',
    method: 'password',
  },
  {
    pattern: /\bauthorization:\s{0,3}(?:basic|bearer|token)\s{1,3}(?<value>[^\s'"]{1,2000})/gi,
    title: 'token in a header',
    method: 'token',
  },
]

const LONGEST = 20_000

/** What a command line gives away, and the line with it blotted out: safe to show. */
export function inspectCommand(run: Run, given: string): { shown: string; secrets: Found[] } {
  const text = given.slice(0, LONGEST)
  const spans: { start: number; end: number }[] = []
  const secrets: Found[] = []
  for (const { pattern, title, method } of GIVEN) {
    for (const match of text.matchAll(pattern)) {
      const quoted = match.groups!.value!
      const value = quoted.replace(/^(["'])(.*)\1$/s, '$2')
      const start = match.index + match[0].lastIndexOf(quoted)
      spans.push({ start, end: start + quoted.length })
      if (isPlaceholder(value) || /^[/@-]/.test(value) || value.length < 6) continue
      const one = found(value, { detector: 'command-line', provider: 'generic', title, severity: 'high', method })
      if (one) secrets.push(one)
    }
  }
  const bytes = new TextEncoder().encode(text)
  const decoder = new TextDecoder()
  for (const detection of run.scan(bytes, { file: 'command.sh' })) {
    secrets.push(detection)
    const start = decoder.decode(bytes.subarray(0, detection.start)).length
    spans.push({ start, end: start + decoder.decode(bytes.subarray(detection.start, detection.end)).length })
  }
  return { shown: clean(blot(text, spans), 500), secrets }
}

function blot(text: string, spans: { start: number; end: number }[]): string {
  let shown = ''
  let at = 0
  for (const { start, end } of spans.sort((a, b) => a.start - b.start)) {
    if (end <= at) continue
    if (start >= at) shown += `${text.slice(at, start)}****`
    at = end
  }
  return shown + text.slice(at)
}

export interface Script {
  /** Absolute paths it names. */
  paths: string[]
  /** Private keys it logs in with. */
  keyFiles: string[]
  /** Lines that run what they have just fetched. */
  fetched: { line: number; from: string }[]
}

const SHELL = String.raw`(?:sudo\s+(?:-\S+\s+)*)?(?:/\S*/)?(?:(?:ba|da|z|k|a)?sh|(?:python[0-9.]*|perl|ruby|node|php)(?=\s*(?:-\s*)?(?:$|[|;&)])))\b`
const FETCH = String.raw`\b(?:curl|wget|fetch)\b`
/** Where a command begins: after a separator, a keyword, `-c '`, or variables of its own. */
const BEGIN = String.raw`(?:^|[;&|({${'`'}]|\b(?:then|do|else|if|while|sudo|exec|env|nice|time)\s|-c\s+["'])\s*(?:[A-Za-z_]\w{0,40}=\S{0,200}\s+){0,8}(?:/\S{0,100}/)?`
const RUNS_WHAT_IT_FETCHED = [
  new RegExp(
    String.raw`${BEGIN}${FETCH}[^|;&\n]{0,2000}\|\s*(?:(?:tee|gunzip|zcat|base64|tr|sed|gzip|bunzip2|xz)\b[^|\n]{0,200}\|\s*){0,3}${SHELL}`,
  ),
  new RegExp(String.raw`(?:^|[\s;&|(])(?:${SHELL}|source|\.)\s+(?:-\S+\s+)*<\(\s*${FETCH}[^)\n]{0,2000}\)`),
  new RegExp(String.raw`(?:^|[\s;&|(])(?:${SHELL}\s+(?:-\S+\s+)*-c|eval)\s+["']?(?:\$\(|${'`'})\s*${FETCH}`),
]
const HERE = /^(?:[a-z]+:\/\/)?(?:localhost|127\.|\[::1\]|unix:)/i
const KEY_FILE =
  /(?:(?:-i|--key|--private-key|--ssh-key)[=\s]+|IdentityFile[=\s]+|ssh_private_key_file[=\s]+)["']?(~?\/[^\s"';|&)]{1,500})|(?<![\w.-])(~?\/[^\s"'`;|&()<>=:]{0,400}\/(?:id_[a-z0-9_-]{2,40}|[^\s"'`;|&()<>=:/]{1,100}\.(?:pem|ppk|key)))(?![\w.-])/g
const PATH = /(?<![\w.$~}-])\/(?:[\w.@+-]+\/)*[\w.@+-]+/g
const LONGEST_LINE = 8000
const SCRIPT_LINES = 20_000

/** What a shell script, crontab command or ExecStart does that matters here. Reads lines; understands no shell. */
export function readScript(text: string, home = '/root'): Script {
  const paths = new Set<string>()
  const keyFiles = new Set<string>()
  const fetched: Script['fetched'] = []
  const lines = text.split('\n', SCRIPT_LINES)
  for (let at = 0; at < lines.length; at++) {
    const number = at + 1
    let line = lines[at]!.slice(0, LONGEST_LINE)
    while (line.endsWith('\\') && at + 1 < lines.length && line.length < LONGEST_LINE)
      line = `${line.slice(0, -1)} ${lines[++at]!.slice(0, LONGEST_LINE)}`
    if (/^\s*#/.test(line)) continue
    for (const [path] of line.matchAll(PATH)) if (paths.size < 500) paths.add(path)
    for (const match of line.matchAll(KEY_FILE)) {
      const path = (match[1] ?? match[2])!.replace(/^~(?=\/)/, home)
      if (keyFiles.size < 50 && !path.includes('$') && !path.endsWith('.pub')) keyFiles.add(path)
    }
    if (RUNS_WHAT_IT_FETCHED.some((pattern) => pattern.test(line))) {
      const from = /https?:\/\/[^\s"'`|)]{1,300}/i.exec(line)?.[0] ?? 'an address in a variable'
      if (!HERE.test(from.replace(/^https?:\/\/[^@/]*@/i, '')))
        fetched.push({ line: number, from: from.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '') })
    }
  }
  return { paths: [...paths], keyFiles: [...keyFiles], fetched: fetched.slice(0, 20) }
}

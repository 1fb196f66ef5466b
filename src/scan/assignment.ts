import type { Match } from './detector.ts'
import { wordsOf } from './value.ts'

/**
 * The grammar of an assignment, in the forms languages and configuration files have: a name that holds a keyword, an operator and a
 * value. It is one bounded pattern with groups; what a name and a value mean is judged by the detectors that use it.
 */

const BLANK = String.raw`[ \t]{0,12}`
/** A line break where only blanks and the value follow. */
const BREAK = String.raw`(?:[ \t]{0,12}\\?\r?\n)?[ \t]{0,40}`
const CLOSE = String.raw`(?:\\?["'\x60\])}]){0,3}(?:\[\d{0,4}\])?`
const TYPE = String.raw`(?::[ ]{0,2}(?:&(?:'static )?)?[A-Za-z][\w.<>\[\]?| ]{0,40}?(?=[ ]{0,2}=[^=>])|[ ](?:[Ss]tring|str|char|text|const char\*))?`
const ENV = String.raw`(?:(?:process\.env|import\.meta\.env|ENV|os\.environ(?:\.get)?|os\.getenv|getenv|env|System\.getenv|\$_ENV)[.(\[][^\r\n"'\x60]{0,4}["'\x60]?[\w.-]{1,60}["'\x60]?[)\]]?[ ]{0,2}(?:\|\||\?\?|or|\?:|,)[ ]{0,2})?`
const WRAP = String.raw`(?:(?:new[ ])?(?:String|Buffer\.from|\[\]byte|bytes|str|Secret|SecretStr|quote|base64_decode|b64decode|Some|c|list|array)?[(\[{][ ]{0,2})?`

const OPERATORS = String.raw`(?<op>===?|!==?|:=|\?=|\|\|=|\?\?=|<-|=>|->|=|:-|:|,|\(|(?:[ \t][a-z:]{1,20}=["'][^"'\r\n<>]{0,60}["']){0,2}>|[ ]is[ ]|[ ]as[ ]|[ ]-[ ]|[ \t](?:[07][ ])?)`
/** Forms where name and value are two fields beside each other: XML attributes, plists, lists of name and value. */
const PAIRS = String.raw`(?<pair>[ \t]{1,8}(?:value|content|default|defaultValue)[ ]{0,2}=[ ]{0,2}(?=["'])|</(?:key|name|string)>[ \t\r\n]{0,40}<(?:string|value)>|>[ \t\r\n]{0,40}<value>|,?\r?\n[ \t-]{2,40}["']?(?:value|default_value|defaultValue)["']?[ ]{0,2}[:=][ ]{1,4}|,[ \t\r\n]{0,40}["'](?:value|default)["'][ ]{0,2}:[ ]{0,2}(?=["']))`

const QUOTED = String.raw`(?:[bBrRuUfFLN@]{0,2})(?:(?<escaped>\\{1,3}["'])(?<value>[^"'\\\r\n]{1,400})\\{1,3}["']|"(?<value>(?:[^"\\\r\n]|\\[^\r\n]){1,600})"|'(?<value>(?:[^'\\\r\n]|\\[^\r\n]){1,600})'|\x60(?<value>(?:[^\x60\\\r\n]|\\[^\r\n]){1,600})\x60)`
const BARE = String.raw`(?<bare>)(?:\$\{[A-Za-z_]\w{0,60}:?-)?(?<value>[^\x00-\x20"'\x60<>;,&(){}|[\]\\](?:[^\x00-\x20"'\x60<>;,&}\\]|\\(?![nrt"'\\])){1,400})`

/** `keyword` is a regular expression for the word in the name. */
export const assignment = (keyword: string): RegExp =>
  new RegExp(
    `(?<keyword>${keyword})(?<rest>[\\w.$\\x80-\\xff-]{0,48}?)${CLOSE}(?:${PAIRS}(?:${QUOTED}|${BARE})|${BLANK}${TYPE}${BLANK}${OPERATORS}${BLANK}(?:${BREAK}${ENV}${WRAP}${QUOTED}|(?:${ENV})${BARE}))`,
    'i',
  )

/** Characters of tokens: letters, digits and the signs of encodings. */
const TOKEN = String.raw`[A-Za-z0-9_\-+/=.:~%|!@#$^*?]`
const END_OF_BARE = String.raw`(?:[\x00-\x20"'\x60<>;,&}\\]|${TOKEN}{60})`

const MARKUP = String.raw`(?:[ \t][a-z:]{1,20}=["'][^"'\r\n<>]{0,60}["']){0,2}>`
const SETS = String.raw`===?|!==?|:=|\?=|\|\|=|\?\?=|=>|->|=|:|${MARKUP}|[ \t][07][ ]`

/** Values between quotes and bare ones that are wanted, each behind its operators. */
interface Wanted {
  /** Where no quote can be in it. */
  quoted: string
  /** Where other quotes than the one around it can be in it. */
  apart?: (quote: string) => string
  quotedAfter: string
  /** Operators and values. */
  bare: readonly (readonly [after: string, value: string])[]
  /** Also where name and value are two fields beside each other. */
  pairs: boolean
}

const assignmentOf = (
  keyword: string,
  rest: string,
  { quoted, apart: apartOf = () => quoted, quotedAfter, bare, pairs }: Wanted,
): RegExp => {
  const apart = ['"', "'", '\\x60'].map((quote) => `${quote}(?:${apartOf(quote)})${quote}`)
  const all = String.raw`(?:[bBrRuUfFLN@]{0,2})(?:\\{0,3}["'\x60](?:${quoted})\\{0,3}["'\x60]|\\{1,3}["'](?:${apartOf(`"'`)})\\{1,3}["']|${apart.join('|')})`
  const given = String.raw`(?:\$\{[A-Za-z_]\w{0,60}:?-)?`
  const forms = [
    ...(pairs ? [`${PAIRS}(?:${all}|${given}(?:${bare[0]![1]}))`] : []),
    `${BLANK}${TYPE}${BLANK}(?:${quotedAfter})${BLANK}${BREAK}${ENV}${WRAP}${all}`,
    ...bare.map(([after, value]) => `${BLANK}${TYPE}${BLANK}(?:${after})${BLANK}(?:${ENV})${given}(?:${value})`),
  ]
  return new RegExp(`(?:${keyword})${rest}${CLOSE}(?:${forms.join('|')})`, 'i')
}

/** Ten or more, with a capital after a small letter. */
const camelOf = (token: string): string =>
  Array.from(
    { length: 9 },
    (_, before) =>
      `${token}{${before}}${before === 8 ? `${token}*` : ''}(?-i:[a-z][A-Z])${token}{${8 - before}}${token}*`,
  ).join('|')

const REST = String.raw`[\w.$\x80-\xff-]{0,48}?`

/** Between quotes what could have been drawn: a token with a digit or a sign, or of some length, or a text with many signs. */
const DRAWN = {
  quoted: String.raw`${TOKEN}*[0-9!@#$%^&*?](?:&|${TOKEN})*|(?:&|${TOKEN}){16}(?:&|${TOKEN})*|${camelOf(TOKEN)}`,
  apart: (quote: string): string => {
    const any = String.raw`(?:[^${quote}\\\r\n]|\\[^\r\n])*`
    return String.raw`(?:${any}(?:[^A-Za-z0-9 ,.:;'/_\-${quote}\\\r\n]|\\[^\r\n])){4}${any}`
  },
}

/** Assignments of what could have been drawn. */
export const drawnAssignment = (keyword: string): RegExp => {
  const long = `${TOKEN}{16}${TOKEN}*${END_OF_BARE}`
  return assignmentOf(keyword, REST, {
    ...DRAWN,
    quotedAfter: String.raw`${SETS}|,|\(|[ \t]`,
    bare: [
      [SETS, String.raw`(?:${TOKEN}*[0-9!@#$%^*?]${TOKEN}*|${camelOf(TOKEN)})${END_OF_BARE}|${long}`],
      [String.raw`[ \t]`, long],
    ],
    pairs: true,
  })
}

/** The same in programs, where what stands bare is nearly always an expression: only long ones with a digit and without a dot. */
export const drawnAssignmentInCode = (keyword: string): RegExp => {
  const all = String.raw`[A-Za-z0-9_\-+/=:~%|!@#$^*?]`
  const other = String.raw`[A-Za-z_\-+/=:~%|!@#$^*?]`
  const withDigit = Array.from(
    { length: 20 },
    (_, before) => `${other}{${before}}${before === 19 ? `${other}*` : ''}[0-9]${all}{${19 - before}}${all}*`,
  )
  return assignmentOf(keyword, REST, {
    ...DRAWN,
    quotedAfter: String.raw`${SETS}|,|\(`,
    bare: [[SETS, `(?:${withDigit.join('|')})${END_OF_BARE}`]],
    pairs: true,
  })
}

/** Assignments of what somebody thought up: six or more letters, digits and few signs. `rest` is what may follow the keyword in the name. */
export const thoughtUpAssignment = (keyword: string, rest: string): RegExp =>
  assignmentOf(keyword, rest, {
    quoted: '[A-Za-z0-9][A-Za-z0-9_!@#$%^&*-]{5}[A-Za-z0-9_!@#$%^&*-]*',
    quotedAfter: '=>|=|:|,',
    bare: [['=>|=|:', `[A-Za-z0-9][A-Za-z0-9_!@#$%^*-]{5}[A-Za-z0-9_!@#$%^*-]*${END_OF_BARE}`]],
    pairs: false,
  })

/** Assignments of words and anything else; where no sign of an assignment stands between, bare values with a digit or a sign only. */
export const passwordAssignment = (keyword: string): RegExp => {
  const assigns = String.raw`(?:===?|!==?|:=|\?=|\|\|=|\?\?=|=>|=|:-|:|,|[ \t][07][ ]|(?:[ \t][a-z:]{1,20}=["'][^"'\r\n<>]{0,60}["']){0,2}>)`
  const joins = String.raw`(?:<-|->|\(|[ ]is[ ]|[ ]as[ ]|[ ]-[ ]|[ \t])`
  const bare = String.raw`[^\x00-\x20"'\x60<>;,&(){}|[\]\\]`
  const more = String.raw`[^\x00-\x20"'\x60<>;,&}]`
  const quotes = ['"', "'", '\\x60'].map((quote) => String.raw`${quote}(?:[^${quote}\\\r\n]|\\[^\r\n]){2}`)
  const quoted = String.raw`(?:[bBrRuUfFLN@]{0,2})(?:\\{1,3}["']|${quotes.join('|')})`
  const given = String.raw`(?:\$\{[A-Za-z_]\w{0,60}:?-)?`
  const value = `${given}${bare}${more}{2}`
  const mixed = `${given}(?:${bare}${more}*)?[0-9!@#$%^&*?+~=]`
  return new RegExp(
    `(?:${keyword})${REST}${CLOSE}(?:${PAIRS}(?:${quoted}|${value})|${BLANK}${TYPE}${BLANK}(?:${assigns}${BLANK}(?:${BREAK}${ENV}${WRAP}${quoted}|(?:${ENV})${value})|${joins}${BLANK}(?:${BREAK}${ENV}${WRAP}${quoted}|(?:${ENV})${mixed})))`,
    'i',
  )
}

export type FileKind = 'code' | 'config' | 'markup' | 'prose' | 'unknown'

const KINDS: Record<Exclude<FileKind, 'unknown'>, string> = {
  code: 'js mjs cjs ts mts cts jsx tsx vue svelte py pyi pyx rb php phtml java kt kts scala groovy gradle clj go rs c h cc cpp cxx hpp hh m mm swift cs vb fs pl pm lua r jl dart ex exs erl hs ml elm sol asm s nim zig d pas coffee sql ipynb jsp asp aspx erb ejs hbs twig jinja j2 tpl proto thrift graphql gql sass scss css less map wasm',
  config:
    'env ini cfg conf config cnf properties props toml yml yaml json json5 jsonc tf tfvars hcl tfstate plist service socket timer reg list credentials creds netrc npmrc pypirc yarnrc sh bash zsh fish bat cmd ps1 psm1 ksh dockerfile envrc nix pp ovpn rdp ica ftpconfig rc lock secrets secret pgpass my.cnf xml settings',
  markup: 'html htm xhtml svg razor cshtml vbhtml xsl xsd wsdl resx po pot xliff strings arb drawio',
  prose: 'md mdx markdown rst adoc txt text tex log eml org rtf doc docx csv tsv diff patch',
}
const KIND_OF = new Map(
  Object.entries(KINDS).flatMap(([kind, extensions]) =>
    extensions.split(' ').map((extension) => [extension, kind as FileKind] as const),
  ),
)

/** The last file asked about: many questions are about one. */
let asked: { file: string; kind: FileKind } = { file: '', kind: 'unknown' }

export const kindOf = (file: string): FileKind => {
  if (asked.file !== file) asked = { file, kind: kindNamed(file) }
  return asked.kind
}

const kindNamed = (file: string): FileKind => {
  const name = file.slice(file.lastIndexOf('/') + 1).toLowerCase()
  const dot = name.lastIndexOf('.')
  const found = dot < 0 ? undefined : KIND_OF.get(name.slice(dot + 1))
  if (found !== undefined) return found
  if (
    /\.env\b|^\.(?:env|bash|zsh|profile|netrc|my|pg|git|npm|pypi|docker|s3|boto|aws|ssh|sql|irb|curl|wget|esmtp|msmtp|mutt|fetchmail|offlineimap|vault|kube|terraform|htpasswd)|rc$|^(?:dockerfile|makefile|jenkinsfile|vagrantfile|procfile|credentials|config|hub|environment|authinfo|docker-compose|compose)/.test(
      name,
    )
  )
    return 'config'
  return 'unknown'
}

/** A test, an example, a page of documentation: a secret there is as real or not as elsewhere, but weighs less. */
export const isSideFile = (file: string): boolean =>
  /(?:^|[/._-])(?:readme|changelog|tests?|specs?|examples?|samples?|fixtures?|demos?|docs?|mocks?|__tests__|testdata|e2e)(?:[/._-]|$)|\.(?:md|mdx|rst|adoc)$/i.test(
    file,
  )

export interface Field {
  name: string
  words: string[]
  op: string
  quoted: boolean
  kind: FileKind
  /** Nothing but blanks, a comment sign, `export`, a quote or a list dash stands before the name. */
  leads: boolean
  /** What stands on the line before the name. */
  line: string
  /** What follows the value. */
  after: string
}

/** What a name is made of. */
const NAMES = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9_.$\x80-\xff-]/.test(String.fromCharCode(byte)) ? 1 : 0,
)

export const fieldOf = ({ window, anchor, at, value, groups, file }: Match): Field => {
  const head = window.slice(Math.max(0, anchor - 128), anchor)
  let from = head.length
  while (from > 0 && head.length - from < 64 && NAMES[head.charCodeAt(from - 1)] === 1) from--
  const own = head.slice(from)
  const name = `${own}${groups['keyword'] ?? ''}${groups['rest'] ?? ''}`
  const before = head.slice(0, head.length - own.length)
  const line = before.slice(before.lastIndexOf('\n') + 1)
  return {
    name,
    words: wordsOf(name),
    op: groups['pair'] !== undefined ? 'pair' : /^[ \t]?$/.test(groups['op'] ?? '') ? ' ' : groups['op']!.trim(),
    quoted: groups['bare'] === undefined,
    kind: kindOf(file),
    leads:
      /^[ \t]*(?:(?:#|\/\/|\/?\*|--|;|\+|-)[ \t]*)?(?:export |set |ENV |ARG |-[ \t]|- |val |var |let |const |def |global |%|\$|@|setx? |declare |local |readonly |private |public |protected |static |final |String |string |char ?\*? ?){0,5}["'\x60[{(<]?$/i.test(
        line,
      ),
    line,
    after: window.slice(at + value.length, at + value.length + 40),
  }
}

/** A user, host, port or database is assigned close by: what stands here is a configuration and no dialogue. */
export const isBesideUser = (window: string): boolean =>
  /(?:^|[^a-z])(?:user(?:name|id)?|db_?user|login|account|host(?:name)?|server|database|port|uid|email|smtp|protocol)["'\x60]?\]?[ \t]{0,4}(?:=>|[=:,>]|[ \t])[ \t]{0,4}["'\x60]?[\w@./$-]/i.test(
    window,
  )

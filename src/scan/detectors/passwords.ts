import { assignment, type Field, fieldOf, isBesideUser, isSideFile, passwordAssignment } from '../assignment.ts'
import type { Detector, Match, Opinion } from '../detector.ts'
import { serviceIn } from '../services.ts'
import { isBinary, isNothing, looksDrawn, readsAsName, standsForAnother } from '../value.ts'
import { made } from './made.ts'
import { ABOUT, FOREIGN, isPasswordWord, LABEL, NOT_ONE, OTHER_WORD } from './password-words.ts'

const NEAR_CALL =
  /(?:define|putenv|setenv|set_?property|setx?|put|add|config|environ(?:ment)?|getenv|get|fetch|env|option|with|entry|pair|of)[ \t]*[.([{]+[ \t]*["'\x60]?[\w.-]*$/i

/** Letters with a digit or a sign between or after them; not a number, a version, a size, a path or a call. */
const mixed = (value: string): boolean => {
  if (/^[\d.,:%-]+(?:px|em|rem|ms|s|m|h|d|kb|mb|gb|%)?$/i.test(value) || /^v?\d+(?:\.\d+)+/.test(value)) return false
  return /[A-Za-z\x80-\xff]/.test(value) && /[0-9!@#$%^&*?+~=]/.test(value)
}

const looksLikeCode = (value: string): boolean =>
  /\w\(|\)$|\[\w*\]|^\w+(?:\.\w+){1,}$|->|::|=>|==|^[*&!-]\w|^\.|\/\/|^\w+\?\.|\$\(|\+\+|^\d+$|[?:]$|^[({[]/.test(value)

/** Systems that people name before the word: `REDIS_PASSWORD` opens Redis, `form_password` no form. */
const SYSTEMS = new Set(
  'mysql postgres postgresql mongo mongodb redis rabbitmq ldap kafka github gitlab docker elastic jenkins wordpress slack'.split(
    ' ',
  ),
)

const weigh = (match: Match, field: Field): Opinion => {
  const service = serviceIn(field.name) ?? serviceIn(field.line.slice(-32))
  const { value, window, file } = match
  const side = isSideFile(file)
  const common =
    value.length < 6 ||
    /^(?:admin|root|test|guest|demo|default|changeme|change_me|letmein|welcome|qwerty|secret|pass(?:word|wd)?)[\d!]{0,4}$/i.test(
      value,
    )
  const title = common ? 'Weak or default password' : /phrase/i.test(field.name) ? 'Passphrase' : 'Password'
  const user =
    /(?:user(?:name|id)?|login|uid)["'\x60]?\]?[ \t]{0,4}(?:=>|[=:,>])[ \t]{0,4}["'\x60]?([\w.@-]{2,64})/i.exec(
      window,
    )?.[1]
  return {
    title,
    severity: side ? 'low' : common ? 'medium' : 'high',
    ...(user === undefined || isNothing(user) ? {} : { keyId: user }),
    ...(service !== null && (!service.common || SYSTEMS.has(service.name)) ? { provider: service.name } : {}),
  }
}

/** Files of texts for people, in which `password` is a word. */
const isTexts = (file: string): boolean =>
  /(?:^|\/)(?:locales?|i18n|lang|languages?|translations?|l10n|messages?|lc_messages)(?:\/|[._-]|$)|\.(?:mo|po|pot|arb|strings|xliff?)$/i.test(
    file,
  )

/** A page that shows a line of configuration, alone with its value, or a variable of the environment that a command is given. */
const isQuotedConfig = ({ name, words, leads, line, op, after }: Field): boolean =>
  words.length >= 2 &&
  (op === '=' || op === ':') &&
  ((leads &&
    (/^[A-Z][A-Z0-9_]+$/.test(name) || /^(?:[ \t]{2}|[ \t]*- )/.test(line)) &&
    /^["'\x60]?[ \t]*\\?(?:$|\r?\n)/.test(after)) ||
    (op === '=' && /^[A-Z][A-Z0-9_]+$/.test(name) && /(?:[ \t](?:-e|--env)[ =]|\becho )["'\x60]?$/.test(line)))

const judge = (match: Match): Opinion => {
  const { value, window, file } = match
  const field = fieldOf(match)
  const { op, quoted } = field
  const kind = field.kind === 'prose' && isQuotedConfig(field) ? 'config' : field.kind
  const foreign = FOREIGN.some((word) => field.name.toLowerCase().includes(word.toLowerCase()))
  // the name
  const at = field.words.findIndex(
    (word, index, words) =>
      isPasswordWord(word) && !OTHER_WORD.test(word) && !(index > 0 && OTHER_WORD.test(`${words[index - 1]}_${word}`)),
  )
  if (!foreign && at < 0 && !/^p\/w/i.test(field.name)) return null
  const rest = field.words.slice(at + 1).filter((word) => !/^\d+$/.test(word))
  if (
    !foreign &&
    (rest.some((word) => ABOUT.has(word)) || field.words.slice(0, Math.max(0, at)).some((word) => NOT_ONE.has(word)))
  )
    return null
  // `${name:default}` and `${name:-default}`: the default is what is used when nobody sets the name.
  const isDefault =
    /\$\{[\w.]*$/.test(field.line) && (op === ':' || op === ':-') && !quoted && field.after.startsWith('}')
  // `${name:+other}` and `${name:?message}` never hold the value of the name.
  if (op === ':' && /\$\{[\w.]*$/.test(field.line) && /^[+?]/.test(value)) return null
  // The first of a list of words that a call is given with the name.
  if (
    op === ',' &&
    /\[[ \t]*["'\x60]$/.test(window.slice(match.anchor, match.at)) &&
    /^["'\x60][ \t]*,[ \t]*["'\x60]/.test(field.after)
  )
    return null
  if (op === 'pair' && !quoted && kind === 'code' && looksLikeCode(value)) return null
  if (/^[$%]?\{?\{|^\$\(/.test(value) || (!isDefault && /\$\{?[\w.]*$|%$|\{\{ ?[\w.]*$/.test(field.line))) return null
  if (isDefault)
    return readsAsName(value) && !/\d/.test(value) && kind === 'code'
      ? null
      : standsForAnother(value) || isNothing(value) || isBinary(value) || value.length < 3
        ? null
        : weigh(match, field)
  // the value
  // A union of string types, or a choice of two: the literals are states.
  if (op === ':' && /\?[ \t]*["'\x60]$/.test(field.line)) return null
  if (quoted && /^["'\x60][ \t]*[|?:](?![|:])/.test(field.after) && !mixed(value)) return null
  if (value.length < 3 || value.length > 200 || standsForAnother(value) || isBinary(value)) return null
  if (/^--[a-z]/.test(value)) return null
  if (/^-?anonymous@|%0A|[[(<][^\])>]*$|^[^[(<]*[\])>]$/.test(value) && !quoted) return null
  if (/^(?:files|compat|nis|ldap|sss|systemd|winbind|hesiod)$/.test(value)) return null
  if (
    LABEL.test(value) &&
    !foreign &&
    (kind !== 'config' ||
      value !== value.toLowerCase() ||
      !/^(?:password|passwd|pass)$/.test(value) ||
      !isBesideUser(window))
  )
    return null
  if (
    /^(?:https?:|ftp:|data:|file:|arn:|ssh-)|^\/[\w.-]+\/|^~?\.{0,2}\/|^[\w.-]+\.(?:txt|json|ya?ml|pem|key|crt|ini|conf|env|js|ts|py|php|html?)$|^#[0-9a-f]{3,8}$|^[\w.+-]+@[\w-]+\.[a-z]{2,}$/i.test(
      value,
    )
  )
    return null
  if (/^[\^~<>=v ]{0,3}\d+(?:\.\d+)+(?:[-+][\w.]+)?$|^[?(|]|^[\w.]+\|/.test(value)) return null
  if (
    /^\$(?:1|2[abxy]|5|6|apr1|argon2|pbkdf2|scrypt|y|P|H)\$|^\*[0-9A-F]{40}$/.test(value) ||
    /^(?:ENC|enc)[([]|^\{(?:SSHA|SHA|cipher|noop|bcrypt)|^!vault|^AQICA|^vault:v\d|^scrypt:|^pbkdf2[:_]/.test(value)
  )
    return null
  if (/[ \t]/.test(value)) {
    const parts = value.split(/[ \t]+/)
    if (
      parts.filter((part) => /^[("'<[]?[A-Za-z'’-]+[,.:;!?)"'\]>]*$/.test(part)).length * 2 >= parts.length ||
      parts.length > 12
    )
      return null
    if (!looksDrawn(value.replace(/[ \t]/g, ''), 8)) return null
  }
  const own = value.toLowerCase().replace(/[^a-z0-9]/g, '')
  const nameOwn = field.name.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (own === nameOwn && kind !== 'config') return null
  // A number, as masks and flags are written.
  if (/^0x[0-9a-f]{1,16}$/i.test(value)) return null
  // Suites of ciphers, with keys shared before, and other constants of programs.
  if (/(?:^|[-_])PSK[-_](?:WITH|3DES|AES|ARIA|CAMELLIA|CHACHA20|NULL|RC4|SEED)/.test(value)) return null
  if (/^[!:+-]?PSK$/i.test(field.name) && /[!:+-]$/.test(field.line)) return null
  if (kind === 'code' && /^[A-Z][A-Z0-9]{1,}(?:_[A-Z0-9]{2,}){2,}$/.test(value)) return null
  // What a script puts the value in place of.
  if (/^[A-Z]+(?:_[A-Z]+)+$/.test(value)) return null
  // When it was changed or used, and what nobody chose.
  if (/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?)?$/.test(value)) return null
  if (
    /^-?anonymous@?$/i.test(value) ||
    /^(?:my|your|some|the|a|repo|proxy)[_-]?(?:pass(?:word|wd)?|pwd|secret)$/i.test(value)
  )
    return null
  // Where nothing says what a file is, a sign must say that this is an assignment: `password X` may be any two words.
  if (file !== '' && kind === 'unknown' && !quoted && (foreign || /^(?: |is|as|-|\()$/.test(op))) return null
  // Who logs in as anonymous gives anything for a password.
  if (/(?:user(?:name)?|login)\b["'\x60]?\]?[ \t]{0,4}(?:=>|[=:,>])[ \t]{0,4}["'\x60]?anonymous\b/i.test(window))
    return null
  if (isTexts(file) && !(mixed(value) && !readsAsName(value) && /^[\x21-\x7e]+$/.test(value) && looksDrawn(value, 8)))
    return null
  if (isNothing(value)) {
    const weak =
      /^(?:password|passwd|pass|secret|user|login|test|hash|value)$/.test(value) &&
      (op === '=' || op === ':' || op === 'pair' || (op === ' ' && quoted)) &&
      (kind === 'config' || kind === 'unknown' || /gradle|groovy|\.kts$/.test(file)) &&
      (quoted || kind === 'config')
    return weak && isBesideUser(window) && !/type["' ]{0,3}[:=]|"(?:required|properties|in|format)"/.test(window)
      ? weigh(match, field)
      : null
  }
  const name = readsAsName(value)
  const strong = mixed(value) && !name
  if (
    name &&
    !/\d/.test(value) &&
    kind !== 'config' &&
    (/pass|pwd|secret|token|key|auth|cred|field|input|user|name/i.test(value) ||
      (/[a-z][A-Z]|_|\./.test(value) && kind === 'code'))
  )
    return null
  // Mostly letters outside ASCII, and long: a sentence in another script.
  if (value.length > 15 && !foreign && (value.match(/[\x80-\xff]/g) ?? []).length * 2 > value.length) return null
  // Between the NULs of a compiled file only what nobody would write otherwise counts.
  if (
    /\0/.test(window.slice(Math.max(0, match.anchor - 64), match.at + value.length + 64)) &&
    !(strong && value.length >= 8)
  )
    return null
  switch (op) {
    case '==':
    case '===':
    case '!=':
    case '!==':
      return quoted && (mixed(value) || value.length >= 8) && !name && value.length >= 5 ? weigh(match, field) : null
    case '(':
      if (looksLikeCode(value) || !strong || value.length < 5) return null
      return quoted || kind === 'prose' || kind === 'unknown' || /[!@#$%^&*]/.test(value) ? weigh(match, field) : null
    case ',':
      if (!quoted || !/["'\x60]\]?[ \t]*,/.test(window.slice(match.anchor, match.at))) return null
      return NEAR_CALL.test(field.line + field.name.slice(0, 0)) ||
        NEAR_CALL.test(field.line) ||
        (strong && value.length >= 6)
        ? weigh(match, field)
        : null
    case '>':
      return /<\/?[\w:.-]{0,40}$/.test(field.line) ||
        /^<[\w:.-]*$/.test(window.slice(Math.max(0, match.anchor - 1), match.anchor))
        ? kind === 'markup' && !strong
          ? null
          : /^<\//.test(field.after) && !/[{}$]/.test(value)
            ? weigh(match, field)
            : null
        : null
    case '0':
    case '7':
      // The command of a router ends with the password, or with the words behind it.
      return kind !== 'code' && value.length >= 4 && !/^ [a-z]+ [a-z]+/.test(field.after) ? weigh(match, field) : null
    case 'pair':
      return weigh(match, field)
    case '-':
    case 'is':
    case 'as':
      return strong && value.length >= 6 && !/[.,]$/.test(value) ? weigh(match, field) : null
    case ' ':
      if (looksLikeCode(value) && !quoted) return null
      if (quoted)
        return (field.leads && (kind === 'config' || kind === 'unknown' || /gradle|groovy|\.kts$/.test(file))) ||
          (strong && value.length >= 6)
          ? weigh(match, field)
          : null
      return strong &&
        value.length >= 6 &&
        /[A-Z0-9]/.test(value) &&
        kind !== 'code' &&
        (/[!@#$%^&*?]/.test(value) || (/\d/.test(value) && (field.leads || foreign)))
        ? weigh(match, field)
        : null
    case '->':
    case '<-':
      return quoted && strong ? weigh(match, field) : null
  }
  if (quoted) {
    if (kind === 'markup' && !strong) return null
    // `Password: \`admin\``: what a page tells to type.
    if (kind === 'prose' && !mixed(value) && !(op === ':' && window[match.at - 1] === '`')) return null
    if (kind === 'code' || kind === 'unknown') {
      // One plain word: only where the name says of what it is the password, or a user stands beside it.
      if (!mixed(value) && field.words.length < 2 && !/^[A-Z]/.test(field.name) && !isBesideUser(window)) return null
      if (/^[A-Z][a-z]+(?:[A-Z][a-z]+)+$|^[A-Z]{3,}(?:_[A-Z]+)+$/.test(value)) return null
    }
    return weigh(match, field)
  }
  // not quoted
  if (
    looksLikeCode(value) &&
    !(kind === 'config' && /^\d{4,}$/.test(value)) &&
    !(kind === 'config' && !/[()[\]{}]|^\w+(?:\.\w+)+$/.test(value))
  )
    return null
  if (kind === 'config') {
    if (/^(?:[|>][+-]?|\*|&\w+)$|\.json$/.test(value) || /\.json5?c?$/.test(file)) return null
    return /^[ \t]*(?:#|\/\/|;)[ \t]+\w+[ \t]+\w+[ \t]/.test(field.line) ||
      (field.line.trim().split(/\s+/).length > 4 && !strong)
      ? null
      : weigh(match, field)
  }
  if (kind === 'code')
    return strong &&
      value.length >= 8 &&
      !/[=+*/?:]|\.\w/.test(value) &&
      /\d/.test(value) &&
      /(?:#|\/\/|\*|--|["'\x60])[^\n]*$/.test(field.line)
      ? weigh(match, field)
      : null
  if (
    kind === 'unknown' &&
    field.leads &&
    (op === '=' || op === ':') &&
    /^[\w.]+$/.test(value) &&
    value.length >= 6 &&
    isBesideUser(window)
  )
    return weigh(match, field)
  return mixed(value) && (!name || /\d/.test(value)) && value.length >= 5 ? weigh(match, field) : null
}

const KEYWORDS = `pass|pwd|pswd|pssw|pasw|paas|pswr|pswo|paso|masterauth|psk|pw(?=[:=_ "'\\x60)\\]>(,.\\-\\x80-\\xff])|p/w|${FOREIGN.join('|')}`

export const passwords: readonly Detector[] = [
  {
    id: 'password',
    provider: 'generic',
    title: 'Password',
    severity: 'high',
    method: 'password',
    rank: 1,
    before: 400,
    span: 900,
    anchors: [
      ...['pass', 'pwd', 'pswd', 'pssw', 'pasw', 'paas', 'pswr', 'pswo', 'pssw', 'paso', 'masterauth', 'psk'].map(
        (literal) => ({
          literal,
          anyCase: true,
        }),
      ),
      { literal: 'pw', anyCase: true, next: ':=_ "\'`)\\]>(,.\\-\\x80-\\xff' },
      { literal: 'p/w', anyCase: true },
      ...FOREIGN.map((literal) => ({ literal, anyCase: true })),
    ],
    pattern: assignment(KEYWORDS),
    sieves: [{ pattern: passwordAssignment(KEYWORDS) }],
    judge,
    cases: {
      yes: [
        'DB_PASSWORD=tr0ub4dor',
        'password: "hunter2!x"',
        "$dbpasswd = 'pass1234';",
        "define('DB_PASSWORD', 'k1tchen');",
        '"password" => "s3cr3tWord",',
        '<Pass>Lantern482</Pass>',
        '<Pass encoding="base64">c2VjcmV0MTIz</Pass>',
        '<add key="SmtpPassword" value="s3cr3tWord" />',
        'val password: String = "vexil19Tor"',
        'if (password == "w7h2n9Kfe")',
        '- name: DB_PASSWORD\n  value: s3cr3tWord',
        "PASSWORD = os.environ.get('PASSWORD') or 'hu3K8pw!r'",
        "getenv('DB_PASSWORD', 's3cr3tWord')",
        'PW:=BergTal04',
        '#define PASSWORD "k52TRW81q"',
        'spring.datasource.password=orders77',
        'my_pw: zVbq4R7$!',
        'password("Quay71Lm#+")',
        '비밀번호:Quay71Lm#+',
        'ds.setPassword("c0balt-blue");',
        'url: ${DB_PASSWORD:fallb4ck}',
        'username admin password 0 l4b-router',
        '<AdministratorPassword><Value>P4ssw0rdX</Value>',
        'password is Quay71Lm#+',
        '"{\\"password\\":\\"s3cr3tWord\\"}"',
        '"name": "DB_PASSWORD",\n "value": "s3cr3tWord"',
        'password: ${DB_PASSWORD:-s3cr3tWord}',
      ],
      no: [
        'password: ${DB_PASSWORD}',
        'password = "<password>"',
        'password: {{ vault_password }}',
        'password = os.environ["DB_PASSWORD"]',
        'password: string',
        "type: 'password'",
        'password = getPassword()',
        '"password": "Enter your password"',
        '"forgotPassword": "Forgot password?"',
        'passwordField = "passwordInput1"',
        'the compass: north7',
        'bypass = "route1"',
        'pass',
        'password=xxxxxxxx',
        'password: "********"',
        'PASSWORD_HASHERS = ["django.contrib.auth"]',
        'passed: 12',
        "['username', 'password', 'email']",
        'password: process.env.DB_PASSWORD',
        '<input type="password" name="password" id="p1" />',
        'def login(user = "", password = "")',
        'PasswordLastUsed: "2031-04-09T21:47:36Z"',
        'password="anonymous@"',
        'case "${MVNW_PASSWORD:+has-password}" in',
        'adapters.add("password", ["min", "nonalphamin", "regex"], function (options) {',
        '<module-option name="password-stacking" value="useFirstPass"/>',
        'echo "user ALL=(ALL) NOPASSWD:ALL"',
        'ssl_ciphers HIGH:!aNULL:!MD5:!PSK:!RC4;',
        'MYSQL_ROOT_PASSWORD: !reset null',
        'Sensitive[String] $backuppassword = undef,',
        made('password => "*{0-9A-F:40}"'),
        'password: somepassword',
        'const PASS_MASK = 0x08000000;',
        'a line, pass 0 for the line and column',
        "const passOn = ['suggest1', 'format']",

        '#define TXT_PSK_AES128 "DHE-PSK-AES128-GCM-SHA256"',
        '#define SN_SinglePass_sha1 "SinglePass-sha1kdf-scheme"',
        'user = "anonymous"\npassword = "guest@4"',
      ],
    },
  },
]

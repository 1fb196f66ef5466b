import { isSideFile, kindOf } from '../assignment.ts'
import type { Detector } from '../detector.ts'
import { isBinary, isNothing, readsAsName, standsForAnother } from '../value.ts'
import { made } from './made.ts'

/** May the word on a command line be a password: no option, no path, no rest of a text around the command. */
export const real = (value: string): boolean =>
  !isBinary(value) &&
  !/[\])>]$/.test(value) &&
  !standsForAnother(value) &&
  !isNothing(value) &&
  !/^-|^\/\w+\/|^[|&;><]/.test(value) &&
  // The end of the text that the command stands in, and what follows it; a sentence.
  !/^[,.)\]]|\\n|^[A-Za-z]+(?: [A-Za-z]+){2,}$/.test(value)
const WORD = String.raw`\\?(?:"(?<value>[^"\r\n]{1,128})"|'(?<value>[^'\r\n]{1,128})'|(?<value>[^ \t\r\n"'\x60<>|;&(){}\\$]{2,128}))`

const LOGIN_CALLS = [
  '.login(',
  '.authenticate(',
  '.auth(',
  '.logon(',
  '.signIn(',
  'asicAuth(',
  '.set_credentials(',
  'Credentials(',
  'PasswordAuthentication(',
  'Credential(',
  'auth=(',
]

/** Secrets on command lines: their grammar, not a name, says what they are. */
export const commands: readonly Detector[] = [
  {
    id: 'sshpass-password',
    provider: 'ssh',
    title: 'Password on an sshpass or plink command line',
    severity: 'high',
    method: 'password',
    rank: 2,
    anchors: [
      { literal: 'sshpass', anyCase: true },
      { literal: 'plink', anyCase: true },
      { literal: 'pscp', anyCase: true },
      { literal: 'psexec', anyCase: true },
      { literal: 'net use', anyCase: true },
    ],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_-])(?:sshpass[ \t]{1,4}-p[ \t]{0,4}|(?:plink|pscp)(?:\.exe)?[ \t][^\r\n|;]{0,200}?-pw[ \t]{1,4}|psexec(?:64)?(?:\.exe)?[ \t][^\r\n|;]{0,200}?-u[ \t]{1,4}[^ \t\r\n]{1,64}[ \t]{1,4}-p[ \t]{1,4}|net use[ \t][^\r\n|;]{0,200}?/user:[^ \t\r\n]{1,64}[ \t]{1,4})${WORD}`,
      'i',
    ),
    judge: ({ value }) => (real(value) ? {} : null),
    cases: {
      yes: ["sshpass -p 's3cr3tWord' ssh root@a", 'psexec \\\\10.0.0.9 -u Administrator -p dev_adm1n cmd'],
      no: ['sshpass -p "$PASS" ssh a', 'sshpass -e ssh a'],
    },
  },
  {
    id: 'database-client-password',
    provider: 'database',
    title: 'Password on a database client command line',
    severity: 'high',
    method: 'password',
    rank: 2,
    anchors: [
      'mysql',
      'mariadb',
      'mongo',
      'redis-cli',
      'sqlcmd',
      'mysqldump',
      'mysqladmin',
      'clickhouse-client',
      'PGPASSWORD',
      'MYSQL_PWD',
    ].map((literal) => ({ literal })),
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_-])(?:(?:mysql(?:dump|admin|import|check)?|mariadb(?:-dump|-admin)?)[ \t][^\r\n|;]{0,200}?(?<=[ \t])-p|(?:mongo(?:sh|dump|restore|import|export)?|clickhouse-client)[ \t][^\r\n|;]{0,200}?(?<=[ \t])(?:-p[ \t]{0,2}|--password[ =])|redis-cli[ \t][^\r\n|;]{0,200}?(?<=[ \t])-a[ \t]{1,4}|sqlcmd[ \t][^\r\n|;]{0,200}?(?<=[ \t])-P[ \t]{0,4}|(?:PGPASSWORD|MYSQL_PWD)=)${WORD}`,
    ),
    judge: ({ value }) =>
      real(value) && !/^(?:assword|ort\b|\d{2,5}$|rotocol|lugin|ipe|rompt|rint)/.test(value) ? {} : null,
    cases: {
      yes: [
        'mysql -u root -pS3cr3tWord orders',
        'PGPASSWORD=s3cr3tWord psql -h db',
        'redis-cli -h a -a s3cr3tWord ping',
      ],
      no: [
        'mysql -u root -p orders',
        'mysql -u root -p$PW',
        'PGPASSWORD="$PW" psql',
        'PGPASSWORD="an awesome password" psql',
        "run('mysql -p', { env: a }, 'b')",
      ],
    },
  },
  {
    id: 'sql-password',
    provider: 'database',
    title: 'Password in an SQL statement',
    severity: 'high',
    method: 'password',
    rank: 2,
    before: 200,
    anchors: [
      { literal: 'identified', anyCase: true },
      { literal: 'password', anyCase: true },
    ],
    pattern:
      /(?<![A-Za-z0-9_])(?:identified[ \t\r\n]{1,8}(?:with[ \t]{1,4}[\w'"-]{1,40}[ \t]{1,4})?(?:by|as)[ \t\r\n]{1,8}(?:password[ \t]{1,4})?|(?<=(?:role|user|login|with|encrypted|unencrypted|valid)[^;]{0,150})password[ \t]{0,2}(?:=[ \t]{0,2})?|(?<=set )password(?: for [^;=\n]{1,80})?[ \t]{0,2}=[ \t]{0,2}(?:password\()?)(?:N?'(?<value>[^'\r\n ,;:)][^'\r\n]{0,127})'|"(?<value>[^"\r\n ,;:)][^"\r\n]{0,127})")/i,
    judge: ({ value, window, anchor }) => {
      const statement = window.slice(Math.max(0, anchor - 200), anchor)
      const name =
        /(?:role|user|login|to|for)[ \t]{1,4}(?:if not exists[ \t]+)?["'`]?([A-Za-z0-9_.-]{1,64})["'`]?(?:@[^ ]{1,80})?[^;]{0,120}$/i.exec(
          statement,
        )?.[1]
      return /\b(?:create|alter|grant|set)\b/i.test(statement) &&
        real(value) &&
        !/^(?:SCRAM-SHA-256\$|md5[0-9a-f]{32}$|\*[0-9A-F]{40}$)/.test(value)
        ? { keyId: name }
        : null
    },
    cases: {
      yes: [
        "CREATE USER app WITH PASSWORD 's3cr3tWord';",
        "GRANT ALL ON *.* TO 'app'@'%' IDENTIFIED BY 's3cr3tWord'",
        "ALTER LOGIN sa WITH PASSWORD = 'S3cr3tWord'",
      ],
      no: [
        "CREATE USER app WITH PASSWORD '${PW}';",
        "ALTER ROLE app PASSWORD 'SCRAM-SHA-256$4096:x'",
        "the PASSWORD 'field'",
      ],
    },
  },
  {
    id: 'login-call',
    provider: 'generic',
    title: 'Password given to a login function',
    severity: 'high',
    method: 'password',
    rank: 1,
    anchors: LOGIN_CALLS.map((literal) => ({ literal })),
    pattern: new RegExp(
      String.raw`(?:${LOGIN_CALLS.map((call) => call.replace(/[.(]/g, '\\$&')).join('|')})[ \t\r\n]{0,20}["'](?<user>[^"'\r\n]{1,100})["'][ \t]{0,4},[ \t\r\n]{0,20}["'](?<value>[^"'\r\n]{4,128})["'][ \t\r\n]{0,20}[,)]`,
    ),
    judge: ({ value, groups, file }) => {
      const user = groups['user']!
      if (
        !real(value) ||
        // An account at example.com may have a password like any other.
        (!/^[\w.+-]+@[\w.-]+$/.test(user) && standsForAnother(user)) ||
        / /.test(value + user) ||
        /^(?:https?:|\/)/.test(value) ||
        /^[A-Z_\x80-\xff]+$/.test(value) ||
        /^[\w.+-]+@[\w-]+\.\w+$/.test(value)
      )
        return null
      if (/^(?:user(?:name)?|password|e-?mail|login|id)$/i.test(user) && /^(?:pass(?:word|wd)?|secret)$/i.test(value))
        return null
      return { keyId: user, ...(isSideFile(file) ? { severity: 'low' } : {}) }
    },
    cases: {
      yes: [
        "conn.login('ops@acme.test', 'purplecurtain')",
        'smtp.login("mailer", "s3cr3tWord")',
        "conn.login('ops@example.com', 'purplecurtain')",
      ],
      no: ["page.login('username', 'password')", 'auth.login(user, password)', "form.auth('name', 'a title of it')"],
    },
  },
  {
    id: 'connect-call',
    provider: 'database',
    title: 'Password given to a function that opens a database',
    severity: 'high',
    method: 'password',
    rank: 1,
    anchors: [
      'getConnection(',
      'mysqli_connect(',
      'mysql_connect(',
      'new PDO(',
      'new mysqli(',
      'oci_connect(',
      'DBI->connect(',
    ].map((literal) => ({ literal })),
    pattern:
      /(?:getConnection|mysqli_connect|mysql_connect|new PDO|new mysqli|oci_connect|DBI->connect)\([ \t\r\n]{0,20}(?:[$\w.]{1,60}|["'][^"'\r\n]{0,200}["']),[ \t\r\n]{0,20}["'](?<user>[^"'\r\n]{1,100})["'],[ \t\r\n]{0,20}["'](?<value>[^"'\r\n]{3,128})["']/,
    judge: ({ value, groups, file }) =>
      real(value) && !/ /.test(value)
        ? { keyId: groups['user'], ...(isSideFile(file) ? { severity: 'low' } : {}) }
        : null,
    cases: {
      yes: ['mysqli_connect("localhost", "root", "my-s3cr3t", "shop");', "new PDO('mysql:host=h', 'app', 'p4rrot')"],
      no: ['getConnection(url, user, password)', "new PDO('mysql:host=h', 'user', 'password')"],
    },
  },
  {
    id: 'login-command-password',
    provider: 'generic',
    title: 'Password on the command line of a login',
    severity: 'high',
    method: 'password',
    rank: 2,
    anchors: [{ literal: ' login ' }, { literal: 'htpasswd ' }],
    pattern: new RegExp(
      String.raw`(?:(?<=(?<![A-Za-z0-9_-])(?:docker|podman|az|oc|helm registry|skopeo|buildah|nerdctl|gh|glab|cf|ibmcloud|vault|aws|npm|acr)) login [^\r\n|;]{0,200}?(?<=[ \t])(?:-p[ \t]{1,4}|--password[ =])|htpasswd [^\r\n|;]{0,40}-[a-zA-Z]{0,4}b[a-zA-Z]{0,4} [^\r\n|;]{1,100}? [\w.@-]{1,40} )${WORD}`,
    ),
    judge: ({ value }) => (real(value) && !/^-/.test(value) ? {} : null),
    cases: {
      yes: ['docker login -u ci -p s3al-harbor registry.acme.test', 'htpasswd -bc /etc/nginx/users admin l0cksmith'],
      no: ['docker login -u ci -p $PW', 'docker login -u ci --password-stdin', 'the user login -p page'],
    },
  },
  {
    id: 'chpasswd-password',
    provider: 'linux',
    title: 'Password of an account piped to chpasswd',
    severity: 'high',
    method: 'password',
    rank: 2,
    before: 160,
    anchors: [{ literal: 'chpasswd' }],
    pattern:
      /(?<=["' ](?<user>[a-z_][\w-]{0,31}):(?<value>[^"' \t\r\n:|]{3,64})["']?[ \t]{0,3}\|[ \t]{0,3}(?:sudo )?(?:\/usr\/sbin\/)?)chpasswd/,
    judge: ({ value, groups }) => (real(value) ? { keyId: groups['user'] } : null),
    cases: { yes: ['RUN echo "root:t00rt00r" | chpasswd'], no: ['echo "root:$PW" | chpasswd', 'man chpasswd'] },
  },
  {
    id: 'powershell-secure-string',
    provider: 'windows',
    title: 'Password in clear text given to ConvertTo-SecureString',
    severity: 'high',
    method: 'password',
    rank: 2,
    anchors: [{ literal: 'convertto-securestring', anyCase: true }],
    pattern: new RegExp(
      String.raw`convertto-securestring[ \t]{1,4}\\?(?:-(?:string|asplaintext|force)[ \t]{1,4}){0,3}${WORD}`,
      'i',
    ),
    // Without -AsPlainText it is what ConvertFrom-SecureString wrote, long and hexadecimal; other text is a mistake, and a password.
    judge: ({ value }) =>
      real(value) && !/^[0-9a-f]{15,}$/i.test(value) && !/^[A-Z][a-z]+-[A-Z]\w+$/.test(value) ? {} : null,
    cases: {
      yes: [
        'ConvertTo-SecureString "s3cr3tWord" -AsPlainText -Force',
        'ConvertTo-SecureString -String -Force s3cr3t#Word',
      ],
      no: [
        'ConvertTo-SecureString $env:PW -AsPlainText -Force',
        'ConvertTo-SecureString "76492d1116743f0423413b16050a5345"',
        'cmdlets: ConvertTo-SecureString Copy-Item Copy-ItemProperty',
      ],
    },
  },
  {
    id: 'openssl-pass',
    provider: 'openssl',
    title: 'Passphrase on an openssl command line',
    severity: 'medium',
    method: 'password',
    rank: 2,
    anchors: [{ literal: 'pass:' }],
    pattern: /(?<=-(?:passin|passout|pass|password|k)[ \t=]{1,4}["']?)pass:(?<value>[^ \t\r\n"']{2,128})/,
    judge: ({ value }) => (real(value) ? {} : null),
    cases: {
      yes: ['openssl rsa -passin pass:s3cr3tWord -in a'],
      no: ['openssl rsa -passin pass:$PW -in a', 'pass: none'],
    },
  },
  {
    id: 'password-flag',
    provider: 'generic',
    title: 'Password on a command line',
    severity: 'medium',
    method: 'password',
    rank: 1,
    anchors: [
      '--pass',
      '--pwd',
      '-passw',
      '--secret',
      '--token',
      '--api-key',
      '--apikey',
      '--access-token',
      '--auth-token',
      '--client-secret',
      '/password:',
      '-pw ',
    ].map((literal) => ({ literal, anyCase: true })),
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_-])(?:--?(?:pass(?:word|wd|phrase|code)?|pwd|pw|secret|token|api-?key|access-token|auth-token|client-secret)(?:[ \t]{1,4}|=)|/password:)${WORD}`,
      'i',
    ),
    judge: ({ value, window, anchor, at, file }) => {
      const flag = window.slice(0, at)
      // At the very beginning of a line, in a file that nothing says to hold commands, there is no program that would read it.
      if (
        file !== '' &&
        kindOf(file) === 'unknown' &&
        (anchor === 0 || window[anchor - 1] === '\n') &&
        /[ \t]$/.test(flag)
      )
        return null
      const strict = /(?:secret|token|key)["' =:]{0,5}$/i.test(flag)
      // `--secret id=name,src=file`: which one, and where it lies.
      if (/^(?:id|type|src|source)=[\w.,=/-]+$/.test(value) || (strict && readsAsName(value))) return null
      if (
        !real(value) ||
        (/^[a-z]+$/.test(value) && (strict || value.length < 4 || !flag.endsWith('='))) ||
        /^[A-Z_\x80-\xff-]+$/.test(value) ||
        /[,.]$/.test(value) ||
        /^\W+$/.test(value)
      )
        return null
      if (/^[a-z]+(?:[-_.][a-z]+)+$/i.test(value) && (strict || value.length < 6)) return null
      return (/\d|[^A-Za-z0-9_.-]/.test(value) || flag.endsWith('=')) &&
        !/^[\w.]+\(|^\.{0,2}\/|^\w+\.\w{2,4}$/.test(value) &&
        (!strict || value.length >= 10)
        ? {}
        : null
    },
    cases: {
      yes: ['deploy --password S3cr3t-Word1', 'deploy --password="hunter2!"', made('cli --token {A-Za-z0-9:30}')],
      no: [
        'deploy --password <password>',
        'deploy --password $PW',
        'deploy --token-file a',
        '--password prompt',
        'docker buildx build --secret id=npmrc4,src=.npmrc .',
        'gcloud secrets versions access latest --secret=orders-database-3',
      ],
    },
  },
]

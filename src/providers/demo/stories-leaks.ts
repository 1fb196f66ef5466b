/** Values in places they should not be in, and credentials with more than one user: NHI2 and NHI9. */
import { account, NEVER, since } from './account.ts'
import { leakOf } from './leaks.ts'
import { ACTIONS, leafOf, policyOf, ROOT, rootOf } from './places.ts'
import { accessKeyId, keyOf, type Scene } from './scene.ts'

/** A live production key, in a repository that was made public ten days ago. */
function publicKey(scene: Scene): void {
  const id = accessKeyId(scene.world, 'ci-deployer')
  const user = account(scene, {
    place: ['aws', 'aws_iam_user', 'arn:aws:iam::441000000001:user/ci-deployer'],
    name: 'ci-deployer',
    owner: 'Tobias Fenn',
    born: -1290,
    used: { every: 0.02, last: -0.01 },
    by: 'AWS CLI from 185.199.108.7',
    environment: 'production',
    holds: [
      ['checkout', 'production', 'admin'],
      ['payments', 'production', 'read'],
    ],
    calls: [
      ['checkout', 'production', 'admin'],
      ['payments', 'production'],
    ],
    faults: ['reused', ...since(scene, -632, 'leaked', 'long-lived')],
    hard: 'its use went on as before after the repository became public',
  })
  const key = scene.credential(
    ['aws', 'aws_access_key', `access-key/${id}`],
    id,
    {
      method: 'access-key',
      value: 'ci-deployer',
      born: -1290,
      ends: NEVER,
      aliases: [id],
      used: { every: 0.02, last: -0.01 },
      usedBy: 'AWS CLI from 185.199.108.7',
    },
    [user],
  )
  leakOf(scene, {
    number: 'ci-deployer',
    repository: 'checkout',
    file: 'deploy/legacy.env',
    line: 14,
    author: scene.world.company.person('Lena Brandt'),
    since: -632,
    value: 'ci-deployer',
    credential: key,
    environment: 'production',
    detector: 'aws-access-key',
    title: 'AWS access key',
    redacted: `${id.slice(0, 4)}…${id.slice(-4)}`,
    severity: 'critical',
    opened: -10,
  })
  const admin = scene.identity(['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/deploy-admin'], 'deploy-admin', {
    born: -1200,
    environment: 'production',
    attributes: { accountKind: 'service' },
    used: { every: 1 },
  })
  scene.say('aws', user, 'assumes', admin)
  scene.say('aws', scene.world.company.person('Tobias Fenn').key, 'owns', admin)
  scene.say('aws', admin, 'has', keyOf('aws', policyOf('aws', 'checkout', 'production', 'admin')[2]))
  scene.say('aws', admin, 'called', keyOf('aws', leafOf('aws', 'checkout', 'production')[2]), {
    actions: ACTIONS.admin,
  })
  scene.say('aws', admin, 'called', keyOf('aws', rootOf('aws', 'production')[2]), { actions: ROOT })
  scene.truth(['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/deploy-admin'], 'deploy-admin', {
    owner: scene.world.company.person('Tobias Fenn').key,
    near: [['over-privileged', 'it deploys, and uses what it holds']],
  })
  const workflow = scene.workload(
    ['github', 'github_actions_job', 'job/checkout/deploy.yml'],
    'checkout / deploy.yml',
    { environment: 'production' },
  )
  const held = scene.copy(
    ['github', 'github_actions_secret', 'secret/checkout/AWS_KEY'],
    'AWS_KEY of larkfield/checkout',
    key,
    { value: 'ci-deployer', born: -1290 },
  )
  scene.say('github', workflow, 'uses', held)
  const timer = scene.workload(
    ['linux', 'linux_cron_job', 'cron/batch-eu-1/backup.timer'],
    'backup.timer on batch-eu-1',
    { environment: 'production' },
  )
  scene.say('linux', timer, 'uses', key, { lastSeen: scene.at(Math.floor(scene.today) - 1, 'timer') })
  if (scene.today >= -10)
    scene.edge(
      'github',
      'resources',
      keyOf('github', rootOf('github', 'production')[2]),
      'contains',
      keyOf('github', 'repository/checkout-prod'),
    )
}

/** Leaks that are none, and one that no scan of code sees. */
function nearLeaks(scene: Scene): void {
  const { company } = scene.world
  account(scene, {
    place: ['aws', 'aws_iam_user', 'arn:aws:iam::441000000002:user/checkout-tests'],
    name: 'checkout-tests',
    owner: 'Lena Brandt',
    born: -700,
    used: { every: 1 },
    environment: 'development',
    holds: [['checkout', 'development', 'read']],
    calls: [['checkout', 'development']],
    near: [['leaked', 'the key in its test fixtures is the one AWS prints in its documentation']],
  })
  leakOf(scene, {
    number: 'example',
    repository: 'checkout',
    file: 'tests/fixtures/credentials.example',
    line: 3,
    author: company.person('Lena Brandt'),
    since: -690,
    value: 'the key of the documentation',
    credential: 'aws:example',
    example: true,
    detector: 'aws-access-key',
    title: 'AWS access key',
    redacted: 'AKIA…MPLE',
    severity: 'critical',
    environment: 'test',
  })
  const psp = account(scene, {
    place: ['entra', 'entra_app', 'app/payments-psp'],
    name: 'payments-psp',
    owner: 'Priya Sandoval',
    born: -900,
    environment: 'production',
    used: { unknown: 'the sign-in log may not be read', permission: 'AuditLog.Read.All' },
    holds: [['payments', 'production', 'write']],
    near: [['leaked', 'the value that stands in the history was replaced the day after']],
  })
  const dead = scene.credential(
    ['entra', 'entra_client_secret', 'secret/payments-psp-1'],
    'client secret 1 of payments-psp',
    {
      method: 'client-secret',
      value: 'psp 1',
      born: -300,
      ends: { value: 430 },
      attributes: { status: scene.today >= -39 ? 'revoked' : 'active' },
    },
    [psp],
  )
  scene.credential(
    ['entra', 'entra_client_secret', 'secret/payments-psp-2'],
    'client secret 2 of payments-psp',
    { method: 'client-secret', value: 'psp 2', born: -39, ends: { value: 141 } },
    [psp],
  )
  leakOf(scene, {
    number: 'psp',
    repository: 'payments',
    file: 'src/psp/client.ts',
    line: 22,
    author: company.person('Idris Bellamy'),
    since: -40,
    out: -39,
    value: 'psp 1',
    credential: dead,
    environment: 'production',
    title: 'Entra client secret',
    detector: 'entra-client-secret',
    redacted: '…8Q~',
  })
  const bot = account(scene, {
    place: ['slack', 'slack_app', 'app/warehouse-alerts'],
    name: 'warehouse-alerts',
    owner: 'Sunniva Dahl',
    born: -500,
    used: { unknown: 'the audit log of the workspace may not be read', permission: 'auditlogs:read (Enterprise Grid)' },
    holds: [['scanners', 'production', 'write']],
    faults: [...since(scene, -320, 'long-lived'), ...since(scene, -45, 'leaked')],
    hard: 'the value lies in the description of a job, which everybody who may log in to Jenkins reads',
  })
  const token = scene.credential(
    ['slack', 'slack_token', 'token/warehouse-alerts'],
    'bot token of warehouse-alerts',
    { method: 'token', value: 'warehouse-alerts', born: -500, ends: NEVER },
    [bot],
  )
  scene.copy(
    ['jenkins', 'jenkins_stored_credential', 'job/labels-nightly/description'],
    'description of labels-nightly',
    token,
    { value: 'warehouse-alerts', born: -45, attributes: { public: true, readers: 'everybody who may log in' } },
  )
}

/** A private key in a repository opens a build host. */
function privateKey(scene: Scene): void {
  const deploy = account(scene, {
    place: ['linux', 'linux_service_account', 'build-eu-1/deploy'],
    name: 'deploy@build-eu-1',
    owner: 'Noor Easton',
    born: -800,
    used: { every: 0.2 },
    by: '10.20.4.11',
    environment: 'production',
    holds: [['labels', 'production', 'write']],
    calls: [['labels', 'production']],
    faults: since(scene, -205, 'leaked'),
  })
  scene.credential(
    ['linux', 'linux_ssh_key', 'key/build-eu-1-deploy'],
    'deploy@larkfield',
    {
      method: 'ssh-key',
      value: 'id_deploy',
      born: -420,
      ends: NEVER,
      attributes: { keyType: 'ssh-ed25519', privateKey: true },
    },
    [deploy],
  )
  leakOf(scene, {
    number: 'id_deploy',
    repository: 'scanners',
    file: 'provision/id_deploy',
    line: 1,
    author: scene.world.company.person('Thea Lindqvist'),
    since: -205,
    value: 'id_deploy',
    credential: 'linux:deploy',
    title: 'SSH private key',
    detector: 'private-key',
    redacted: 'ssh-ed25519 …',
    severity: 'critical',
    environment: 'production',
  })
  // The same name on two hosts, and two keys.
  for (const host of ['web-eu-1', 'web-eu-2']) {
    const twin = account(scene, {
      place: ['linux', 'linux_service_account', `${host}/deploy`],
      name: `deploy@${host}`,
      owner: 'Noor Easton',
      born: -600,
      used: { every: 1 },
      environment: 'production',
      holds: [['checkout', 'production', 'write']],
      calls: [['checkout', 'production']],
      near: [['reused', 'its key has the same name as others and is another key']],
    })
    scene.credential(
      ['linux', 'linux_ssh_key', `key/${host}-deploy`],
      'deploy@larkfield',
      {
        method: 'ssh-key',
        value: `id_deploy of ${host}`,
        born: -200,
        ends: NEVER,
        attributes: { keyType: 'ssh-ed25519' },
      },
      [twin],
    )
  }
}

/** One credential, many users. */
function shared(scene: Scene): void {
  const hosts = ['db-eu-1', 'db-eu-2', 'batch-eu-1', 'batch-eu-2'].map((host) =>
    account(scene, {
      place: ['linux', 'linux_service_account', `${host}/svc-ops`],
      name: `svc-ops@${host}`,
      owner: 'Felix Arden',
      recorded: host !== 'batch-eu-2',
      evidence: host === 'batch-eu-2' ? ['created'] : [],
      maker: 'Felix Arden',
      born: -1250,
      used: { every: 1 },
      by: '10.20.1.5',
      environment: 'production',
      holds: [['orders', 'production', 'admin']],
      calls: [['orders', 'production', 'admin']],
      faults: since(scene, -1250, 'reused', 'long-lived'),
    }),
  )
  scene.credential(
    ['linux', 'linux_ssh_key', 'key/ops-2021'],
    'ops-2021',
    { method: 'ssh-key', value: 'ops-2021', born: -1250, ends: NEVER, attributes: { keyType: 'ssh-rsa', bits: 2048 } },
    hosts,
  )
  const belts = [1, 2, 3, 4, 5].map((number) =>
    account(scene, {
      place: ['iot', 'iot_device', `device/belt-harbour-${number}`],
      name: `belt-harbour-${number}`,
      owner: 'Sunniva Dahl',
      recorded: number < 3,
      evidence: number < 3 ? [] : ['contains'],
      born: -170,
      used: { every: 0.01 },
      by: '10.88.0.0/16',
      holds: [['scanners', 'production', 'write']],
      calls: [['scanners', 'production']],
      faults: ['reused'],
      hard: 'a device alone looks well; only together do they show the one certificate',
    }),
  )
  scene.credential(
    ['iot', 'iot_certificate', 'certificate/belt-harbour'],
    'certificate of belt-harbour',
    { method: 'certificate', value: 'belt-harbour', born: -170, ends: { value: 560 } },
    belts,
  )
  const analytics = account(scene, {
    place: ['snowflake', 'snowflake_user', 'user/ANALYTICS_SHARED'],
    name: 'ANALYTICS_SHARED',
    owner: 'Ines Calloway',
    born: -640,
    used: { every: 0.05 },
    by: 'three programs',
    environment: 'production',
    holds: [
      ['lake', 'production', 'write'],
      ['reports', 'production', 'read'],
    ],
    calls: [
      ['lake', 'production'],
      ['reports', 'production'],
    ],
    faults: ['reused', ...since(scene, -460, 'long-lived')],
  })
  const password = scene.credential(
    ['snowflake', 'snowflake_password', 'password/ANALYTICS_SHARED'],
    'password of ANALYTICS_SHARED',
    { method: 'password', value: 'analytics', born: -640, ends: NEVER, used: { every: 0.05 } },
    [analytics],
  )
  for (const program of ['Tableau', 'dbt', 'reverse-etl'])
    scene.say(
      'snowflake',
      scene.workload(['snowflake', 'snowflake_client', `client/${program}`], program, { environment: 'production' }),
      'uses',
      password,
    )
  const uploader = account(scene, {
    place: ['gcp', 'gcp_service_account', 'artifact-uploader@larkfield-prod.iam.gserviceaccount.example'],
    name: 'artifact-uploader',
    owner: 'Mara Quill',
    born: -410,
    used: { every: 0.3 },
    by: 'GitLab runner 7',
    environment: 'production',
    holds: [['media', 'production', 'write']],
    calls: [['media', 'production']],
    near: [['reused', 'three stores hold the key, and one pipeline uses it']],
  })
  const uploads = scene.credential(
    ['gcp', 'gcp_service_account_key', 'key/artifact-uploader'],
    'key of artifact-uploader',
    { method: 'access-key', value: 'artifact-uploader', born: -70, ends: { value: 20 }, used: { every: 0.3 } },
    [uploader],
  )
  const variable = scene.copy(
    ['gitlab', 'gitlab_ci_variable', 'variable/media/GCP_KEY'],
    'GCP_KEY of larkfield/media',
    uploads,
    { value: 'artifact-uploader', born: -70 },
  )
  scene.copy(['jenkins', 'jenkins_stored_credential', 'credential/gcp-uploader'], 'gcp-uploader', uploads, {
    value: 'artifact-uploader',
    born: -70,
  })
  scene.copy(['github', 'github_actions_secret', 'secret/media/GCP_KEY'], 'GCP_KEY of larkfield/media', uploads, {
    value: 'artifact-uploader',
    born: -70,
  })
  scene.say(
    'gitlab',
    scene.workload(['gitlab', 'gitlab_pipeline_job', 'job/media/upload'], 'media / upload', {
      environment: 'production',
    }),
    'uses',
    variable,
  )
}

export const leakStories = [publicKey, nearLeaks, privateKey, shared]

/** Other companies, ways in, and rights: NHI3, NHI4, NHI5 and NHI6. */
import { account, NEVER, since } from './account.ts'
import type { Scene } from './scene.ts'

const SIGN_IN = { unknown: 'the sign-in log may not be read', permission: 'AuditLog.Read.All' } as const

function vendors(scene: Scene): void {
  const vendor = (name: string, more: object = {}) => ({ attributes: { vendor: name, thirdParty: true, ...more } })
  account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/datavane-connector'],
    name: 'datavane-connector',
    owner: 'Ines Calloway',
    born: -390,
    used: { every: 0.2 },
    by: 'account 907000000003 (Datavane)',
    environment: 'production',
    facts: vendor('Datavane'),
    holds: [['lake', 'production', 'admin']],
    calls: [['lake', 'production']],
    faults: ['vendor-excess', 'over-privileged'],
  })
  account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/opsglass-monitor'],
    name: 'opsglass-monitor',
    owner: 'Noor Easton',
    born: -700,
    used: { every: 0.01 },
    by: 'account 907000000017 (Opsglass)',
    environment: 'production',
    facts: vendor('Opsglass'),
    holds: [
      ['checkout', 'production', 'metrics'],
      ['orders', 'production', 'metrics'],
    ],
    calls: [
      ['checkout', 'production'],
      ['orders', 'production'],
    ],
    near: [['vendor-excess', 'it may read metrics and does nothing else']],
  })
  const pay = account(scene, {
    place: ['salesforce', 'salesforce_connected_app', 'app/quillpay-sync'],
    name: 'Quillpay Sync',
    owner: 'Priya Sandoval',
    recorded: false,
    evidence: ['created'],
    maker: 'Priya Sandoval',
    born: -190,
    used: { every: 0.5 },
    by: '203.0.113.40',
    facts: vendor('Quillpay', { scopes: ['full', 'refresh_token'] }),
    holds: [['loyalty', 'production', 'admin']],
    calls: [['loyalty', 'production']],
    faults: ['vendor-excess', 'over-privileged', ...since(scene, -10, 'long-lived')],
  })
  scene.credential(
    ['salesforce', 'salesforce_oauth_token', 'token/quillpay'],
    'refresh token of Quillpay Sync',
    { method: 'token', value: 'quillpay', born: -190, ends: NEVER, used: { every: 0.5 } },
    [pay],
  )
  account(scene, {
    place: ['slack', 'slack_app', 'app/brightmail'],
    name: 'Brightmail',
    owner: null,
    born: -140,
    used: { unknown: 'the audit log of the workspace may not be read', permission: 'auditlogs:read (Enterprise Grid)' },
    facts: vendor('Brightmail', { scopes: ['admin', 'files:read', 'channels:history'] }),
    holds: [['notify', 'production', 'admin']],
    faults: ['vendor-excess', 'over-privileged', 'orphaned'],
    hard: 'a trial that nobody ended, installed by somebody whose account was deleted',
  })
  account(scene, {
    place: ['github', 'github_app', 'app/stackwarden'],
    name: 'Stackwarden',
    owner: 'Samir Holt',
    born: -420,
    used: { every: 1 },
    by: 'installation 88231',
    facts: vendor('Stackwarden'),
    holds: [
      ['checkout', 'production', 'read'],
      ['payments', 'production', 'read'],
    ],
    calls: [['checkout', 'production']],
    near: [['vendor-excess', 'a scanner that may read code and nothing else']],
  })
  account(scene, {
    place: ['gcp', 'gcp_service_account', 'labs-sync@larkfield-prod.iam.gserviceaccount.example'],
    name: 'labs-sync',
    owner: 'Rafael Okoro',
    born: -260,
    used: { every: 1 },
    by: 'Larkfield Labs',
    environment: 'production',
    facts: vendor('Larkfield Labs'),
    holds: [['lake', 'production', 'admin']],
    calls: [['lake', 'production', 'admin']],
    near: [['vendor-excess', 'Larkfield Labs is a company of Larkfield, and runs the lake']],
  })
}

function waysIn(scene: Scene): void {
  const publisher = account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/release-publisher'],
    name: 'release-publisher',
    owner: 'Noor Easton',
    born: -450,
    used: { every: 1 },
    by: 'GitHub Actions, larkfield/media',
    environment: 'production',
    holds: [['media', 'production', 'write']],
    calls: [['media', 'production']],
    faults: ['weak-authentication', ...since(scene, -270, 'long-lived' as const)],
  })
  trust(scene, 'release-publisher', 'repo:larkfield/media:ref:refs/heads/main', publisher)
  scene.credential(
    ['aws', 'aws_access_key', 'access-key/release-publisher'],
    'access key of release-publisher',
    { method: 'access-key', value: 'release-publisher', born: -450, ends: NEVER, used: { every: 30, until: -200 } },
    [publisher],
  )
  const moved = account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/parcels-publisher'],
    name: 'parcels-publisher',
    owner: 'Kenji Harrow',
    born: -450,
    used: { every: 1 },
    by: 'GitHub Actions, larkfield/parcels',
    environment: 'production',
    holds: [['parcels', 'production', 'write']],
    calls: [['parcels', 'production']],
    near: [['weak-authentication', 'its old key is switched off and waits for its last week']],
  })
  trust(scene, 'parcels-publisher', 'repo:larkfield/parcels:ref:refs/heads/main', moved)
  scene.credential(
    ['aws', 'aws_access_key', 'access-key/parcels-publisher'],
    'access key of parcels-publisher',
    {
      method: 'access-key',
      value: 'parcels-publisher',
      born: -450,
      ends: NEVER,
      attributes: { ...(scene.today >= -20 ? { status: 'inactive' } : {}) },
    },
    [moved],
  )
  const open = account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/github-oidc-deployer'],
    name: 'github-oidc-deployer',
    owner: 'Mara Quill',
    born: -230,
    used: { every: 0.3 },
    by: 'GitHub Actions',
    environment: 'production',
    holds: [['orders', 'production', 'admin']],
    calls: [['orders', 'production', 'admin']],
    faults: ['open-trust'],
  })
  trust(scene, 'github-oidc-deployer', 'repo:*', open)
  const wide = account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000002:role/preview-deployer'],
    name: 'preview-deployer',
    owner: 'Mara Quill',
    born: -230,
    used: { every: 0.3 },
    by: 'GitHub Actions',
    environment: 'development',
    holds: [['orders', 'development', 'write']],
    calls: [['orders', 'development']],
    near: [['open-trust', 'any branch of our own organisation may deploy a preview, and that is meant']],
  })
  trust(scene, 'preview-deployer', 'repo:larkfield/orders:*', wide)
  const pool = account(scene, {
    place: ['gcp', 'gcp_service_account', 'gitlab-runner@larkfield-prod.iam.gserviceaccount.example'],
    name: 'gitlab-runner',
    owner: 'Felix Arden',
    born: -200,
    used: { every: 0.1 },
    by: 'GitLab',
    environment: 'production',
    holds: [['routing', 'production', 'write']],
    calls: [['routing', 'production']],
    faults: ['open-trust'],
    hard: 'the condition of the pool may not be read',
  })
  scene.credential(
    ['gcp', 'gcp_workload_identity', 'pool/gitlab'],
    'pool gitlab',
    {
      method: 'federation',
      born: -200,
      attributes: { issuer: 'https://git.larkfield.example' },
      unknowns: {
        subject: {
          reason: 'the condition of the pool may not be read',
          permission: 'iam.workloadIdentityPoolProviders.get',
        },
      },
    },
    [pool],
  )
  const ftp = account(scene, {
    place: ['linux', 'linux_service_account', 'batch-eu-1/edi'],
    name: 'edi@batch-eu-1',
    owner: 'Kenji Harrow',
    recorded: false,
    evidence: ['runs'],
    born: -1450,
    used: { every: 1 },
    by: '198.51.100.7',
    environment: 'production',
    facts: { attributes: { protocol: 'ftp', remote: 'a carrier' } },
    holds: [['parcels', 'production', 'write']],
    calls: [['parcels', 'production']],
    faults: ['weak-authentication', 'long-lived'],
    hard: 'a password over FTP: nothing but the protocol says that it travels in clear',
  })
  scene.credential(
    ['linux', 'linux_ssh_key', 'password/batch-eu-1-edi'],
    'password of edi',
    { method: 'password', value: 'edi', born: -1450, ends: NEVER },
    [ftp],
  )
}

function trust(scene: Scene, name: string, subject: string, role: string): void {
  scene.credential(
    ['aws', 'aws_trust', `trust/${name}`],
    `trust of ${name}`,
    {
      method: 'federation',
      born: -230,
      attributes: { issuer: 'https://token.actions.githubusercontent.com', subject },
    },
    [role],
  )
}

function rights(scene: Scene): void {
  const { company } = scene.world
  const sync = account(scene, {
    place: ['entra', 'entra_app', 'app/graph-sync'],
    name: 'graph-sync',
    owner: 'Samir Holt',
    born: -560,
    used: SIGN_IN,
    environment: 'production',
    facts: { tier: 0, attributes: { privileged: true, roles: ['Directory.ReadWrite.All'] } },
    holds: [['search', 'production', 'admin']],
    faults: ['over-privileged'],
    hard: 'it reads names; a developer is its owner in the directory and could become it',
  })
  scene.say('entra', company.person('Lena Brandt').key, 'controls', sync)
  account(scene, {
    place: ['gcp', 'gcp_service_account', 'report-mailer@larkfield-prod.iam.gserviceaccount.example'],
    name: 'report-mailer',
    owner: 'Ines Calloway',
    born: -370,
    used: { every: 1 },
    by: 'Cloud Run report-mailer',
    environment: 'production',
    holds: [
      ['reports', 'production', 'write'],
      ['lake', 'production', 'admin'],
    ],
    calls: [['reports', 'production']],
    faults: ['over-privileged'],
  })
  account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/terraform-apply'],
    name: 'terraform-apply',
    owner: 'Mara Quill',
    born: -900,
    used: { every: 2 },
    by: 'Terraform Cloud agent',
    environment: 'production',
    facts: { attributes: { privileged: true } },
    holds: [
      ['checkout', 'production', 'admin'],
      ['orders', 'production', 'admin'],
      ['payments', 'production', 'admin'],
    ],
    calls: [
      ['checkout', 'production', 'admin'],
      ['orders', 'production', 'admin'],
      ['payments', 'production', 'admin'],
    ],
    near: [['over-privileged', 'it builds the account, and uses all it holds']],
  })
  account(scene, {
    place: ['kubernetes', 'kubernetes_service_account', 'system:serviceaccount:platform:cluster-cleaner'],
    name: 'cluster-cleaner',
    owner: 'Felix Arden',
    born: -240,
    environment: 'production',
    holds: [['tracking', 'production', 'admin']],
    calls: [['tracking', 'production']],
    faults: ['over-privileged'],
    hard: 'the cluster keeps no record of use that we may read',
  })
  account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/backup-restore'],
    name: 'backup-restore',
    owner: 'Noor Easton',
    born: -800,
    used: { every: 91, last: -33 },
    by: 'the restore drill',
    environment: 'production',
    holds: [['ledger', 'production', 'admin']],
    calls: [['ledger', 'production', 'admin']],
    near: [['over-privileged', 'it writes only when something is restored, and then it must']],
  })
  const orders = account(scene, {
    place: ['postgres', 'postgres_role', 'role/orders_app'],
    name: 'orders_app',
    owner: 'Tobias Fenn',
    born: -1400,
    environment: 'production',
    facts: { attributes: { login: true, superuser: true, bootstrap: false, createRole: false } },
    holds: [['orders', 'production', 'admin']],
    faults: ['over-privileged', 'human-use', 'long-lived'],
  })
  scene.credential(
    ['postgres', 'postgres_login_password', 'password/orders_app'],
    'password of orders_app',
    { method: 'password', value: 'orders_app', born: -760, ends: NEVER },
    [orders],
  )
  const client = (application: string, address: string, interactive: boolean) =>
    scene.say(
      'postgres',
      scene.workload(
        ['postgres', 'postgres_client', `client/orders_app/${application}`],
        `${application} from ${address}`,
        {
          attributes: { application, address, interactive, since: scene.at(Math.floor(scene.today) - 1, application) },
        },
      ),
      'uses',
      orders,
    )
  client('orders-api', '10.20.2.14', false)
  if (scene.today >= -130) client('psql', '10.20.9.31', true)
}

export const rightsStories = [vendors, waysIn, rights]

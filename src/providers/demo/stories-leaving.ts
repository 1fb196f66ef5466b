/** What is left when people and purposes go, and what only looks left: NHI1. */
import { account, NEVER, since } from './account.ts'
import type { Scene } from './scene.ts'

/** Jonas Reyk left six days ago. Payroll runs on the thirtieth. */
function leaver(scene: Scene): void {
  const his = ['payroll-export', 'payroll-sepa', 'ledger-import', 'vat-filing', 'bank-feed', 'invoice-ocr']
  for (const [place, name] of his.entries()) {
    const app = account(scene, {
      place: ['entra', 'entra_app', `app/${name}`],
      name,
      owner: 'Jonas Reyk',
      maker: 'Jonas Reyk',
      born: -900 + 70 * place,
      environment: 'production',
      used: { unknown: 'the sign-in log may not be read', permission: 'AuditLog.Read.All' },
      holds: [[place < 2 ? 'billing' : 'ledger', 'production', place < 2 ? 'write' : 'read']],
    })
    scene.credential(
      ['entra', 'entra_client_secret', `secret/${name}`],
      `client secret of ${name}`,
      { method: 'client-secret', value: name, born: -80 - 9 * place, ends: { value: 100 + 9 * place } },
      [app],
    )
  }
  const etl = account(scene, {
    place: ['gcp', 'gcp_service_account', 'etl-legacy@larkfield-prod.iam.gserviceaccount.example'],
    name: 'etl-legacy',
    owner: 'Bruno Aldane',
    recorded: false,
    maker: 'Bruno Aldane',
    evidence: ['created'],
    born: -1100,
    used: { every: 1 },
    by: 'Cloud Scheduler',
    environment: 'production',
    holds: [['lake', 'production', 'write']],
    calls: [['lake', 'production']],
    faults: ['long-lived'],
  })
  scene.credential(
    ['gcp', 'gcp_service_account_key', 'key/etl-legacy'],
    'key of etl-legacy',
    { method: 'access-key', value: 'etl-legacy', born: -1100, ends: NEVER, used: { every: 1 } },
    [etl],
  )
}

/** Nothing needs these any more. */
function abandoned(scene: Scene): void {
  account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/campaign-2024'],
    name: 'campaign-2024',
    owner: 'Greta Voss',
    recorded: false,
    evidence: ['names'],
    born: -760,
    used: { every: 1, until: -401 },
    by: 'a Lambda function that is gone',
    environment: 'production',
    facts: { attributes: { description: 'Spring campaign 2024, Greta' } },
    holds: [['notify', 'production', 'admin']],
    faults: ['stale', 'over-privileged'],
  })
  const migration = account(scene, {
    place: ['okta', 'okta_service_app', 'app/ldap-migration'],
    name: 'ldap-migration',
    owner: 'Samir Holt',
    born: -520,
    used: { every: 1, until: -280 },
    by: '10.20.1.9',
    holds: [['search', 'production', 'admin']],
    faults: [...since(scene, -190, 'stale', 'over-privileged'), ...since(scene, -340, 'long-lived')],
    hard: 'Okta stopped answering three days ago',
  })
  scene.credential(
    ['okta', 'okta_api_token', 'token/ldap-migration'],
    'API token of ldap-migration',
    { method: 'token', value: 'ldap-migration', born: -520, ends: NEVER, used: { every: 1, until: -280 } },
    [migration],
  )
  const poc = account(scene, {
    place: ['gcp', 'gcp_service_account', 'vendor-poc@larkfield-dev.iam.gserviceaccount.example'],
    name: 'vendor-poc',
    owner: 'Ines Calloway',
    born: -330,
    used: { every: 1, until: -160 },
    environment: 'development',
    facts: { attributes: { ...(scene.today >= -150 ? { status: 'disabled' } : {}) } },
    holds: [['lake', 'development', 'read']],
    faults: since(scene, -150, 'unrevoked'),
  })
  scene.credential(
    ['gcp', 'gcp_service_account_key', 'key/vendor-poc'],
    'key of vendor-poc',
    { method: 'access-key', value: 'vendor-poc', born: -85, ends: NEVER },
    [poc],
  )
  const done = account(scene, {
    place: ['gcp', 'gcp_service_account', 'vendor-poc-2@larkfield-dev.iam.gserviceaccount.example'],
    name: 'vendor-poc-2',
    owner: 'Ines Calloway',
    born: -320,
    used: { every: 1, until: -160 },
    environment: 'development',
    facts: { attributes: { ...(scene.today >= -150 ? { status: 'disabled' } : {}) } },
    near: [['unrevoked', 'it was switched off and its key with it']],
  })
  scene.credential(
    ['gcp', 'gcp_service_account_key', 'key/vendor-poc-2'],
    'key of vendor-poc-2',
    {
      method: 'access-key',
      value: 'vendor-poc-2',
      born: -85,
      ends: NEVER,
      attributes: { ...(scene.today >= -150 ? { disabled: true } : {}) },
    },
    [done],
  )
}

/** Rarely used, and needed. */
function rare(scene: Scene): void {
  const close = account(scene, {
    place: ['aws', 'aws_iam_user', 'arn:aws:iam::441000000001:user/ledger-close'],
    name: 'ledger-close',
    owner: 'Odile Marsh',
    born: -1500,
    used: { every: 91, last: -52 },
    by: 'quarter-close on batch-eu-2',
    environment: 'production',
    facts: { attributes: { usageSince: scene.at(scene.today - 90) } },
    holds: [['ledger', 'production', 'write']],
    calls: [['ledger', 'production']],
    near: [['stale', 'a job of each quarter uses it, and its use is on record for 90 days only']],
    hard: 'that nothing uses it cannot be proved while its record is shorter than its rhythm',
  })
  scene.credential(
    ['aws', 'aws_access_key', 'access-key/ledger-close'],
    'access key of ledger-close',
    { method: 'access-key', value: 'ledger-close', born: -60, ends: NEVER, used: { every: 91, last: -52 } },
    [close],
  )
  const vat = account(scene, {
    place: ['snowflake', 'snowflake_user', 'user/VAT_RETURN'],
    name: 'VAT_RETURN',
    owner: 'Odile Marsh',
    born: -800,
    used: { every: 122, last: -97 },
    by: 'vat-return 4.2',
    environment: 'production',
    holds: [['ledger', 'production', 'read']],
    calls: [['ledger', 'production']],
    near: [['stale', 'it files three times a year, and the next is in a few weeks']],
  })
  scene.credential(
    ['snowflake', 'snowflake_key_pair', 'key/VAT_RETURN'],
    'key pair of VAT_RETURN',
    { method: 'ssh-key', value: 'vat', born: -150, ends: NEVER },
    [vat],
  )
  const count = account(scene, {
    place: ['rpa', 'rpa_robot', 'robot/inventory-count'],
    name: 'robot-inventory-count',
    owner: 'Sunniva Dahl',
    recorded: false,
    evidence: ['runs', 'names'],
    born: -700,
    used: { every: 365, last: -330 },
    by: 'Inventory count 2025',
    holds: [['scanners', 'production', 'write']],
    calls: [['scanners', 'production']],
    near: [['stale', 'stock is counted once a year']],
    hard: 'once a year is rarer than any limit',
  })
  scene.credential(
    ['rpa', 'rpa_credential_asset', 'asset/inventory-count'],
    'credential of robot-inventory-count',
    { method: 'password', value: 'inventory-count', born: -40, ends: { value: 50 } },
    [count],
  )
  account(scene, {
    place: ['aws', 'aws_iam_user', 'arn:aws:iam::441000000001:user/loyalty-v2'],
    name: 'loyalty-v2',
    owner: 'Greta Voss',
    born: -12,
    used: { unknown: 'no use of it is on record' },
    environment: 'production',
    holds: [['loyalty', 'production', 'write']],
    near: [['stale', 'it is twelve days old and goes live in December']],
  })
}

/** Kept sealed for the day on which nothing else works. */
function breakGlass(scene: Scene): void {
  const { company } = scene.world
  account(scene, {
    place: ['entra', 'entra_app', 'app/emergency-access'],
    name: 'emergency-access',
    owner: 'Samir Holt',
    born: -1300,
    used: { unknown: 'the sign-in log may not be read', permission: 'AuditLog.Read.All' },
    facts: { tier: 0, attributes: { privileged: true, purpose: 'break-glass' } },
    near: [
      ['stale', 'it is there for an emergency'],
      ['over-privileged', 'an emergency needs it whole'],
    ],
  })
  const root = account(scene, {
    place: ['aws', 'aws_iam_user', 'arn:aws:iam::441000000001:user/break-glass'],
    name: 'break-glass',
    owner: 'Samir Holt',
    born: -1500,
    used: { every: 365, last: -212 },
    by: 'the yearly drill',
    environment: 'production',
    facts: { tier: 0, attributes: { privileged: true, purpose: 'break-glass' } },
    holds: [['payments', 'production', 'admin']],
    near: [
      ['stale', 'it is there for an emergency'],
      ['long-lived', 'its key lies in a safe and is replaced after each use'],
    ],
  })
  scene.credential(
    ['aws', 'aws_access_key', 'access-key/break-glass'],
    'access key of break-glass',
    { method: 'access-key', value: 'break-glass', born: -211, ends: NEVER, used: { every: 365, last: -212 } },
    [root],
  )
  scene.say('aws', company.person('Mara Quill').key, 'controls', root)
}

/** Who answers is not who a source names, or nobody is named and something tells. */
function owners(scene: Scene): void {
  account(scene, {
    place: ['kubernetes', 'kubernetes_service_account', 'system:serviceaccount:search-prod:indexer'],
    name: 'search-indexer',
    owner: 'Tobias Fenn',
    recorded: false,
    maker: 'Felix Arden',
    evidence: ['contains', 'runs'],
    born: -480,
    environment: 'production',
    holds: [['search', 'production', 'write']],
    hard: 'the platform engineer who made it answers for it as little as for the hundred others',
  })
  const { company } = scene.world
  const indexer = scene.workload(
    ['kubernetes', 'kubernetes_deployment', 'deployment/search/indexer'],
    'search / indexer',
    { environment: 'production', attributes: { team: 'Checkout' } },
  )
  scene.say('kubernetes', indexer, 'runs-as', 'kubernetes:system:serviceaccount:search-prod:indexer')
  scene.edge('kubernetes', 'workloads', company.person('Tobias Fenn').key, 'owns', indexer)
  account(scene, {
    place: ['gitlab', 'gitlab_bot', 'bot/pricing-feed'],
    name: 'pricing-feed',
    owner: 'Tobias Fenn',
    named: 'Lena Brandt',
    born: -610,
    used: { every: 1 },
    by: 'pipeline pricing / feed',
    environment: 'production',
    holds: [['pricing', 'production', 'write']],
    calls: [['pricing', 'production']],
    hard: 'Lena Brandt, whom the source names, handed it over and nobody wrote it down',
  })
  account(scene, {
    place: ['linux', 'linux_user', 'web-eu-2/shared'],
    name: 'shared@web-eu-2',
    owner: null,
    born: -1000,
    used: { every: 9 },
    by: '10.20.9.31',
    environment: 'production',
    facts: {
      attributes: {
        accountKind: 'unknown',
        account: 'shared',
        uid: 1007,
        loginShell: true,
        shell: '/bin/bash',
        password: 'usable',
        interactiveLogins: 3,
      },
    },
    faults: ['orphaned', 'human-use'],
    hard: 'whether people or a program use it cannot be told from the host',
    unseen: ['orphaned'],
  })
  account(scene, {
    place: ['kubernetes', 'kubernetes_service_account', 'system:serviceaccount:kube-system:coredns'],
    name: 'coredns',
    owner: 'Noor Easton',
    recorded: false,
    evidence: ['none'],
    born: -1100,
    environment: 'production',
    facts: { attributes: { accountKind: 'system' } },
    near: [['orphaned', 'it belongs to the cluster']],
  })
}

export const leavingStories = [leaver, abandoned, rare, breakGlass, owners]

/** Age and environments: NHI7 and NHI8. */
import { account, NEVER, since } from './account.ts'
import type { Scene } from './scene.ts'

function age(scene: Scene): void {
  const erp = account(scene, {
    place: ['aws', 'aws_iam_user', 'arn:aws:iam::441000000001:user/orders-erp'],
    name: 'orders-erp',
    owner: 'Tobias Fenn',
    born: -1500,
    used: { every: 0.04 },
    by: 'the ERP in Ghent',
    environment: 'production',
    holds: [['orders', 'production', 'write']],
    calls: [['orders', 'production']],
    faults: ['long-lived'],
  })
  scene.credential(
    ['aws', 'aws_access_key', 'access-key/orders-erp'],
    'access key of orders-erp',
    { method: 'access-key', value: 'orders-erp', born: -1500, ends: NEVER, used: { every: 0.04 } },
    [erp],
  )
  const bridge = account(scene, {
    place: ['iot', 'iot_gateway', 'gateway/mqtt-bridge'],
    name: 'mqtt-bridge',
    owner: 'Sunniva Dahl',
    born: -170,
    used: { every: 0.01 },
    by: '10.88.0.1',
    holds: [['scanners', 'production', 'admin']],
    calls: [['scanners', 'production']],
    faults: ['long-lived', 'over-privileged'],
  })
  scene.credential(
    ['iot', 'iot_certificate', 'certificate/mqtt-bridge'],
    'certificate of mqtt-bridge',
    { method: 'certificate', value: 'mqtt-bridge', born: -169, ends: { value: 3483 } },
    [bridge],
  )
  const late = account(scene, {
    place: ['github', 'github_machine_user', 'user/larkfield-release'],
    name: 'larkfield-release',
    owner: 'Noor Easton',
    born: -800,
    used: { every: 1 },
    by: 'release-please',
    holds: [['media', 'production', 'write']],
    calls: [['media', 'production']],
    near: [['long-lived', 'it is replaced each quarter, this time five days late']],
  })
  scene.credential(
    ['github', 'github_token', 'token/larkfield-release'],
    'token of larkfield-release',
    { method: 'token', value: 'larkfield-release', born: -96, ends: { value: 90 }, used: { every: 1 } },
    [late],
  )
  const loader = account(scene, {
    place: ['gcp', 'gcp_service_account', 'lake-loader@larkfield-prod.iam.gserviceaccount.example'],
    name: 'lake-loader',
    owner: 'Rafael Okoro',
    born: -500,
    used: { every: 0.5 },
    by: 'Composer',
    environment: 'production',
    holds: [['lake', 'production', 'write']],
    calls: [['lake', 'production']],
    faults: ['long-lived'],
  })
  for (const [place, born] of [-500, -380, -290, -140, -30].entries())
    scene.credential(
      ['gcp', 'gcp_service_account_key', `key/lake-loader-${place + 1}`],
      `key ${place + 1} of lake-loader`,
      {
        method: 'access-key',
        value: `lake-loader ${place}`,
        born,
        ends: NEVER,
        used: { every: 0.5, ...(place < 4 ? { until: born + 100 } : {}) },
      },
      [loader],
    )
}

/** Ends on the next Thursday after the day of the stories, and nobody is known to renew it. */
function thursday(scene: Scene): void {
  const weekday = new Date(scene.world.day).getUTCDay()
  const ends = ((11 - weekday) % 7) + 0.4 || 7
  const gateway = account(scene, {
    place: ['kubernetes', 'kubernetes_service_account', 'system:serviceaccount:orders-prod:gateway'],
    name: 'orders-gateway',
    owner: 'Tobias Fenn',
    born: -397 + ends,
    environment: 'production',
    holds: [['orders', 'production', 'write']],
    calls: [['orders', 'production']],
    near: [['long-lived', 'it lasts 398 days, as long as its kind may']],
  })
  const renewed = scene.today >= ends + 2
  scene.credential(
    ['kubernetes', 'kubernetes_token', `certificate/orders-gateway-${renewed ? 2 : 1}`],
    'mTLS certificate of orders-gateway',
    {
      method: 'certificate',
      value: `orders-gateway ${renewed}`,
      born: renewed ? ends + 2 : ends - 397,
      ends: { value: renewed ? ends + 400 : ends },
    },
    [gateway],
  )
  const broker = account(scene, {
    place: ['iot', 'iot_gateway', 'gateway/broker'],
    name: 'warehouse-broker',
    owner: 'Sunniva Dahl',
    born: -175,
    used: { every: 0.01 },
    by: '10.88.0.0/16',
    holds: [['scanners', 'production', 'write']],
    calls: [['scanners', 'production']],
  })
  scene.credential(
    ['iot', 'iot_certificate', 'certificate/broker'],
    'certificate of warehouse-broker',
    {
      method: 'certificate',
      value: 'broker',
      born: -87,
      ends: { value: 3 },
      attributes: { autoRenew: true, autoRenews: true },
    },
    [broker],
  )
}

function environments(scene: Scene): void {
  account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000002:role/terraform-runner'],
    name: 'terraform-runner',
    owner: 'Felix Arden',
    born: -640,
    used: { every: 1 },
    by: 'Terraform on a laptop',
    environment: 'development',
    holds: [
      ['checkout', 'development', 'admin'],
      ['checkout', 'production', 'admin'],
    ],
    calls: [
      ['checkout', 'development', 'admin'],
      ['checkout', 'production', 'admin'],
    ],
    faults: ['environment-mixing'],
  })
  account(scene, {
    place: ['kubernetes', 'kubernetes_service_account', 'system:serviceaccount:returns-staging:sync-fixtures'],
    name: 'sync-fixtures',
    owner: 'Greta Voss',
    recorded: false,
    evidence: ['contains'],
    born: -210,
    environment: 'staging',
    holds: [
      ['returns', 'staging', 'write'],
      ['returns', 'production', 'read'],
    ],
    faults: ['environment-mixing'],
  })
  account(scene, {
    place: ['aws', 'aws_iam_role', 'arn:aws:iam::441000000001:role/metrics-reader'],
    name: 'metrics-reader',
    owner: 'Noor Easton',
    born: -600,
    used: { every: 0.01 },
    by: 'Prometheus',
    environment: 'production',
    holds: [
      ['orders', 'production', 'metrics'],
      ['orders', 'staging', 'metrics'],
    ],
    calls: [
      ['orders', 'production'],
      ['orders', 'staging'],
    ],
    near: [['environment-mixing', 'it watches all environments, and may read their metrics alone']],
  })
  account(scene, {
    place: ['aws', 'aws_iam_user', 'arn:aws:iam::441000000002:user/prod-rehearsal'],
    name: 'prod-rehearsal',
    owner: 'Tobias Fenn',
    born: -150,
    used: { every: 2 },
    by: 'load test',
    environment: 'staging',
    holds: [['orders', 'staging', 'write']],
    calls: [['orders', 'staging']],
    near: [['environment-mixing', 'only its name speaks of production']],
  })
  const labels = account(scene, {
    place: ['postgres', 'postgres_role', 'role/labels_app'],
    name: 'labels_app',
    owner: 'Kenji Harrow',
    born: -700,
    environment: 'production',
    facts: { attributes: { login: true, superuser: false, bootstrap: false, createRole: false } },
    holds: [['labels', 'production', 'write']],
    faults: ['environment-mixing', ...since(scene, -160, 'reused')],
    hard: 'the role is of production; the password of it lies in staging too',
  })
  const password = scene.credential(
    ['postgres', 'postgres_login_password', 'password/labels_app'],
    'password of labels_app',
    { method: 'password', value: 'labels_app', born: -160, ends: { value: 205 } },
    [labels],
  )
  for (const environment of ['production', 'staging'] as const) {
    const copy = scene.copy(
      ['kubernetes', 'kubernetes_opaque_secret', `secret/labels-${environment}/db`],
      `labels-${environment}/db`,
      password,
      { environment, value: 'labels_app', born: -160 },
    )
    scene.say(
      'kubernetes',
      scene.workload(
        ['kubernetes', 'kubernetes_deployment', `deployment/labels-${environment}/api`],
        `labels-${environment} / api`,
        { environment },
      ),
      'uses',
      copy,
    )
  }
}

export const timeStories = [age, thursday, environments]

import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { rows } from './git-places.ts'

const CLOUDS: Record<string, string> = { aws: 'AWS', gcp: 'Google Cloud', azure: 'Azure' }
/** Pipelines whose jobs get an identity token that these clouds accept. */
const FEDERATES = new Set(['github', 'gitlab', 'bitbucket', 'circleci', 'azure-devops'])

export const gitCloudKeyInPipeline = defineRule({
  id: 'git-cloud-key-in-pipeline',
  title: 'A pipeline uses a static cloud key where federation would do',
  owasp: ['NHI4', 'NHI6', 'NHI7'],
  severity: 'medium',
  why: 'The key is valid until somebody rotates it and works from anywhere. A job can get a token of its own for minutes instead, bound to repository and branch.',
  fix: [
    'Let the cloud trust the pipeline’s issuer for this repository and branch (OIDC).',
    'Grant the job the identity token (id-token: write, or id_tokens) and name the role.',
    'Delete the key in the cloud and the secret in the pipeline.',
  ],
  undo: 'Keep the key disabled in the cloud for a month; enable it again if a job still asks for it.',
  effort: 40,
  about: { kind: 'secret', types: ['ci_secret'] },
  along: { siblings: ['<contains', '>contains'] },
  check({ entity, along }) {
    const { cloudKey, platform, uses } = entity.attributes
    const cloud = CLOUDS[String(cloudKey)]
    if (!cloud) return pass
    if (!FEDERATES.has(String(platform))) return notApplicable('its pipelines get no identity token')
    const beside = along.siblings!.find(
      ({ entity: one }) => one?.type === 'ci_oidc_trust' && one.attributes['cloud'] === cloudKey,
    )
    const places = rows(uses).map((use) => ({
      file: String(use['file']),
      ...(typeof use['line'] === 'number' && use['line'] > 0 ? { line: use['line'] } : {}),
    }))
    return fail(
      `${entity.name} is a static key for ${cloud}.`,
      [
        ...places.slice(0, 5).map(({ file, line }) => `It is given to a job in ${file}${line ? `:${line}` : ''}.`),
        ...(beside ? [`The same repository already federates to ${cloud}: ${beside.entity!.name}.`] : []),
        'The file does not say how old it is.',
      ],
      { places, ...(beside ? { severity: 'high' as const } : {}) },
    )
  },
  cases: [
    {
      name: 'an access key of AWS given to a job',
      subject: 'git:a/secret/AWS_SECRET_ACCESS_KEY',
      entities: [
        {
          kind: 'secret',
          type: 'ci_secret',
          key: 'git:a/secret/AWS_SECRET_ACCESS_KEY',
          name: 'AWS_SECRET_ACCESS_KEY',
          attributes: {
            cloudKey: 'aws',
            platform: 'github',
            uses: [{ file: '.github/workflows/deploy.yml', line: 20, job: 'deploy' }],
          },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'a token of another service',
      subject: 'git:a/secret/NPM_TOKEN',
      entities: [
        {
          kind: 'secret',
          type: 'ci_secret',
          key: 'git:a/secret/NPM_TOKEN',
          name: 'NPM_TOKEN',
          attributes: { cloudKey: null, platform: 'github' },
        },
      ],
      expect: 'pass',
    },
    {
      name: 'Jenkins, whose jobs have no identity',
      subject: 'git:a/secret/aws-key',
      entities: [
        {
          kind: 'secret',
          type: 'ci_secret',
          key: 'git:a/secret/aws-key',
          name: 'aws-key',
          attributes: { cloudKey: 'aws', platform: 'jenkins' },
        },
      ],
      expect: 'not-applicable',
    },
  ],
})

import { systemClock } from '../../platform/index.ts'
import { type AwsEstate, awsEstate } from './estate.ts'
import { readAuthorization } from './read-authorization.ts'
import { readOrganization } from './read-organization.ts'
import { readResources } from './read-resources.ts'

/** What an offline question is asked of; all are paths of files. */
export interface AwsFiles {
  /** Answers of `get-account-authorization-details`, of one or more accounts. */
  from: readonly string[]
  resources?: string | undefined
  organization?: string | undefined
}

/** Reads the files; errors say which and where (`access/file`, `access/json`, `access/shape`). Offline and without a server. */
export async function openAws({ from, resources, organization }: AwsFiles): Promise<AwsEstate> {
  const [details, listed, policies] = await Promise.all([
    readAuthorization(from),
    resources === undefined ? undefined : readResources(resources),
    organization === undefined ? undefined : readOrganization(organization),
  ])
  return awsEstate({ details, resources: listed, organization: policies, now: systemClock.now().getTime() })
}

/** `arn:partition:service:region:account:resource`; empty texts for what is no ARN. */
export interface Arn {
  partition: string
  service: string
  region: string
  account: string
  resource: string
}

export function arnOf(text: string): Arn {
  const [, partition = '', service = '', region = '', account = '', ...rest] = text.split(':')
  return { partition, service, region, account, resource: rest.join(':') }
}

export const arnText = ({ partition, service, region, account, resource }: Arn): string =>
  `arn:${partition}:${service}:${region}:${account}:${resource}`

/** `role/team/deploy` → `deploy`. */
export const lastName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

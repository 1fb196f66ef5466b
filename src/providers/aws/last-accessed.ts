import type { Collection, Entity } from '../../sdk/index.ts'
import { instant, keyOf, lastPart } from './arn.ts'
import { pause } from './live.ts'
import { merged } from './merged.ts'
import { type Aws, type Place, reading } from './place.ts'

const AT_ONCE = 4
const TRIES = 40
const MOST_SERVICES = 500

/** When each user and role last used each service it may use. AWS makes a report for each, by a job that is polled. */
export const lastAccessed: Collection<Aws> = reading({
  id: 'last-accessed',
  title: 'Services last accessed',
  yields: ['aws_iam_user', 'aws_iam_role'],
  needs: [
    'iam:GenerateServiceLastAccessedDetails',
    'iam:GetServiceLastAccessedDetails',
    'iam:ListUsers',
    'iam:ListRoles',
  ],
  where: 'account',
  when: ({ settings }) =>
    settings.serviceLastAccessed
      ? undefined
      : 'Services last accessed is switched off in the settings of the connection',
  read: (place) => merged(eachPrincipal(place), AT_ONCE),
})

async function* eachPrincipal(place: Place): AsyncGenerator<() => AsyncIterable<Entity>> {
  const iam = await import('@aws-sdk/client-iam')
  const client = place.client(iam.IAMClient)
  for await (const { Users = [] } of iam.paginateListUsers({ client, pageSize: 1000 }, {}))
    for (const { Arn } of Users) if (Arn !== undefined) yield () => readReport(place, iam, client, 'aws_iam_user', Arn)
  // A role that a service made for itself is narrowed by nobody here.
  for await (const { Roles = [] } of iam.paginateListRoles({ client, pageSize: 1000 }, {}))
    for (const { Arn } of Roles)
      if (Arn !== undefined && !Arn.includes(':role/aws-service-role/'))
        yield () => readReport(place, iam, client, 'aws_iam_role', Arn)
}

async function* readReport(
  { ask, run, obtained }: Place,
  iam: typeof import('@aws-sdk/client-iam'),
  client: import('@aws-sdk/client-iam').IAMClient,
  type: 'aws_iam_user' | 'aws_iam_role',
  arn: string,
): AsyncGenerator<Entity> {
  const entity: Entity = { kind: 'identity', type, key: keyOf(arn), name: lastPart(arn), attributes: {} }
  const said = await ask('iam:GenerateServiceLastAccessedDetails', async () => {
    const { JobId } = await client.send(new iam.GenerateServiceLastAccessedDetailsCommand({ Arn: arn }))
    if (JobId === undefined) throw new Error('AWS names no job')
    const services = []
    let Marker: string | undefined
    for (let tried = 0; ; ) {
      const page = await client.send(
        new iam.GetServiceLastAccessedDetailsCommand({ JobId, ...(Marker !== undefined && { Marker }) }),
      )
      if (page.JobStatus === 'IN_PROGRESS') {
        if (++tried > TRIES) throw new Error('the report was not finished')
        await pause(Math.min(250 * tried, 3000), run.signal)
        continue
      }
      if (page.JobStatus !== 'COMPLETED') throw new Error(`the report failed: ${page.Error?.Message ?? page.JobStatus}`)
      services.push(...(page.ServicesLastAccessed ?? []))
      if (!page.IsTruncated || page.Marker === undefined) return services
      Marker = page.Marker
    }
  })
  if (!('value' in said)) {
    const unknown = 'unknown' in said ? said : { unknown: 'the user or role is gone' }
    yield {
      ...entity,
      unknowns: {
        servicesAccessed: {
          reason: unknown.unknown,
          ...('permission' in unknown && unknown.permission !== undefined && { permission: unknown.permission }),
        },
      },
    }
    return
  }
  const services = said.value.slice(0, MOST_SERVICES)
  yield {
    ...entity,
    attributes: {
      servicesAccessed: services.flatMap(({ ServiceNamespace, LastAuthenticated, LastAuthenticatedRegion }) => {
        const at = instant(LastAuthenticated)
        return at === undefined || ServiceNamespace === undefined
          ? []
          : [{ service: ServiceNamespace, at, region: LastAuthenticatedRegion ?? null }]
      }),
      servicesNotAccessed: services.flatMap(({ ServiceNamespace, LastAuthenticated }) =>
        LastAuthenticated === undefined && ServiceNamespace !== undefined ? [ServiceNamespace] : [],
      ),
    },
  }
  obtained(1)
}

import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { instant, keyOf } from './arn.ts'
import { type Aws, contained, type Place, reading } from './place.ts'
import { tagged } from './tags.ts'

/** AI agents of Bedrock: who they act as, by which model, with which tools. */
export const agents: Collection<Aws> = reading({
  id: 'agents',
  title: 'Bedrock agents',
  yields: ['aws_bedrock_agent', 'aws_agentcore_runtime'],
  needs: [
    'bedrock:ListAgents',
    'bedrock:GetAgent',
    'bedrock:ListAgentActionGroups',
    'bedrock:ListTagsForResource',
    'bedrock-agentcore:ListAgentRuntimes',
    'bedrock-agentcore:GetAgentRuntime',
  ],
  where: 'regions',
  async *read(place) {
    yield* readAgents(place)
    yield* readRuntimes(place)
  },
})

async function* readAgents(place: Place): AsyncGenerator<Entity | Edge> {
  const { ask, account, region } = place
  const bedrock = await import('@aws-sdk/client-bedrock-agent')
  const client = place.client(bedrock.BedrockAgentClient)
  for await (const { agentSummaries = [] } of bedrock.paginateListAgents({ client }, {})) {
    for (const { agentId, agentName, agentStatus, description } of agentSummaries) {
      if (agentId === undefined) continue
      const [said, groups] = await Promise.all([
        ask('bedrock:GetAgent', () => client.send(new bedrock.GetAgentCommand({ agentId }))),
        ask('bedrock:ListAgentActionGroups', () =>
          client.send(new bedrock.ListAgentActionGroupsCommand({ agentId, agentVersion: 'DRAFT' })),
        ),
      ])
      const agent = 'value' in said ? said.value.agent : undefined
      const arn = agent?.agentArn ?? `arn:${place.live.partition}:bedrock:${region}:${account.id}:agent/${agentId}`
      const tags = await ask('bedrock:ListTagsForResource', () =>
        client.send(new bedrock.ListTagsForResourceCommand({ resourceArn: arn })),
      )
      const own = tagged('value' in tags ? tags.value.tags : {})
      const created = instant(agent?.createdAt)
      const { orchestrationType, guardrailConfiguration } = agent ?? {}
      yield {
        kind: 'identity',
        type: 'aws_bedrock_agent',
        key: keyOf(arn),
        name: agentName ?? agentId,
        created: created === undefined ? { unknown: 'not told' } : { value: created },
        lastUsed: { unknown: 'Bedrock records invocations only in CloudTrail data events' },
        ...(own.environment && { environment: own.environment }),
        aliases: [arn, agentId],
        attributes: {
          account: account.id,
          region,
          accountKind: 'service',
          accountKindReasons: ['it is an AI agent'],
          agent: true,
          agentStatus: agentStatus ?? null,
          model: agent?.foundationModel ?? null,
          ...(description !== undefined && { description }),
          ...(orchestrationType !== undefined && { orchestration: orchestrationType }),
          ...(agent && { guardrail: guardrailConfiguration?.guardrailIdentifier ?? null }),
          ...('value' in groups && {
            tools: (groups.value.actionGroupSummaries ?? []).flatMap(({ actionGroupName, actionGroupState }) =>
              actionGroupName === undefined || actionGroupState === 'DISABLED' ? [] : [actionGroupName],
            ),
          }),
          ...(own.tags && { tags: own.tags }),
        },
        ...('unknown' in groups && {
          unknowns: {
            tools: {
              reason: groups.unknown,
              ...(groups.permission !== undefined && { permission: groups.permission }),
            },
          },
        }),
      }
      yield contained(place, keyOf(arn))
      if (agent?.agentResourceRoleArn)
        yield { from: keyOf(arn), verb: 'assumes', to: keyOf(agent.agentResourceRoleArn) }
      place.obtained(1)
    }
  }
}

async function* readRuntimes(place: Place): AsyncGenerator<Entity | Edge> {
  const { ask, account, region } = place
  const core = await import('@aws-sdk/client-bedrock-agentcore-control')
  const client = place.client(core.BedrockAgentCoreControlClient)
  const listed = await ask('bedrock-agentcore:ListAgentRuntimes', () =>
    Array.fromAsync(core.paginateListAgentRuntimes({ client }, {}), (page) => page.agentRuntimes ?? []),
  )
  for (const { agentRuntimeArn: arn, agentRuntimeId, agentRuntimeName, status } of 'value' in listed
    ? listed.value.flat()
    : []) {
    if (arn === undefined || agentRuntimeId === undefined) continue
    const said = await ask('bedrock-agentcore:GetAgentRuntime', () =>
      client.send(new core.GetAgentRuntimeCommand({ agentRuntimeId })),
    )
    const runtime = 'value' in said ? said.value : undefined
    const created = instant(runtime?.createdAt)
    yield {
      kind: 'identity',
      type: 'aws_agentcore_runtime',
      key: keyOf(arn),
      name: agentRuntimeName ?? agentRuntimeId,
      created: created === undefined ? { unknown: 'not told' } : { value: created },
      lastUsed: { unknown: 'AgentCore records invocations only in its own log' },
      aliases: [arn, agentRuntimeId],
      attributes: {
        account: account.id,
        region,
        accountKind: 'service',
        accountKindReasons: ['it is an AI agent'],
        agent: true,
        agentStatus: status ?? null,
        network: runtime?.networkConfiguration?.networkMode ?? null,
        protocol: runtime?.protocolConfiguration?.serverProtocol ?? null,
        ...(runtime && { authorizer: Object.keys(runtime.authorizerConfiguration ?? {})[0] ?? 'AWS signature' }),
      },
    }
    yield contained(place, keyOf(arn))
    if (runtime?.roleArn) yield { from: keyOf(arn), verb: 'assumes', to: keyOf(runtime.roleArn) }
    place.obtained(1)
  }
}

/** How somebody in an invented account could become an administrator. */
import { escalate } from '../aws/escalate.ts'
import type { Resource } from '../aws/read-resources.ts'
import { ACCOUNT, type Around, arn, estateOf, type Invented } from './account.ts'

export const rowsOf = async (invented: Invented | Invented[], around: Around = {}) =>
  (await escalate(estateOf(invented, around))).rows
export const pathsOf = async (invented: Invented | Invented[], who: string, around: Around = {}) =>
  (await rowsOf(invented, around)).find(({ principal }) => principal === who)!.paths
export const toAdmin = async (invented: Invented | Invented[], who = arn('user', 'start'), around: Around = {}) =>
  (await pathsOf(invented, who, around)).filter((path) => path.at(-1)!.to === 'admin')

/** Where one of a type would stand. */
const PLACES: Record<string, string> = {
  aws_instance: 'ec2:eu-west-1:A:instance/i-0a1',
  aws_launch_template: 'ec2:eu-west-1:A:launch-template/lt-0a1',
  aws_lambda_function: 'lambda:eu-west-1:A:function:bill',
  aws_ecs_cluster: 'ecs:eu-west-1:A:cluster/main',
  aws_ecs_task_definition: 'ecs:eu-west-1:A:task-definition/bill:3',
  aws_glue_dev_endpoint: 'glue:eu-west-1:A:devEndpoint/bill',
  aws_glue_job: 'glue:eu-west-1:A:job/bill',
  aws_sagemaker_notebook_instance: 'sagemaker:eu-west-1:A:notebook-instance/bill',
  aws_codebuild_project: 'codebuild:eu-west-1:A:project/bill',
  aws_cloudformation_stack: 'cloudformation:eu-west-1:A:stack/bill/0a1',
  aws_apprunner_service: 'apprunner:eu-west-1:A:service/bill/0a1',
  aws_bedrockagentcore_code_interpreter: 'bedrock-agentcore:eu-west-1:A:code-interpreter-custom/bill-0a1',
  aws_sfn_state_machine: 'states:eu-west-1:A:stateMachine:bill',
  aws_batch_job_definition: 'batch:eu-west-1:A:job-definition/bill:1',
  aws_eks_cluster: 'eks:eu-west-1:A:cluster/main',
}
export const placed = (type: string, settings: object = {}): Resource => ({
  type,
  arn: `arn:aws:${PLACES[type]!.replace('A', ACCOUNT)}`,
  ...settings,
})

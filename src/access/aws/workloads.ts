/**
 * The services that run somebody's code, or somebody's calls, as a role: what it takes to start something new there, to change what
 * runs, and to get into it. This is the whole knowledge of services; everything else follows from the actions, whose objects
 * come from AWS's own tables. To teach another service, add a line.
 */

/** Starting something new as a role that was passed to it. */
export interface Starting {
  /** Whom the role must trust, and to whom it is passed. */
  service: string
  what: string
  /** Actions beside iam:PassRole, in the order one would call them. */
  actions: readonly string[]
  /** The role comes in an instance profile. */
  profiled?: true
  /** The last of the actions opens the object's own policy for this one. */
  opens?: string
  /** Something of this type must be there already; where resources were listed, one of them is acted on. */
  there?: string
}

const EC2 = 'ec2.amazonaws.com'
const ECS = 'ecs-tasks.amazonaws.com'
const GLUE = 'glue.amazonaws.com'
const LAMBDA = 'lambda.amazonaws.com'
const SAGEMAKER = 'sagemaker.amazonaws.com'
const CODEBUILD = 'codebuild.amazonaws.com'
const AGENTCORE = 'bedrock-agentcore.amazonaws.com'
const CLOUDFORMATION = 'cloudformation.amazonaws.com'
const APPRUNNER = 'tasks.apprunner.amazonaws.com'
const STATES = 'states.amazonaws.com'

const start = (
  service: string,
  what: string,
  actions: string,
  more: Pick<Starting, 'profiled' | 'there' | 'opens'> = {},
): Starting => ({
  service,
  what,
  actions: actions.split(' '),
  ...more,
})

export const STARTING: readonly Starting[] = [
  start(LAMBDA, 'a new Lambda function', 'lambda:CreateFunction lambda:InvokeFunction'),
  start(LAMBDA, 'a new Lambda function', 'lambda:CreateFunction lambda:CreateEventSourceMapping'),
  start(LAMBDA, 'a new Lambda function', 'lambda:CreateFunction lambda:AddPermission', {
    opens: 'lambda:InvokeFunction',
  }),
  start(LAMBDA, 'a Lambda function', 'lambda:UpdateFunctionConfiguration lambda:UpdateFunctionCode', {
    there: 'aws_lambda_function',
  }),
  start(EC2, 'a new instance', 'ec2:RunInstances', { profiled: true }),
  start(EC2, 'a new spot instance', 'ec2:RequestSpotInstances', { profiled: true }),
  start(EC2, 'a new spot fleet', 'ec2:RequestSpotFleet', { profiled: true }),
  start(EC2, 'a new scaling group', 'autoscaling:CreateLaunchConfiguration autoscaling:CreateAutoScalingGroup', {
    profiled: true,
  }),
  start(EC2, 'a new EMR cluster', 'elasticmapreduce:RunJobFlow', { profiled: true }),
  start(ECS, 'a new ECS service', 'ecs:CreateCluster ecs:RegisterTaskDefinition ecs:CreateService'),
  start(ECS, 'a new ECS task', 'ecs:CreateCluster ecs:RegisterTaskDefinition ecs:RunTask'),
  start(ECS, 'a new ECS service', 'ecs:RegisterTaskDefinition ecs:CreateService', { there: 'aws_ecs_cluster' }),
  start(ECS, 'a new ECS task', 'ecs:RegisterTaskDefinition ecs:RunTask', { there: 'aws_ecs_cluster' }),
  start(ECS, 'a new ECS task', 'ecs:RegisterTaskDefinition ecs:StartTask', { there: 'aws_ecs_cluster' }),
  start(ECS, 'an ECS task with another role', 'ecs:RegisterContainerInstance ecs:StartTask', {
    there: 'aws_ecs_task_definition',
  }),
  start(ECS, 'an ECS task with another role', 'ecs:StartTask', { there: 'aws_ecs_task_definition' }),
  start(ECS, 'an ECS task with another role', 'ecs:RunTask', { there: 'aws_ecs_task_definition' }),
  start(ECS, 'a new batch job', 'batch:RegisterJobDefinition batch:SubmitJob'),
  start(GLUE, 'a new Glue endpoint', 'glue:CreateDevEndpoint'),
  start(GLUE, 'a new Glue job', 'glue:CreateJob glue:StartJobRun'),
  start(GLUE, 'a new Glue job', 'glue:CreateJob glue:CreateTrigger'),
  start(GLUE, 'a Glue job', 'glue:UpdateJob glue:StartJobRun', { there: 'aws_glue_job' }),
  start(GLUE, 'a Glue job', 'glue:UpdateJob glue:CreateTrigger', { there: 'aws_glue_job' }),
  start(GLUE, 'a new Glue session', 'glue:CreateSession glue:RunStatement'),
  start(SAGEMAKER, 'a new notebook', 'sagemaker:CreateNotebookInstance'),
  start(SAGEMAKER, 'a new training job', 'sagemaker:CreateTrainingJob'),
  start(SAGEMAKER, 'a new tuning job', 'sagemaker:CreateHyperParameterTuningJob'),
  start(SAGEMAKER, 'a new processing job', 'sagemaker:CreateProcessingJob'),
  start(CODEBUILD, 'a new build project', 'codebuild:CreateProject codebuild:StartBuild'),
  start(CODEBUILD, 'a new build project', 'codebuild:CreateProject codebuild:StartBuildBatch'),
  start(CODEBUILD, 'a build project', 'codebuild:UpdateProject codebuild:StartBuild', {
    there: 'aws_codebuild_project',
  }),
  start(CLOUDFORMATION, 'a new stack', 'cloudformation:CreateStack'),
  start(CLOUDFORMATION, 'a stack', 'cloudformation:UpdateStack', { there: 'aws_cloudformation_stack' }),
  start(
    'datapipeline.amazonaws.com',
    'a new data pipeline',
    'datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline',
  ),
  start(APPRUNNER, 'a new App Runner service', 'apprunner:CreateService'),
  start(
    AGENTCORE,
    'a new code interpreter',
    'bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter',
  ),
  start(AGENTCORE, 'a new agent runtime', 'bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:InvokeAgentRuntime'),
  start('emr-serverless.amazonaws.com', 'a new EMR job', 'emr-serverless:CreateApplication emr-serverless:StartJobRun'),
  start(STATES, 'a new state machine', 'states:CreateStateMachine states:StartExecution'),
  start('scheduler.amazonaws.com', 'a new schedule', 'scheduler:CreateSchedule'),
  start('ssm.amazonaws.com', 'an automation', 'ssm:StartAutomationExecution'),
  start('airflow-env.amazonaws.com', 'a new Airflow environment', 'airflow:CreateEnvironment'),
  start('codepipeline.amazonaws.com', 'a new pipeline', 'codepipeline:CreatePipeline'),
  start(
    'kinesisanalytics.amazonaws.com',
    'a new Flink application',
    'kinesisanalytics:CreateApplication kinesisanalytics:StartApplication',
  ),
  start('pods.eks.amazonaws.com', 'a pod identity', 'eks:CreatePodIdentityAssociation', { there: 'aws_eks_cluster' }),
]

/** Something that runs as a role. */
export interface Running {
  /** The resource's type, as Terraform calls it, and the settings that may hold its role: an ARN, a name, or an instance profile. */
  type: string
  roles: readonly string[]
  /** Whom the role must trust, one of them, for what runs to still get its credentials. */
  services: readonly string[]
  profiled?: true
  ways: readonly {
    /** Asked of the resource itself where AWS lets a call name one of its kind, else of what the call names. */
    actions: readonly string[]
    /** The last of the actions opens the object's own policy for this one. */
    opens?: string
    /** What the role must be able to do itself, for the way to be open. */
    needs?: string
    /** Objects of a call that are not the resource: one of them must be allowed too. */
    beside?: readonly { action: string; oneOf: readonly string[] }[]
  }[]
}

const way = (actions: string) => ({ actions: actions.split(' ') })
/** An agent on the machine answers to Systems Manager only with the role's own permission. */
const MANAGED = 'ssm:UpdateInstanceInformation'
const SHELLS = ['AWS-RunShellScript', 'AWS-RunPowerShellScript'].map(
  (name) => `arn:aws:ssm:us-east-1::document/${name}`,
)

export const RUNNING: readonly Running[] = [
  {
    type: 'aws_instance',
    roles: ['iam_instance_profile'],
    services: [EC2],
    profiled: true,
    ways: [
      { ...way('ssm:StartSession'), needs: MANAGED },
      { ...way('ssm:SendCommand'), needs: MANAGED, beside: [{ action: 'ssm:SendCommand', oneOf: SHELLS }] },
      // Both the machine's id and its address must be known before a key can be of use.
      way('ec2-instance-connect:SendSSHPublicKey ec2:DescribeInstances'),
      way('ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances'),
    ],
  },
  {
    type: 'aws_launch_template',
    roles: ['iam_instance_profile.name', 'iam_instance_profile.arn'],
    services: [EC2],
    profiled: true,
    ways: [way('ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate')],
  },
  {
    type: 'aws_lambda_function',
    roles: ['role'],
    services: [LAMBDA],
    ways: [
      way('lambda:UpdateFunctionCode'),
      way('lambda:UpdateFunctionCode lambda:InvokeFunction'),
      { ...way('lambda:UpdateFunctionCode lambda:AddPermission'), opens: 'lambda:InvokeFunction' },
      way('lambda:UpdateFunctionConfiguration'),
    ],
  },
  {
    type: 'aws_ecs_task_definition',
    roles: ['task_role_arn'],
    services: [ECS],
    ways: [way('ecs:ExecuteCommand'), way('ecs:ExecuteCommand ecs:DescribeTasks')],
  },
  // Notebooks on an endpoint run at SageMaker.
  {
    type: 'aws_glue_dev_endpoint',
    roles: ['role_arn'],
    services: [GLUE, SAGEMAKER],
    ways: [way('glue:UpdateDevEndpoint')],
  },
  {
    type: 'aws_sagemaker_notebook_instance',
    roles: ['role_arn'],
    services: [SAGEMAKER],
    ways: [
      way('sagemaker:CreatePresignedNotebookInstanceUrl'),
      way(
        'sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance',
      ),
    ],
  },
  {
    type: 'aws_codebuild_project',
    roles: ['service_role'],
    services: [CODEBUILD],
    ways: [way('codebuild:StartBuild'), way('codebuild:StartBuildBatch')],
  },
  {
    type: 'aws_cloudformation_stack',
    roles: ['iam_role_arn'],
    services: [CLOUDFORMATION],
    ways: [way('cloudformation:UpdateStack'), way('cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet')],
  },
  {
    type: 'aws_apprunner_service',
    roles: ['instance_configuration.instance_role_arn'],
    services: [APPRUNNER],
    ways: [way('apprunner:UpdateService')],
  },
  {
    type: 'aws_bedrockagentcore_code_interpreter',
    roles: ['execution_role_arn'],
    services: [AGENTCORE],
    ways: [way('bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter')],
  },
  {
    type: 'aws_sfn_state_machine',
    roles: ['role_arn'],
    services: [STATES],
    ways: [way('states:UpdateStateMachine states:StartExecution')],
  },
  {
    type: 'aws_batch_job_definition',
    roles: ['container_properties.jobRoleArn'],
    services: [ECS],
    ways: [way('batch:SubmitJob')],
  },
]

/** What is worth reaching by itself, and the call that reads it; an object in it where that is what the call names. */
export const TARGETS: readonly { type: string; action: string; inside?: string }[] = [
  { type: 'aws_s3_bucket', action: 's3:GetObject', inside: '/' },
  { type: 'aws_secretsmanager_secret', action: 'secretsmanager:GetSecretValue' },
  { type: 'aws_ssm_parameter', action: 'ssm:GetParameter' },
  { type: 'aws_dynamodb_table', action: 'dynamodb:Scan' },
]

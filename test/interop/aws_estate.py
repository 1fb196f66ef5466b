"""Fills a moto server with one of each thing that Reeve reads. Prints the access key of a user that holds the published policy."""

import io
import json
import sys
import zipfile

import boto3

endpoint, policy_file = sys.argv[1:3]
made = {}


def client(service):
    if service not in made:
        made[service] = boto3.client(
            service,
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="seed",
            aws_secret_access_key="seed",
        )
    return made[service]


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource=None, principal=None, condition=None):
    given = {"Effect": "Allow", "Action": action, "Resource": resource, "Principal": principal, "Condition": condition}
    return {name: value for name, value in given.items() if value is not None}


ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
iam = client("iam")

iam.create_user(UserName="ci", Tags=[{"Key": "env", "Value": "prod"}])
iam.create_access_key(UserName="ci")
iam.put_user_policy(UserName="ci", PolicyName="own", PolicyDocument=policy(allow("s3:GetObject", "arn:aws:s3:::open/*")))
iam.create_user(UserName="anna")
iam.create_login_profile(UserName="anna", Password="planted-Password-1!")
iam.create_group(GroupName="admins", Path="/team/")
iam.add_user_to_group(GroupName="admins", UserName="anna")
iam.attach_group_policy(GroupName="admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
iam.create_role(
    RoleName="worker",
    AssumeRolePolicyDocument=policy(allow("sts:AssumeRole", principal={"Service": "lambda.amazonaws.com"})),
)
iam.create_role(
    RoleName="vendor",
    AssumeRolePolicyDocument=policy(allow("sts:AssumeRole", principal={"AWS": "arn:aws:iam::999988887777:root"})),
)
iam.put_role_policy(RoleName="vendor", PolicyName="all", PolicyDocument=policy(allow("*", "*")))
github = "token.actions.githubusercontent.com"
iam.create_open_id_connect_provider(
    Url=f"https://{github}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40]
)
iam.create_role(
    RoleName="github",
    AssumeRolePolicyDocument=policy(
        allow(
            "sts:AssumeRoleWithWebIdentity",
            principal={"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{github}"},
            condition={"StringEquals": {f"{github}:aud": "sts.amazonaws.com"}},
        )
    ),
)
iam.create_instance_profile(InstanceProfileName="worker")
iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")

code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("main.py", "")
client("lambda").create_function(
    FunctionName="pay",
    Runtime="python3.12",
    Role=ROLE,
    Handler="main.main",
    Code={"ZipFile": code.getvalue()},
    Environment={"Variables": {"DB_PASSWORD": "planted-secret-9Xq", "REGION": "eu"}},
)
client("s3").create_bucket(Bucket="open")
client("s3").put_bucket_policy(
    Bucket="open", Policy=policy(allow("s3:GetObject", "arn:aws:s3:::open/*", principal="*"))
)
client("secretsmanager").create_secret(Name="db", SecretString="planted-secret-9Xq")
client("ssm").put_parameter(Name="/db/password", Value="planted-secret-9Xq", Type="SecureString")
client("ssm").put_parameter(Name="/db/host", Value="db.example", Type="String")
key = client("kms").create_key()["KeyMetadata"]["KeyId"]
client("kms").create_grant(KeyId=key, GranteePrincipal=ROLE, Operations=["Decrypt"])
client("acm").request_certificate(DomainName="shop.example")
client("sqs").create_queue(QueueName="orders")
client("sns").create_topic(Name="alerts")
client("ecr").create_repository(repositoryName="shop")
iot = client("iot")
iot.create_thing(thingName="meter-1")
certificate = iot.create_keys_and_certificate(setAsActive=True)["certificateArn"]
iot.attach_thing_principal(thingName="meter-1", principal=certificate)
iot.create_policy(policyName="meters", policyDocument=policy(allow("iot:*", "*")))
iot.attach_policy(policyName="meters", target=certificate)
ec2 = client("ec2")
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "worker"})
client("codebuild").create_project(
    name="build",
    source={"type": "GITHUB", "location": "https://git.example/shop"},
    artifacts={"type": "NO_ARTIFACTS"},
    environment={"type": "LINUX_CONTAINER", "image": "node", "computeType": "BUILD_GENERAL1_SMALL"},
    serviceRole=ROLE,
)
ecs = client("ecs")
ecs.create_cluster(clusterName="shop")
for _ in range(2):
    ecs.register_task_definition(
        family="web", taskRoleArn=ROLE, containerDefinitions=[{"name": "web", "image": "shop", "memory": 64}]
    )
ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web:1", desiredCount=1)

client("bedrock-agent").create_agent(agentName="helper", agentResourceRoleArn=ROLE, foundationModel="model")
for number in range(120):
    iam.create_role(
        RoleName=f"batch-{number}",
        AssumeRolePolicyDocument=policy(allow("sts:AssumeRole", principal={"Service": "ec2.amazonaws.com"})),
    )

organizations = client("organizations")
organizations.create_organization(FeatureSet="ALL")
member = organizations.create_account(AccountName="acme-prod", Email="prod@acme.example")["CreateAccountStatus"]["AccountId"]
scp = organizations.create_policy(
    Name="no-leave",
    Description="",
    Type="SERVICE_CONTROL_POLICY",
    Content=policy({"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}),
)["Policy"]["PolicySummary"]["Id"]
organizations.attach_policy(PolicyId=scp, TargetId=member)

iam.create_user(UserName="reeve")
arn = iam.create_policy(PolicyName="ReeveReadOnly", PolicyDocument=open(policy_file).read())["Policy"]["Arn"]
iam.attach_user_policy(UserName="reeve", PolicyArn=arn)
access = iam.create_access_key(UserName="reeve")["AccessKey"]
print(json.dumps({"id": access["AccessKeyId"], "secret": access["SecretAccessKey"], "member": member, "policy": arn}))

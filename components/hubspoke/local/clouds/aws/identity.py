"""What networks need beside themselves: log groups and roles; and what stands for the rest of an account."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from ..networks import one_of
from ..protocol import CloudError
from ..records import Record
from ..table import (
    AutoName,
    Computed,
    InUse,
    Reference,
    Rule,
    Source,
    Twin,
    TypeTable,
    Validation,
    defaults,
    immutables,
)
from ..view import View, new_id
from .places import zones
from .sources import (
    BUCKET,
    INSTANCE,
    LOG_GROUP,
    ROLE,
    ROLE_POLICY,
    SECURITY_GROUP,
    SUBNET,
    api,
    provider,
    refers,
)

_LOGS = Source("Amazon CloudWatch Logs API Reference, CreateLogGroup and PutRetentionPolicy")
_INSTANCE_FILE = provider("ec2/ec2_instance.go")
_IAM = Source("IAM API Reference, CreateRole")
_S3 = Source("Amazon S3 API Reference, CreateBucket")
_RETENTIONS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)

LOG_GROUP_ROWS = TypeTable(
    LOG_GROUP,
    new_id=lambda _, r: str(r.inputs["name"]),
    auto_name=AutoName(max_length=512),
    defaults=defaults(provider("logs/group.go"), retentionInDays=0, skipDestroy=False),
    immutable=immutables(provider("logs/group.go"), "name", "namePrefix", "logGroupClass"),
    validations=(Validation("retentionInDays", one_of(*_RETENTIONS), _LOGS, "one of the service's periods"),),
    twin=Twin("ResourceAlreadyExistsException", "The specified log group already exists: {name}", _LOGS),
    computed=(
        Computed("logGroupClass", lambda _, __: "STANDARD", _LOGS),
        Computed("deletionProtectionEnabled", lambda _, __: False, _LOGS),
        Computed("namePrefix", lambda _, __: "", provider("logs/group.go")),
    ),
)


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(value: Any) -> str | None:
    try:
        json.loads(value)
    except (TypeError, ValueError) as error:
        return f"contains an invalid JSON policy: {error}"
    return None


ROLE_ROWS = TypeTable(
    ROLE,
    new_id=lambda _, r: str(r.inputs["name"]),
    regional=False,
    auto_name=AutoName(max_length=64),
    defaults=defaults(provider("iam/role.go"), forceDetachPolicies=False, maxSessionDuration=3600, path="/"),
    immutable=immutables(provider("iam/role.go"), "name", "namePrefix", "path"),
    validations=(Validation("assumeRolePolicy", _json, provider("iam/role.go"), "a JSON document"),),
    twin=Twin("EntityAlreadyExists", "Role with name {name} already exists.", _IAM),
    computed=(
        Computed("arn", lambda _, r: f"arn:aws:iam::{r.account}:role{r.inputs.get('path', '/')}{r.id}", _IAM),
        Computed("createDate", lambda _, r: _when(r.created), _IAM),
        Computed("uniqueId", lambda _, __: f"AROA{secrets.token_hex(8).upper()}", _IAM, assigned=True),
        Computed("inlinePolicies", lambda _, __: [], provider("iam/role.go")),
        Computed("managedPolicyArns", lambda _, __: [], provider("iam/role.go")),
        Computed("namePrefix", lambda _, __: "", provider("iam/role.go")),
    ),
    in_use=(InUse(ROLE_POLICY, "role", "DeleteConflict", "Cannot delete entity, must delete policies first.",
                  Source("IAM API Reference, DeleteRole")),),
)  # fmt: skip

ROLE_POLICY_ROWS = TypeTable(
    ROLE_POLICY,
    new_id=lambda _, r: f"{r.inputs['role']}:{r.inputs['name']}",
    regional=False,
    immutable=immutables(provider("iam/role_policy.go"), "name", "namePrefix", "role"),
    references=(
        Reference("role", (ROLE,), "NoSuchEntity", "The role with name {id} cannot be found.",
                  Source("IAM API Reference, PutRolePolicy")),
    ),
    validations=(Validation("policy", _json, provider("iam/role_policy.go"), "a JSON document"),),
    computed=(Computed("namePrefix", lambda _, __: "", provider("iam/role_policy.go")),),
)  # fmt: skip


def _launchable(_: View, draft: Record, __: Record | None) -> None:
    if not draft.inputs.get("launchTemplate") and not (draft.inputs.get("ami") and draft.inputs.get("instanceType")):
        raise CloudError("MissingParameter", "an instance needs `ami` and `instanceType`, or `launchTemplate`")


def _subnet_zone(view: View, record: Record) -> str:
    subnet = view.get(SUBNET, str(record.inputs.get("subnetId")))
    return str(subnet.value("availabilityZone")) if subnet else zones(record.region)[0]


INSTANCE_ROWS = TypeTable(
    INSTANCE,
    new_id=lambda _, __: new_id("i"),
    immutable=immutables(_INSTANCE_FILE, "ami", "subnetId", "availabilityZone", "keyName", "privateIp"),
    references=(refers("subnetId", SUBNET), refers("vpcSecurityGroupIds", SECURITY_GROUP)),
    rules=(Rule("it says what to launch", _launchable, api("RunInstances")),),
    computed=(
        Computed("instanceState", lambda _, __: "running", api("DescribeInstances")),
        Computed("primaryNetworkInterfaceId", lambda _, __: new_id("eni"), api("RunInstances"), assigned=True),
        Computed("availabilityZone", _subnet_zone, api("RunInstances"), assigned=True),
        Computed("vpcSecurityGroupIds", lambda _, __: [], api("RunInstances")),
    ),
    sets=("vpcSecurityGroupIds", "securityGroups"),
)

BUCKET_ROWS = TypeTable(
    BUCKET,
    new_id=lambda _, r: str(r.inputs["bucket"]),
    auto_name=AutoName("bucket", max_length=63, lower=True),
    immutable=immutables(provider("s3/bucket.go"), "bucket", "bucketPrefix"),
    twin=Twin("BucketAlreadyOwnedByYou", "{bucket} exists already", _S3),
    defaults=defaults(provider("s3/bucket.go"), forceDestroy=False),
    rules=(Rule("bucket names are unique everywhere", lambda v, d, b: _unique_name(v, d, b), _S3),),
    computed=(
        Computed("bucketDomainName", lambda _, r: f"{r.id}.s3.amazonaws.com", _S3),
        Computed("bucketRegionalDomainName", lambda _, r: f"{r.id}.s3.{r.region}.amazonaws.com", _S3),
        Computed("bucketRegion", lambda _, r: r.region, _S3),
    ),
)


def _unique_name(view: View, draft: Record, before: Record | None) -> None:
    taken = [r for r in view.anywhere(BUCKET, str(draft.inputs["bucket"])) if not view.owns(r)]
    if before is None and taken:
        raise CloudError("BucketAlreadyExists", "The requested bucket name is not available.")


TABLES = (LOG_GROUP_ROWS, ROLE_ROWS, ROLE_POLICY_ROWS, INSTANCE_ROWS, BUCKET_ROWS)

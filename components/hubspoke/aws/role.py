"""A provider in another account, for programs that can give a component arguments only."""

import pulumi
import pulumi_aws as aws


def assumed(name: str, region: str, role_arn: pulumi.Input[str] | None, parent: pulumi.Resource) -> aws.Provider | None:
    """A provider that assumes a role with the environment's credentials. None without a role."""
    if role_arn is None:
        return None
    return aws.Provider(
        name,
        region=region,
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=role_arn, session_name="hubspoke")],
        opts=pulumi.ResourceOptions(parent=parent),
    )

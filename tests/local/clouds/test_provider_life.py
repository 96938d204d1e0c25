"""The protocol, on one simple type: what an engine may rely on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds import simulated_provider_factory
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.protocol import CheckResult, Created, DiffKind, DiffResult, ReadState, UnknownPackage
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.clouds.testing import CloudAccount as Account
from hubspoke.local.clouds.testing import Made, urn
from pulumi.runtime.rpc import UNKNOWN

from tests.local.clouds.conftest import HUB

BUCKET = "aws:s3/bucket:Bucket"


def test_a_created_network_has_its_settings_and_what_the_cloud_adds(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16", tags={"Name": "prod"})
    assigned = {n: made.outputs[n] for n in ("mainRouteTableId", "defaultSecurityGroupId", "defaultNetworkAclId")}
    assert made.inputs == {
        "cidrBlock": "10.0.0.0/16", "tags": {"Name": "prod"}, "enableDnsSupport": True, "instanceTenancy": "default",
        "__defaults": ["enableDnsSupport", "instanceTenancy"],
    }  # fmt: skip
    assert made.outputs == {
        **assigned, "id": made.id, "arn": f"arn:aws:ec2:eu-west-1:{HUB}:vpc/{made.id}", "ownerId": HUB,
        "region": "eu-west-1", "cidrBlock": "10.0.0.0/16", "tags": {"Name": "prod"}, "tagsAll": {"Name": "prod"},
        "enableDnsSupport": True, "enableDnsHostnames": False, "enableNetworkAddressUsageMetrics": False,
        "instanceTenancy": "default", "defaultRouteTableId": assigned["mainRouteTableId"],
        "dhcpOptionsId": made.outputs["dhcpOptionsId"], "ipv6AssociationId": "", "ipv6CidrBlock": "",
        "ipv6CidrBlockNetworkBorderGroup": "",
    }  # fmt: skip
    assert made.id.startswith("vpc-0")
    assert len(made.id) == len("vpc-") + 17


def test_a_preview_changes_nothing_and_knows_only_what_is_given(hub: Account, simulation: Simulation) -> None:
    inputs = hub.checked(aws.SUBNET, vpcId=UNKNOWN, cidrBlock="10.0.0.0/24")
    planned = hub.provider.create(urn(aws.SUBNET, "s"), aws.SUBNET, inputs, preview=True, timeout=0.0)
    assert planned.id == ""
    assert planned.outputs["cidrBlock"] == "10.0.0.0/24"
    assert planned.outputs["vpcId"] == planned.outputs["arn"] == planned.outputs["availabilityZone"] == UNKNOWN
    assert planned.outputs["region"] == "eu-west-1"
    assert simulation.records() == []


def test_an_update_preview_changes_nothing(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    new = hub.checked(aws.VPC, cidrBlock="10.0.0.0/16", tags={"Name": "new"})
    planned = hub.provider.update(
        urn(aws.VPC, "x"), aws.VPC, made.id, made.inputs, made.outputs, new,
        preview=True, timeout=0.0, ignore_changes=(),
    )  # fmt: skip
    assert (planned["tagsAll"], planned["arn"]) == ({"Name": "new"}, made.outputs["arn"])
    assert "tags" not in hub.seen(made).outputs


def test_a_refresh_without_drift_gives_back_what_was_recorded(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16", tags={"Name": "prod"})
    assert hub.read(made) == ReadState(made.id, made.inputs, made.outputs)


def test_a_refresh_sees_an_edit_of_a_set_property_and_of_a_default(hub: Account, simulation: Simulation) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16", tags={"Name": "prod"})
    simulation.edit(made.id, {"tags.Owner": "someone", "enableDnsSupport": False, "enableDnsHostnames": True})
    seen = hub.seen(made)
    assert seen.inputs == {**made.inputs, "tags": {"Name": "prod", "Owner": "someone"}, "enableDnsSupport": False}
    assert seen.outputs["enableDnsHostnames"] is True, "not among the inputs, as nobody set it"
    back = hub.provider.diff("u", aws.VPC, made.id, seen.inputs, seen.outputs, made.inputs, ())
    assert back.detailed == {"tags.Owner": DiffKind.DELETE, "enableDnsSupport": DiffKind.UPDATE}


def test_a_refresh_of_what_is_gone_finds_nothing(hub: Account, simulation: Simulation) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    simulation.delete(made.id)
    assert hub.read(made) is None


def test_an_import_takes_what_says_something(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16", tags={"Name": "prod"})
    state = hub.seen(Made(aws.VPC, made.id, {}, {}))
    assert state.inputs == {
        "cidrBlock": "10.0.0.0/16", "tags": {"Name": "prod"}, "enableDnsHostnames": False,
        "enableNetworkAddressUsageMetrics": False, "region": "eu-west-1",
    }  # fmt: skip
    assert state.outputs == made.outputs


def test_an_update_sets_what_changed_and_leaves_the_rest(hub: Account, simulation: Simulation) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16", tags={"Name": "prod"})
    simulation.edit(made.id, {"tags.Owner": "someone"})
    updated = hub.update(made, enableDnsHostnames=True)
    assert updated.outputs["enableDnsHostnames"] is True
    assert updated.outputs["tags"] == {"Name": "prod", "Owner": "someone"}, "tags were not part of the update"


def test_deleting_what_is_gone_is_no_error(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    hub.delete(made)
    hub.delete(made)
    assert hub.read(made) is None


def test_an_update_of_what_is_gone_says_so(hub: Account, simulation: Simulation) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    simulation.delete(made.id)
    with pytest.raises(Exception, match=f"{made.id} does not exist any more"):
        hub.update(made, enableDnsHostnames=True)


def test_an_immutable_change_is_a_replacement(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    assert hub.diff(made, cidrBlock="10.1.0.0/16") == DiffResult(
        {"cidrBlock": DiffKind.UPDATE_REPLACE}, ("cidrBlock",), delete_before_replace=False
    )


def test_ignored_changes_are_no_changes(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16", tags={"Name": "a", "Owner": "b"})
    tags = {"Name": "a", "Owner": "c"}
    assert hub.diff(made, ("tags",), cidrBlock="10.0.0.0/16", tags=tags) == DiffResult()
    assert hub.diff(made, ('tags["Owner"]',), cidrBlock="10.0.0.0/16", tags=tags) == DiffResult()
    assert hub.diff(made, ("tags.Name",), cidrBlock="10.0.0.0/16", tags=tags).detailed == {
        "tags.Owner": DiffKind.UPDATE
    }


def test_an_unknown_counts_as_a_change(hub: Account, network: Any) -> None:
    subnet = network.subnets[0]
    found = hub.diff(subnet, vpcId=UNKNOWN, cidrBlock="10.1.0.0/24", availabilityZone="eu-west-1a")
    assert found.detailed == {"vpcId": DiffKind.UPDATE_REPLACE}


def test_leaving_out_what_the_cloud_settles_is_no_change(network: Any, hub: Account) -> None:
    subnet = network.subnets[0]
    assert hub.diff(subnet, vpcId=network.vpc.id, cidrBlock="10.1.0.0/24") == DiffResult()


def test_another_region_is_a_replacement(hub: Account, aws_account: Callable[..., Account]) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    assert hub.diff(made, cidrBlock="10.0.0.0/16", region="eu-west-1") == DiffResult()
    assert hub.diff(made, cidrBlock="10.0.0.0/16", region="us-east-1").replaces == ("region",)
    elsewhere = aws_account(region="us-east-1")
    assert elsewhere.diff(made, cidrBlock="10.0.0.0/16").replaces == ("region",)


def test_a_resource_can_name_its_own_region(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16", region="us-east-1")
    assert made.outputs["arn"] == f"arn:aws:ec2:us-east-1:{HUB}:vpc/{made.id}"
    assert hub.seen(made).inputs["region"] == "us-east-1"


def test_an_import_can_name_a_region(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16", region="us-east-1")
    assert hub.read(Made(aws.VPC, made.id, {}, {})) is None
    assert hub.seen(Made(aws.VPC, f"{made.id}@us-east-1", {}, {})).outputs == made.outputs


def test_names_are_made_once_from_the_seed(hub: Account) -> None:
    first = hub.provider.check(urn(aws.LOG_GROUP, "flows"), aws.LOG_GROUP, None, {}, b"one").inputs
    again = hub.provider.check(urn(aws.LOG_GROUP, "flows"), aws.LOG_GROUP, None, {}, b"one").inputs
    other = hub.provider.check(urn(aws.LOG_GROUP, "flows"), aws.LOG_GROUP, None, {}, b"two").inputs
    kept = hub.provider.check(urn(aws.LOG_GROUP, "flows"), aws.LOG_GROUP, first, {}, b"two").inputs
    assert first["name"].startswith("flows-")
    assert len(first["name"]) == len("flows-") + 7
    assert first == again == kept != other


def test_a_chosen_name_stays_and_makes_a_replacement_delete_first(hub: Account) -> None:
    made = hub.create(aws.ROLE, name="writer", assumeRolePolicy="{}")
    assert made.id == "writer"
    moved = hub.diff(made, name="writer", assumeRolePolicy="{}", path="/other/")
    assert (moved.replaces, moved.delete_before_replace) == (("path",), True)
    renamed = hub.diff(made, name="reader", assumeRolePolicy="{}")
    assert (renamed.replaces, renamed.delete_before_replace) == (("name",), False)


def test_default_tags_reach_the_resource(aws_account: Callable[..., Account]) -> None:
    account = aws_account(defaultTags='{"tags":{"wan":"acme"}}')
    made = account.create(aws.VPC, cidrBlock="10.0.0.0/16", tags={"Name": "prod"})
    assert made.outputs["tagsAll"] == {"wan": "acme", "Name": "prod"}


def test_accounts_see_their_own_things_only(hub: Account, spoke: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    assert spoke.read(made) is None
    with pytest.raises(Exception, match=r"InvalidVpcID\.NotFound"):
        spoke.create(aws.SUBNET, vpcId=made.id, cidrBlock="10.0.0.0/24")


def test_an_account_that_is_not_allowed_is_refused(aws_account: Callable[..., Account]) -> None:
    with pytest.raises(Exception, match="AWS account ID not allowed: 111111111111"):
        aws_account(allowedAccountIds='["222222222222"]')


def test_a_resource_has_a_region(aws_account: Callable[..., Account], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    nowhere = aws_account(region="")
    with pytest.raises(Exception, match="unable to find an AWS Region"):
        nowhere.create(aws.VPC, cidrBlock="10.0.0.0/16")
    assert nowhere.create(aws.VPC, cidrBlock="10.0.0.0/16", region="eu-west-2").outputs["region"] == "eu-west-2"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert aws_account(region="").create(aws.VPC, cidrBlock="10.0.0.0/16").outputs["region"] == "eu-west-1"


def test_a_role_that_is_none_is_refused(aws_account: Callable[..., Account]) -> None:
    with pytest.raises(Exception, match="is not the ARN of a role"):
        aws_account(assumeRoles='[{"roleArn":"deploy"}]')


def test_an_interrupted_creation_is_found_by_its_urn(hub: Account, spoke: Account) -> None:
    assert hub.provider.find_created(urn(aws.VPC, "r1"), aws.VPC) is None
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    found = hub.provider.find_created(urn(aws.VPC, "r1"), aws.VPC)
    assert found is not None
    assert (found.id, found.outputs) == (made.id, made.outputs)
    assert spoke.provider.find_created(urn(aws.VPC, "r1"), aws.VPC) is None, "another account's"


def test_an_interrupted_creation_in_another_region_is_found(hub: Account) -> None:
    made = hub.create(aws.VPC, cidrBlock="10.0.0.0/16", region="us-east-1")
    found = hub.provider.find_created(urn(aws.VPC, "r1"), aws.VPC)
    assert found is not None
    assert (found.id, found.outputs["region"]) == (made.id, "us-east-1")


def test_unknown_missing_and_wrongly_typed_properties_are_refused(hub: Account) -> None:
    assert hub.failures(aws.SUBNET, cidrBlok="10.0.0.0/24", tags=["a"], mapPublicIpOnLaunch=3) == [
        'Missing required argument. The argument "vpc_id" is required, but no definition was found.. '
        "Examine values at 'x.vpcId'.",
        "Invalid or unknown key. Examine values at 'x.cidrBlok'. Did you mean 'cidrBlock'?",
        "expected map type, got [] type. Examine values at 'x.tags'.",
        "expected boolean type, got number type. Examine values at 'x.mapPublicIpOnLaunch'.",
    ]


def test_nested_properties_are_checked_too(hub: Account) -> None:
    routes = [{"cidrBlock": "10.0.0.0/8", "gatewayID": "igw-1"}]
    assert hub.failures(aws.ROUTE_TABLE, vpcId="vpc-1", routes=routes) == [
        "Invalid or unknown key. Examine values at 'x.routes[0].gatewayID'. Did you mean 'gatewayId'?"
    ]


def test_values_are_converted_as_terraform_does(hub: Account) -> None:
    inputs = hub.checked(aws.TRANSIT_GATEWAY, amazonSideAsn="64600", description=5.0)
    assert (inputs["amazonSideAsn"], inputs["description"]) == (64600, "5")


def test_an_unknown_type_is_refused_with_the_nearest(hub: Account) -> None:
    result = hub.provider.check("urn::x", "aws:ec2/vpx:Vpx", None, {}, b"")
    assert isinstance(result, CheckResult)
    assert result.failures[0].reason.endswith("has no resource type 'aws:ec2/vpx:Vpx'. Did you mean 'Vpc'?")


def test_unknown_settings_of_a_provider_are_refused(hub: Account) -> None:
    assert hub.provider.check_config({"region": "eu-west-1", "version": "7.51.1"}).failures == ()
    assert hub.provider.check_config({"regoin": "x"}).failures[0].reason == (
        "Invalid or unknown key. Examine values at 'regoin'. Did you mean 'region'?"
    )


def test_creating_with_an_unknown_is_refused(hub: Account) -> None:
    with pytest.raises(Exception, match="not known yet, so nothing can be made: vpcId"):
        hub.provider.create("u", aws.SUBNET, {"vpcId": UNKNOWN}, preview=False, timeout=0.0)


def test_a_type_without_a_table_works_generically(hub: Account) -> None:
    made = hub.create("aws:sns/topic:Topic", displayName="alarms")
    assert made.outputs["arn"].startswith(f"arn:aws:sns:eu-west-1:{HUB}:topic/")
    assert made.inputs["name"].startswith("r1-")
    assert hub.read(made) == ReadState(made.id, made.inputs, made.outputs)
    changed = hub.update(made, displayName="alerts")
    assert changed.outputs["displayName"] == "alerts"


def test_a_bucket_is_named_in_lower_case(hub: Account) -> None:
    made = hub.provider.check(urn(BUCKET, "Logs"), BUCKET, None, {}, b"s").inputs
    created = hub.provider.create(urn(BUCKET, "Logs"), BUCKET, made, preview=False, timeout=0.0)
    assert isinstance(created, Created)
    assert created.id == made["bucket"]
    assert created.id.startswith("logs-")


def test_packages_that_are_not_simulated_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownPackage, match=r"'oci'; those at hand: aws, azure-native, .*random"):
        simulated_provider_factory(tmp_path)("oci", "8")


def test_values_of_the_wrong_type_are_refused_and_nothing_else_is_said_of_them(hub: Account) -> None:
    given = {"amazonSideAsn": "abc", "dnsSupport": [1], "tags": "owner"}
    assert hub.failures(aws.TRANSIT_GATEWAY, **given) == [
        "expected integer type, got string type. Examine values at 'x.amazonSideAsn'.",
        "expected string type, got [] type. Examine values at 'x.dnsSupport'.",
        "expected map type, got string type. Examine values at 'x.tags'.",
    ]

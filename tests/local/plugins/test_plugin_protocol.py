"""The provider protocol over gRPC, as the Pulumi CLI speaks it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from hubspoke.local.clouds.faults import Fault, FaultKind
from hubspoke.local.clouds.installed import sdk_version
from hubspoke.local.clouds.schema import provider_schema
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.engine.messages import from_struct, to_struct
from hubspoke.local.engine.values import UNKNOWN, ResourceRef, Secret
from pulumi.runtime.proto import provider_pb2 as wire
from pulumi.runtime.proto import status_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

Serve = Callable[[str], ResourceProviderStub]
VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
PASSWORD = "random:index/randomPassword:RandomPassword"
CIDR: dict[str, Any] = {"cidrBlock": "10.1.0.0/16", "tags": {"Name": "main"}}


def urn(type_: str, name: str = "x") -> str:
    return f"urn:pulumi:dev::test::{type_}::{name}"


@pytest.fixture
def aws(serve: Serve) -> ResourceProviderStub:
    """A configured provider in one account and region."""
    stub = serve("aws")
    role = '[{"roleArn":"arn:aws:iam::111111111111:role/hubspoke"}]'
    args = to_struct({"region": "eu-west-1", "assumeRoles": role})
    stub.Configure(wire.ConfigureRequest(args=args))
    return stub


@pytest.fixture
def clouds(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path / "clouds")


def create(stub: ResourceProviderStub, type_: str, preview: bool = False, **inputs: Any) -> Any:
    checked = stub.Check(wire.CheckRequest(urn=urn(type_), news=to_struct(inputs), randomSeed=b"seed"))
    assert not checked.failures
    return stub.Create(wire.CreateRequest(urn=urn(type_), properties=checked.inputs, preview=preview))


def refused(call: Callable[[Any], Any], request: Any) -> Any:
    with pytest.raises(grpc.RpcError) as caught:
        call(request)
    return caught.value


@pytest.mark.parametrize("package", ["aws", "azure-native", "cloudflare", "gcp", "random"])
def test_it_says_which_version_it_stands_in_for_and_that_it_is_a_simulation(serve: Serve, package: str) -> None:
    stub = serve(package)

    assert stub.GetPluginInfo(empty_pb2.Empty()).version == sdk_version(package)
    schema = json.loads(stub.GetSchema(wire.GetSchemaRequest()).schema)
    settings = schema.pop("provider")["inputProperties"]
    assert settings.keys() == provider_schema(package).keys(), "YAML programs check a provider's settings against it"
    assert schema == {
        "name": package,
        "version": sdk_version(package),
        "description": f"hubspoke's simulation of the {package} package; it touches no real cloud.",
    }


def test_it_takes_neither_secrets_nor_references(serve: Serve) -> None:
    answer = serve("aws").Handshake(wire.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert answer == wire.ProviderHandshakeResponse()


def test_life_of_a_resource(aws: ResourceProviderStub, clouds: Simulation) -> None:
    made = create(aws, VPC, **CIDR)
    assert [r.id for r in clouds.records(type_=VPC)] == [made.id]
    outputs = from_struct(made.properties)
    assert outputs["arn"] == f"arn:aws:ec2:eu-west-1:111111111111:vpc/{made.id}"

    read = aws.Read(wire.ReadRequest(id=made.id, urn=urn(VPC), inputs=to_struct(CIDR), properties=made.properties))
    assert (read.id, from_struct(read.properties)) == (made.id, outputs)

    news = to_struct({**CIDR, "tags": {"Name": "renamed"}})
    olds = {"urn": urn(VPC), "id": made.id, "old_inputs": to_struct(CIDR), "olds": made.properties}
    changed = aws.Update(wire.UpdateRequest(**olds, news=news))
    assert from_struct(changed.properties)["tags"] == {"Name": "renamed"}
    assert clouds.get(made.id).inputs["tags"] == {"Name": "renamed"}

    aws.Delete(wire.DeleteRequest(id=made.id, urn=urn(VPC), old_inputs=news, properties=changed.properties))
    assert clouds.records(type_=VPC) == []


def test_what_is_gone_is_read_without_an_id(aws: ResourceProviderStub) -> None:
    read = aws.Read(wire.ReadRequest(id="vpc-0123456789abcdef0", urn=urn(VPC), properties=to_struct({})))
    assert read == wire.ReadResponse()


def test_an_import_reads_inputs_too(aws: ResourceProviderStub, clouds: Simulation) -> None:
    record = clouds.create("111111111111", "eu-west-1", VPC, {"cidrBlock": "10.9.0.0/16"})
    read = aws.Read(wire.ReadRequest(id=record.id, urn=urn(VPC)))
    assert from_struct(read.inputs)["cidrBlock"] == "10.9.0.0/16"


def test_a_preview_changes_nothing_and_leaves_unknown_what_only_the_cloud_knows(
    aws: ResourceProviderStub, clouds: Simulation
) -> None:
    planned = create(aws, SUBNET, preview=True, vpcId=UNKNOWN, cidrBlock="10.1.0.0/24")
    outputs = from_struct(planned.properties)

    assert (planned.id, clouds.records()) == ("", [])
    assert outputs["cidrBlock"] == "10.1.0.0/24"
    assert (outputs["vpcId"], outputs["arn"]) == (UNKNOWN, UNKNOWN)


def test_a_preview_of_an_update_changes_nothing(aws: ResourceProviderStub, clouds: Simulation) -> None:
    made = create(aws, VPC, **CIDR)
    request = wire.UpdateRequest(
        urn=urn(VPC), id=made.id, old_inputs=to_struct(CIDR), olds=made.properties,
        news=to_struct({**CIDR, "tags": {}}), preview=True,
    )  # fmt: skip
    planned = from_struct(aws.Update(request).properties)

    assert (planned["tags"], planned["arn"]) == ({}, from_struct(made.properties)["arn"])
    assert clouds.get(made.id).inputs["tags"] == {"Name": "main"}


def difference(aws: ResourceProviderStub, news: dict[str, Any], ignore: tuple[str, ...] = ()) -> Any:
    made = create(aws, VPC, **CIDR)
    return aws.Diff(
        wire.DiffRequest(
            urn=urn(VPC), id=made.id, old_inputs=to_struct(CIDR), olds=made.properties, news=to_struct(news),
            ignoreChanges=ignore,
        )
    )  # fmt: skip


def test_no_difference_is_said_to_be_none(aws: ResourceProviderStub) -> None:
    assert difference(aws, CIDR) == wire.DiffResponse(changes=wire.DiffResponse.DIFF_NONE, hasDetailedDiff=True)


def test_a_difference_comes_with_its_paths(aws: ResourceProviderStub) -> None:
    news = {"cidrBlock": "10.2.0.0/16", "tags": {"Name": "main", "owner": "me"}}
    found = difference(aws, news)

    kind = wire.PropertyDiff.Kind
    assert found == wire.DiffResponse(
        changes=wire.DiffResponse.DIFF_SOME,
        diffs=["cidrBlock", "tags"],
        replaces=["cidrBlock"],
        hasDetailedDiff=True,
        detailedDiff={
            "cidrBlock": wire.PropertyDiff(kind=kind.UPDATE_REPLACE, inputDiff=True),
            "tags.owner": wire.PropertyDiff(kind=kind.ADD, inputDiff=True),
        },
    )


def test_ignored_changes_are_no_difference(aws: ResourceProviderStub) -> None:
    found = difference(aws, {**CIDR, "tags": {}}, ignore=("tags",))
    assert found.changes == wire.DiffResponse.DIFF_NONE


def test_bad_inputs_are_named(aws: ResourceProviderStub) -> None:
    news = to_struct({"cidrBlok": "10.1.0.0/16"})
    checked = aws.Check(wire.CheckRequest(urn=urn(VPC), news=news))
    assert any("cidrBlok" in failure.reason for failure in checked.failures)


def test_a_refusal_reads_as_the_cloud_said_it(aws: ResourceProviderStub) -> None:
    vpc = create(aws, VPC, **CIDR)
    create(aws, SUBNET, vpcId=vpc.id, cidrBlock="10.1.0.0/24")
    request = wire.DeleteRequest(id=vpc.id, urn=urn(VPC), old_inputs=to_struct(CIDR), properties=vpc.properties)

    error = refused(aws.Delete, request)
    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert error.details().startswith("DependencyViolation: ")


def test_what_was_made_in_part_is_told_with_the_error(aws: ResourceProviderStub, clouds: Simulation) -> None:
    clouds.add_fault("aws", Fault(FaultKind.PARTIAL, type=VPC, action="create", remaining=1))
    error = refused(aws.Create, wire.CreateRequest(urn=urn(VPC), properties=to_struct(CIDR)))

    (record,) = clouds.records(type_=VPC)
    failed = init_failure(error)
    assert error.code() is grpc.StatusCode.UNKNOWN
    assert (failed.id, list(failed.reasons)) == (record.id, [error.details()])
    assert from_struct(failed.inputs) == CIDR
    assert from_struct(failed.properties)["cidrBlock"] == "10.1.0.0/16"


def init_failure(error: Any) -> Any:
    """What the CLI finds in the details of an error."""
    (packed,) = [value for key, value in error.trailing_metadata() if key == "grpc-status-details-bin"]
    failed = wire.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(packed).details[0].Unpack(failed)
    return failed


def test_a_timeout_is_a_creation_in_part(serve: Serve, clouds: Simulation) -> None:
    aws = serve("aws")
    clouds.add_fault("aws", Fault(FaultKind.SLOW, type=VPC, action="create", seconds=30.0))
    request = wire.CreateRequest(urn=urn(VPC), properties=to_struct(CIDR), timeout=0.2)

    error = refused(aws.Create, request)
    assert "timeout" in error.details()
    assert init_failure(error).id == clouds.records(type_=VPC)[0].id


def test_secrets_and_references_that_come_nevertheless_are_plain_to_the_cloud(
    aws: ResourceProviderStub, clouds: Simulation
) -> None:
    vpc = create(aws, VPC, **CIDR)
    reference = ResourceRef(urn(VPC), vpc.id)
    subnet = create(aws, SUBNET, vpcId=reference, cidrBlock=Secret("10.1.0.0/24"))

    record = clouds.get(subnet.id)
    assert (record.inputs["vpcId"], record.inputs["cidrBlock"]) == (vpc.id, "10.1.0.0/24")


def test_a_secret_setting_of_the_provider_is_understood(serve: Serve) -> None:
    args = to_struct({"apiToken": Secret("t0ken")})
    assert serve("cloudflare").Configure(wire.ConfigureRequest(args=args)).supportsPreview


def test_settings_are_checked_and_compared(serve: Serve) -> None:
    stub = serve("aws")
    checked = stub.CheckConfig(wire.CheckRequest(news=to_struct({"regoin": "eu-west-1"})))
    assert "regoin" in checked.failures[0].reason

    request = wire.DiffRequest(old_inputs=to_struct({"region": "eu-west-1"}), news=to_struct({"region": "eu-west-2"}))
    assert stub.DiffConfig(request).changes == wire.DiffResponse.DIFF_SOME


def test_functions(aws: ResourceProviderStub) -> None:
    answer = aws.Invoke(wire.InvokeRequest(tok="aws:index/getCallerIdentity:getCallerIdentity", args=to_struct({})))
    assert from_struct(getattr(answer, "return"))["accountId"] == "111111111111"

    error = refused(aws.Invoke, wire.InvokeRequest(tok="aws:s3/getBucket:getBucket", args=to_struct({})))
    assert "aws:s3/getBucket:getBucket is not simulated" in error.details()


def test_random_values_are_made(serve: Serve) -> None:
    made = create(serve("random"), PASSWORD, length=20)
    assert len(from_struct(made.properties)["result"]) == 20


@pytest.mark.parametrize(
    ("method", "request_", "said"),
    [
        ("Construct", wire.ConstructRequest(type="aws:x:Thing"), "it has no components, and so no aws:x:Thing"),
        ("Call", wire.CallRequest(tok="aws:x:thing/go"), "it has no methods, and so no aws:x:thing/go"),
        ("Parameterize", wire.ParameterizeRequest(), "it takes no parameters"),
    ],
)
def test_what_is_not_served_is_refused_by_name(serve: Serve, method: str, request_: Any, said: str) -> None:
    error = refused(getattr(serve("aws"), method), request_)
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert error.details() == f"the simulated aws package: {said}"


def test_listing_is_refused_by_name(serve: Serve) -> None:
    error = refused(lambda request: list(serve("aws").List(request)), wire.ListRequest(token=VPC))
    assert "`hubspoke sim list` does" in error.details()


@pytest.mark.parametrize(("folder", "said"), [("", "HUBSPOKE_SIM is not set"), ("clouds", "whole path")])
def test_the_folder_of_the_clouds_is_never_guessed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, folder: str, said: str
) -> None:
    stub = serve("aws")
    monkeypatch.setenv("HUBSPOKE_SIM", folder)
    error = refused(stub.Configure, wire.ConfigureRequest(args=to_struct({})))
    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert said in error.details()


def test_a_defect_is_said_to_be_one(serve: Serve) -> None:
    """Unlike a real engine, this request names no resource."""
    error = refused(serve("aws").Check, wire.CheckRequest(urn="nonsense"))
    assert error.code() is grpc.StatusCode.INTERNAL
    assert error.details().startswith("ValueError: invalid URN 'nonsense' (")
    assert error.details().endswith("; this is a defect")

"""What people are told of a component in another language's program that cannot be made."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import grpc
import pulumi
import pytest
from hubspoke.hosting.plain import refuse_outputs
from hubspoke.local.engine import ProgramFailed
from hubspoke.local.engine.values import UNKNOWN, Output
from pulumi.errors import InputPropertiesError

from tests.components.conftest import HUB_ACCOUNT, SPOKE_ACCOUNT, Lab, hub_args, onramp_args, spoke_args
from tests.components.test_aws_onramp import ADOPTED, gateway_there
from tests.hosting.host import Hosted
from tests.hosting.making import camel, make, preview
from tests.hosting.test_aws_and_cloudflare import side
from tests.hosting.test_schema import KEPT

if TYPE_CHECKING:
    from tests.conftest import World

REST = (
    "give a plain value, known before anything is made. Topology (keys, prefixes, regions, ASNs) is plain; ids that "
    "other components give, and secrets, may be outputs"
)
Mark = Callable[[str], pulumi.Output[str]]
Said = Callable[[str, dict[str, Any]], tuple[grpc.StatusCode, str]]


@pytest.fixture
def said(world: "World") -> Said:
    """What the plugin says of a component in a preview: the status, and its words."""

    def of(component: str, inputs: dict[str, Any]) -> tuple[grpc.StatusCode, str]:
        caught: list[tuple[grpc.StatusCode, str]] = []
        lab = Lab(world)

        async def work(host: Hosted) -> None:
            try:
                await make(host, component, "it", inputs, [lab.aws("apps", SPOKE_ACCOUNT), lab.cloudflare()])
            except grpc.RpcError as problem:
                caught.append((problem.code(), problem.details()))
                raise pulumi.RunError("refused") from problem

        with pytest.raises(ProgramFailed):
            preview(world, work)
        return caught[0]

    return of


def test_what_is_missing_is_refused(said: Said) -> None:
    inputs = {key: value for key, value in camel(hub_args()).items() if key != "asn"}
    assert said("AwsHub", inputs) == (grpc.StatusCode.INVALID_ARGUMENT, "")  # its name is in the status' details


@pytest.mark.parametrize("known", [True, False])
def test_a_plain_argument_given_as_an_output_is_named(said: Said, known: bool) -> None:
    inputs = camel(hub_args())
    given = Output(inputs["cloudflare"] if known else UNKNOWN, known=known)
    expected = f"cloudflare is an output: {REST}"
    assert said("AwsHub", inputs | {"cloudflare": given}) == (grpc.StatusCode.INVALID_ARGUMENT, expected)


def test_what_a_component_refuses_at_once_is_said_in_its_own_words(said: Said) -> None:
    ids = {key: Output(UNKNOWN, known=False) for key in ("transitGatewayId", "routeTables")}
    args = {"here": side("use1", "us-east-1", ids), "there": side("use2", "us-east-1", ids), "accountId": HUB_ACCOUNT}
    code, words = said("AwsPeering", args)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert words == (
        "peering 'it': hubs 'use1' and 'use2' are both in us-east-1, where the second end's id is not known to the one "
        "who asks: leave them to reach each other over Cloudflare, or put their spokes on one hub"
    )


def test_what_a_component_refuses_once_it_has_looked_is_said_in_its_own_words(said: Said, world: "World") -> None:
    gateway = gateway_there(Lab(world), vpc=None)
    adopting = {"adopted": ADOPTED, "subnets": [], "gateway": gateway, "cidr": "10.8.0.0/20"}
    code, words = said("AwsOnRamp", camel(onramp_args() | adopting))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert words.startswith(f"on-ramp 'it': gateway {gateway} is attached to no network")
    assert "Traceback" not in words
    assert "File" not in words


OUT = "<an output>"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"region": OUT}, ["region"]),
        ({"segment": OUT, "wanPrefixes": ["10.0.0.0/8", OUT]}, ["segment", "wanPrefixes[1]"]),
        ({"subnets": [{"key": "a", "kind": "workload", "zone": "a", "cidr": OUT}]}, ["subnets[0].cidr"]),
        ({"tags": {"owner": OUT}}, ["tags.owner"]),
    ],
)
@pytest.mark.parametrize("mark", [pulumi.Output.from_input, pulumi.Output.secret])
def test_every_place_is_named_and_no_value_is_shown(given: Any, named: list[str], mark: Mark) -> None:
    with pytest.raises(InputPropertiesError) as caught:
        asyncio.run(_refuse(given, mark))
    assert str(caught.value) == "; ".join(f"{place} is an output: {REST}" for place in named)


@pytest.mark.parametrize("mark", [pulumi.Output.from_input, pulumi.Output.secret])
def test_ids_may_be_outputs_whole_or_in_part(mark: Mark) -> None:
    asyncio.run(_refuse({"transitGatewayId": OUT, "routeTables": OUT, "hubRoleArn": OUT}, mark))
    asyncio.run(_refuse({"routeTables": {"prod": OUT, "onramp": "tgw-rtb-1"}}, mark))


async def _refuse(given: dict[str, Any], mark: Mark) -> None:
    refuse_outputs(KEPT, "hubspoke:index:AwsSpoke", camel(spoke_args()) | _placed(given, mark("hunter2")))


def _placed(value: Any, output: Any) -> Any:
    """With the output in its places."""
    if isinstance(value, dict):
        return {key: _placed(each, output) for key, each in value.items()}
    if isinstance(value, list):
        return [_placed(each, output) for each in value]
    return output if value == OUT else value

"""Components made through the plugin, as programs in other languages make them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pulumi
import pytest
from hubspoke.local.engine import ProgramFailed
from hubspoke.local.engine.values import Output

from tests.components.conftest import HUB_ACCOUNT, SPOKE_ACCOUNT, Lab, described, hub_args, spoke_args
from tests.components.test_children import spoke_only
from tests.hosting.host import Hosted, hosted

if TYPE_CHECKING:
    from tests.conftest import World

GOLDEN = Path(__file__).parents[1] / "components" / "golden"
ROUTES = [
    {"key": f"use1-{end}", "prefix": "10.16.32.0/20", "nexthop": f"169.254.240.{last}", "priority": 100}
    for end, last in (("e1-a", 17), ("e1-b", 21), ("e2-a", 25), ("e2-b", 29))
]


@pytest.fixture
def lab(world: "World") -> Lab:
    return Lab(world)


def camel(value: Any) -> Any:
    """Arguments in the words of other languages."""
    if isinstance(value, dict):
        return {_camel(key): camel(each) for key, each in value.items()}
    return [camel(each) for each in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


async def _reference(provider: pulumi.ProviderResource) -> str:
    return f"{await provider.urn.future()}::{await provider.id.future() or ''}"


async def _make(
    host: Hosted,
    component: str,
    name: str,
    inputs: Mapping[str, Any],
    providers: Sequence[pulumi.ProviderResource],
    after: Sequence[str] = (),
) -> tuple[str, dict[str, Output]]:
    references = {provider.package: await _reference(provider) for provider in providers}
    call = partial(host.construct, component, name, inputs, references, after)
    return await asyncio.get_running_loop().run_in_executor(None, call)


def _hosted(lab: Lab, work: Callable[[Hosted], Awaitable[object]]) -> dict[str, Any]:
    async def program() -> None:
        with hosted() as host:
            await work(host)

    lab.world.up("lab", program)
    return described(lab.world.resources("lab"))


def _kept(name: str) -> dict[str, Any]:
    """What the same component makes in a Python program."""
    found: dict[str, Any] = json.loads((GOLDEN / name).read_text())
    return found


def _network(made: dict[str, Any]) -> dict[str, Any]:
    """What a spoke made. Aside: what it waits for as a whole, which is all of a hub in one process and the hub's name
    over the wire, and the provider that engines look such a name up with."""
    aside = {"hubspoke:index:AwsSpoke web", "pulumi:providers:pulumi default"}
    return {key: child for key, child in spoke_only(made).items() if key not in aside}


def test_a_hub_makes_the_same_as_in_a_python_program(lab: Lab) -> None:
    inputs = camel(hub_args() | {"routing": "bgp", "shared_with": [SPOKE_ACCOUNT, "432109876543"]})

    async def work(host: Hosted) -> None:
        await _make(host, "AwsHub", "use1", inputs, [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()])

    assert _hosted(lab, work) == _kept("hub-bgp.json")


def test_a_spoke_takes_the_outputs_of_a_hub(lab: Lab) -> None:
    async def work(host: Hosted) -> None:
        providers = [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()]
        urn, hub = await _make(host, "AwsHub", "use1", camel(hub_args() | {"routing": "static"}), providers)
        arguments = spoke_args() | {"cross_account": False, "cloudflare_routes": ROUTES}
        ids = {key: hub[key] for key in ("transitGatewayId", "routeTables")}
        await _make(host, "AwsSpoke", "web", camel(arguments) | ids, providers, [urn])

    assert _network(_hosted(lab, work)) == _network(_kept("spoke-new-same-account.json"))


def test_a_spoke_in_another_account_assumes_a_role_in_the_hubs(lab: Lab) -> None:
    async def work(host: Hosted) -> None:
        network, apps, cloudflare = lab.aws("network", HUB_ACCOUNT), lab.aws("apps", SPOKE_ACCOUNT), lab.cloudflare()
        shared = hub_args() | {"routing": "bgp", "shared_with": [SPOKE_ACCOUNT]}
        urn, hub = await _make(host, "AwsHub", "use1", camel(shared), [network, cloudflare])
        arguments = spoke_args() | {"cross_account": True, "hub_role_arn": f"arn:aws:iam::{HUB_ACCOUNT}:role/hubspoke"}
        ids = {key: hub[key] for key in ("transitGatewayId", "routeTables")}
        await _make(host, "AwsSpoke", "web", camel(arguments) | ids, [apps, cloudflare], [urn])

    made = _network(_hosted(lab, work))
    assert made.pop("pulumi:providers:aws web-hub")["parent"] == "hubspoke:index:AwsSpoke web"
    kept = json.dumps(_network(_kept("spoke-new-cross-account.json")))
    assert made == json.loads(kept.replace('"provider": "network"', '"provider": "web-hub"'))


def test_what_is_missing_is_named(lab: Lab) -> None:
    inputs = {key: value for key, value in camel(hub_args()).items() if key != "asn"}
    said: list[str] = []

    async def work(host: Hosted) -> None:
        try:
            await _make(host, "AwsHub", "use1", inputs, [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()])
        except grpc.RpcError as problem:
            said.append(f"{problem.code()}")
            raise pulumi.RunError("refused") from problem

    with pytest.raises(ProgramFailed):
        _hosted(lab, work)
    assert said == ["StatusCode.INVALID_ARGUMENT"]

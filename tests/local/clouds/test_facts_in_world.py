"""Facts about things among others: each line holds for a provider, and does not where the line is untrue."""

import functools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds import testing
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.protocol import CloudError
from hubspoke.local.clouds.records import Record, Records
from hubspoke.local.clouds.store import Cloud

from tests.local.clouds import gcp_facts, gcp_world
from tests.local.clouds.fact_bench import (
    AZURE_HUB,
    AZURE_SPOKE,
    HUB,
    SPOKE,
    Line,
    World,
    cloud_of,
    lines,
    proven,
)

GOLDEN = Path(__file__).parent / "golden" / "outputs.json"


@pytest.fixture
def worlds(tmp_path: Path) -> Callable[..., World]:
    count = iter(range(100))
    return lambda **more: World(tmp_path / str(next(count)), **more)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], World]:
    """The world of a cloud that is only looked at."""
    return functools.cache(lambda cloud: World(tmp_path_factory.mktemp("shared"), cloud))


_ASSIGNED = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>"), (r"169\.254\.\d+\.\d+", "<inside>"), (r"k[0-9a-f]{31}", "<key>"),
    (r"198\.18\.\d+\.\d+", "<outside>"), (r"AROA[0-9A-F]{16}", "<unique>"), (r"(dopt|eni)-0[0-9a-f]{16}", r"<\1>"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>"), (r"invitation/[0-9a-f]{16}", "invitation/<random>"),
    (r"241\.0\.\d+\.\d+", "<outside>"), (r"\b\d{19}\b", "<number>"), (r"(?<=: )\d{15}\b", "0"),
)  # fmt: skip


def told(world: World, type_: str) -> dict[str, Any]:
    """What a read tells of the first thing of a type, with labels for ids and words for what is random."""
    made = world.first(type_)
    text = json.dumps(world.account(made).seen(made).outputs, sort_keys=True)
    labels = {thing.id: label for label, thing in world.things.items()}
    for record, owner in owned(world):
        labels[record.id] = f"{labels[owner.id]}'s {record.type.rpartition(':')[2]}"
    for id_ in sorted(labels, key=len, reverse=True):
        text = re.sub(rf"{re.escape(id_)}(?!\w)", f"<{labels[id_]}>", text)
    for pattern, word in _ASSIGNED:
        text = re.sub(pattern, word, text)
    return dict(json.loads(text))


def owned(world: World) -> Iterator[tuple[Record, Record]]:
    """What came with something else, and that."""
    records = {record.key: record for record in world.simulation.records(cloud=world.cloud)}
    yield from ((record, records[record.owner]) for record in records.values() if record.owner is not None)


# What no output of the first thing of its type tells.
ELSEWHERE = {
    (aws.TGW_VPC_ATTACHMENT, "state"): ("attachment tgw", "available"),
    (aws.VPN_CONNECTION, "transitGatewayAttachmentId"): ("static vpn", ""),
}
COMPUTED = [line for line in lines("computed") if not line.fact.type.endswith(":VpnAttachment")]


@pytest.fixture(scope="module")
def kept() -> dict[str, dict[str, Any]]:
    return dict(json.loads(GOLDEN.read_text()))


@pytest.mark.parametrize("line", COMPUTED, ids=str)
def test_the_cloud_fills_it_in(
    worlds: Callable[..., World], shared: Callable[[str], World], kept: dict[str, dict[str, Any]], line: Line
) -> None:
    type_, name = line.fact.type, line.row.property

    def proof(line: Line) -> None:
        world = worlds(cloud=cloud_of(line)) if line.row.assigned else shared(cloud_of(line))
        if (type_, name) in ELSEWHERE:
            label, value = ELSEWHERE[type_, name]
            (record,) = [r for r in world.simulation.records(type_=type_) if r.id == world.id(label)]
            assert record.outputs[name] == value
        else:
            assert told(world, type_).get(name) == kept[type_].get(name)

    proven(line, proof)


def test_what_is_kept_says_nothing_else(shared: Callable[[str], World], request: pytest.FixtureRequest) -> None:
    wanted: dict[str, set[str]] = {}
    for line in COMPUTED:
        wanted.setdefault(line.fact.type, set()).add(line.row.property)
    found = {
        type_: {n: v for n, v in told(shared(type_.split(":")[0]), type_).items() if n in names}
        for type_, names in wanted.items()
    }
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    if request.config.getoption("--write-golden"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    again = "if that is meant: python -m pytest tests/local/clouds/test_facts_in_world.py --write-golden"
    assert GOLDEN.read_text() == text, again


@pytest.mark.parametrize("line", [line for line in COMPUTED if line.row.assigned], ids=str)
def test_what_is_chosen_at_creation_stays(shared: Callable[[str], World], line: Line) -> None:
    world = shared(cloud_of(line))
    made = world.first(line.fact.type)
    seen = [world.account(made).seen(made).outputs.get(line.row.property) for _ in range(2)]
    assert seen[0] == seen[1] == made.outputs.get(line.row.property)


def test_a_connections_attachment_is_available_at_once(shared: Callable[[str], World]) -> None:
    """The one type without a resource of its own: what others see of it."""
    world = shared("aws")
    (attachment,) = world.simulation.records(type_=aws.TGW_VPN_ATTACHMENT)
    assert (attachment.outputs["state"], attachment.id) == (
        "available", world.things["vpn"].outputs["transitGatewayAttachmentId"],
    )  # fmt: skip


@pytest.mark.parametrize("line", [line for line in lines("reference") if line.row.loose], ids=str)
def test_it_is_remembered_but_need_not_be_the_callers(worlds: Callable[..., World], line: Line) -> None:
    def proof(line: Line) -> None:
        world = worlds(cloud=cloud_of(line))
        target, type_ = LOOSE[line.fact.type, line.row.property](world)
        with Cloud(world.folder).store(world.cloud).reading() as connection:
            users = Records(connection).referring(target, (type_,), line.row.property)
        assert len(users) == 1

    proven(line, proof)


def _local_route(world: World) -> tuple[str, str]:
    given = {"routeTableId": world.id("rtb"), "destinationCidrBlock": "10.8.0.0/16", "gatewayId": "local"}
    world.make("local", aws.ROUTE, **given)
    return "local", aws.ROUTE


def _local_inline(world: World) -> tuple[str, str]:
    routes = [{"cidrBlock": "10.8.0.0/16", "gatewayId": "local"}]
    world.make("local", aws.ROUTE_TABLE, vpcId=world.id("vpc2"), routes=routes)
    return "local", aws.ROUTE_TABLE


LOOSE: dict[tuple[str, str], Callable[[World], tuple[str, str]]] = {
    (aws.ROUTE, "gatewayId"): _local_route,
    (aws.ROUTE_TABLE, "routes[*].gatewayId"): _local_inline,
    (aws.TGW_ACCEPTER, "transitGatewayAttachmentId"): lambda w: (w.id("spoke attachment"), aws.TGW_ACCEPTER),
    (aws.TGW_PEERING, "peerTransitGatewayId"): lambda w: (w.id("far tgw"), aws.TGW_PEERING),
    (aws.TGW_PEERING_ACCEPTER, "transitGatewayAttachmentId"): lambda w: (w.id("peering"), aws.TGW_PEERING_ACCEPTER),
    (aws.RESOURCE_ASSOCIATION, "resourceArn"): lambda w: (w.things["tgw2"].outputs["arn"], aws.RESOURCE_ASSOCIATION),
    **gcp_facts.LOOSE,
}


@pytest.mark.parametrize("line", lines("in use"), ids=str)
def test_it_stays_while_it_is_used(worlds: Callable[..., World], line: Line) -> None:
    def proof(line: Line) -> None:
        world = worlds(cloud=cloud_of(line))
        target, user = used(world, line)
        only_user(world, target, user)
        account, made = world.account(target), target
        with pytest.raises(CloudError, match=f"^{line.row.code}: "):
            account.delete(made)
        drop(world, user)
        account.delete(made)
        assert account.read(made) is None

    proven(line, proof)


def users_of(
    world: World, target: testing.Made | Record, type_: str = "", property_: str | None = None
) -> list[Record]:
    with Cloud(world.folder).store(world.cloud).reading() as connection:
        return Records(connection).referring(target.id, (type_,) if type_ else (), property_)


def used(world: World, line: Line) -> tuple[testing.Made, Record]:
    """A thing that the line speaks of, and what uses it."""
    for made in (made for made in world.things.values() if made.type == line.fact.type):
        for user in users_of(world, made, line.row.type, line.row.property):
            if user.owner is None or line.row.type == aws.TGW_VPN_ATTACHMENT:
                return made, user
    raise AssertionError(f"the world has nothing for: {line}")


def only_user(world: World, target: testing.Made, user: Record) -> None:
    """Takes away whatever else refers to a thing, or to what came with it."""
    (own,) = [r for r in world.simulation.records(type_=target.type) if r.id == target.id]
    parts = [r for r, owner in owned(world) if owner.key == own.key]
    kept = {own.key, user.key, user.owner, *(part.key for part in parts)}
    for other in [other for thing in (own, *parts) for other in users_of(world, thing)]:
        if other.key not in kept and not gone(world, other):
            drop(world, other)


def gone(world: World, record: Record) -> bool:
    return not any(r.key == record.key for r in world.simulation.records(type_=record.type))


def drop(world: World, record: Record) -> None:
    place = {"account": record.account, "region": record.region}
    world.simulation.delete(record.id, force=True, type_=record.type, **place)


@pytest.mark.parametrize("line", lines("companion"), ids=str)
def test_it_comes_and_goes_with_it(worlds: Callable[..., World], line: Line) -> None:
    def proof(line: Line) -> None:
        world = worlds(cloud=cloud_of(line))
        made = world.first(line.fact.type)
        (record,) = [r for r in world.simulation.records(type_=made.type) if r.id == made.id]
        companion = record.outputs.get(line.row.output)
        assert companion in {r.id for r in world.simulation.records(type_=line.row.type) if r.owner == record.key}
        drop(world, record)
        assert companion not in {r.id for r in world.simulation.records(type_=line.row.type)}

    proven(line, proof)


@pytest.mark.parametrize("line", lines("unique"), ids=str)
def test_there_is_no_second(worlds: Callable[..., World], line: Line) -> None:
    def proof(line: Line) -> None:
        world = worlds(cloud=cloud_of(line))
        made = world.first(line.fact.type)
        with pytest.raises(CloudError, match=f"^{line.row.code}: "):
            world.account(made).create(made.type, **{n: v for n, v in made.inputs.items() if n != "__defaults"})

    proven(line, proof)


@pytest.mark.parametrize("line", lines("provisioning"), ids=str)
def test_it_takes_its_time(worlds: Callable[..., World], line: Line) -> None:
    def proof(_: Line) -> None:
        world = worlds(scale=1.0, cloud=cloud_of(line))
        made = world.first(line.fact.type)
        (record,) = [r for r in world.simulation.records(type_=made.type) if r.id == made.id]
        assert record.ready_at - record.created == pytest.approx(line.row.seconds)
        assert any(slept == pytest.approx(line.row.seconds, abs=0.5) for slept in world.clock.slept)

    proven(line, proof)


@pytest.mark.parametrize(
    ("cloud", "accounts"),
    [
        ("aws", {HUB, SPOKE}), ("azure-native", {AZURE_HUB, AZURE_SPOKE}),
        ("gcp", {gcp_world.PROJECT, gcp_world.GUEST}),
    ],
)  # fmt: skip
def test_accounts_are_as_expected(shared: Callable[[str], World], cloud: str, accounts: set[str]) -> None:
    assert {r.account for r in shared(cloud).simulation.records(cloud=cloud)} == accounts

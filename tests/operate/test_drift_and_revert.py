"""Changed behind its back in every way there is: found exactly, judged, and put back with nothing else touched."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import furnish, make_world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Ended, World

Document = dict[str, Any]
VPC_ROUTE, TGW_ROUTE = "aws:ec2/route:Route", "aws:ec2transitgateway/route:Route"
INGRESS, EGRESS = (f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule" for way in ("Ingress", "Egress"))
PROPAGATION = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
STATIC_ROUTE = "cloudflare:index/magicWanStaticRoute:MagicWanStaticRoute"
VPN = "aws:ec2/vpnConnection:VpnConnection"
NETWORK, APPS, CLOUDFLARE = "210987654321", "321098765432", "3f1c9a7e5b2d4860a1b2c3d4e5f60718"


@dataclass
class Story:
    """A fleet that was changed by hand, looked at, put back, and looked at again."""

    world: "World"
    ids: dict[str, str]
    before: dict[tuple[str, str], Document]
    changed: dict[tuple[str, str], Document]
    drift: "Ended"
    reverted: "Ended"
    after: dict[tuple[str, str], Document]


@pytest.fixture(scope="module")
def story(deployed: "World", tmp_path_factory: pytest.TempPathFactory) -> Story:
    return tell(deployed.copy_to(tmp_path_factory.mktemp("drift") / "project"))


def tell(world: "World", *engine: str) -> Story:
    ids = {
        "use1": world.recorded("network", "TransitGateway", "use1")["id"],
        "prod": world.recorded("network", "RouteTable", "use1/prod")["id"],
        "dev": world.recorded("network", "RouteTable", "use1/dev")["id"],
        "vpn": world.recorded("network", VPN, "use1/e1")["id"],
        "vpn-attachment": world.recorded("network", VPN, "use1/e1")["outputs"]["transitGatewayAttachmentId"],
        "attachment": world.recorded("prod-apps", "VpcAttachment", "web")["id"],
        "web": world.recorded("prod-apps", "RouteTable", "web")["id"],
        "group": world.recorded("prod-apps", "SecurityGroup", "web-wan")["id"],
        "rule": world.recorded("prod-apps", INGRESS, "web/ci-prod-ci")["id"],
        "route": world.recorded("prod-apps", VPC_ROUTE, "orders/main/10.0.0.0/8")["id"],
        "lost": world.recorded("prod-apps", STATIC_ROUTE, "web-eu/euc1-e1-a")["id"],
        "gateway": world.recorded("network", "CustomerGateway", "use1/e2")["id"],
    }
    before = world.held()
    tamper(world, ids)
    changed = world.held()
    drift = world.hubspoke("drift", "--all", "--json", *engine)
    reverted = world.hubspoke("drift", "--all", "--revert", "--yes", "--json", *engine)
    return Story(world, ids, before, changed, drift, reverted, world.held())


def tamper(world: "World", ids: dict[str, str]) -> None:
    """Ten changes at a console: three edits, two deletions, five additions."""
    clouds, region = world.clouds, "us-east-1"
    clouds.edit(ids["rule"], {"cidrIpv4": "0.0.0.0/0"})
    clouds.edit(ids["vpn"], {"tunnel1Phase1DhGroupNumbers": [2]})
    clouds.edit(ids["gateway"], {"tags.owner": "somebody", "tags.note": "temporary"})
    clouds.delete(ids["route"], type_=VPC_ROUTE)
    clouds.delete(ids["lost"], type_=STATIC_ROUTE)

    def extra(name: str, account: str, type_: str, inputs: Document) -> None:
        ids[name] = clouds.create(account, region if account != CLOUDFLARE else "", type_, inputs).id

    place = {"routeTableId": ids["web"], "destinationCidrBlock": "203.0.113.0/24", "transitGatewayId": ids["use1"]}
    extra("extra-vpc-route", APPS, VPC_ROUTE, place)
    rule = {"securityGroupId": ids["group"], "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0"}
    extra("extra-rule", APPS, INGRESS, rule)
    leak = {"transitGatewayRouteTableId": ids["dev"], "transitGatewayAttachmentId": ids["attachment"]}
    extra("extra-propagation", NETWORK, PROPAGATION, leak)
    route = {
        "transitGatewayRouteTableId": ids["prod"],
        "destinationCidrBlock": "10.99.0.0/16",
        "transitGatewayAttachmentId": ids["vpn-attachment"],
    }
    extra("extra-tgw-route", NETWORK, TGW_ROUTE, route)
    through = {"accountId": CLOUDFLARE, "prefix": "10.99.0.0/16", "nexthop": "169.254.240.17", "priority": 5}
    extra("extra-static-route", CLOUDFLARE, STATIC_ROUTE, through)


def found(ended: "Ended") -> dict[tuple[str, str], Document]:
    """Findings by stack and resource, without the look's other figures."""
    return {
        (report["stack"], f["id"]): {
            "kind": f["kind"],
            "name": f["name"],
            "type": f["type"],
            "differences": {d["path"]: (d["recorded"], d["observed"]) for d in f["differences"]},
        }
        for report in ended.document["stacks"]
        for f in report["findings"]
    }


def expected(ids: dict[str, str]) -> dict[tuple[str, str], Document]:
    def finding(kind: str, name: str, type_: str, **differences: Any) -> Document:
        return {"kind": kind, "name": name, "type": type_, "differences": differences}

    def extra(name: str, type_: str, **values: Any) -> Document:
        return finding("extra", name, type_, **{path: (None, value) for path, value in values.items()})

    tags = {"tags.owner": ("network-team", "somebody"), "tags.note": (None, "temporary")}
    return {
        ("prod-apps", ids["rule"]): finding(
            "edited", "web/ci-prod-ci", INGRESS, cidrIpv4=("10.16.48.0/21", "0.0.0.0/0")
        ),
        ("network", ids["vpn"]): finding(
            "edited", "use1/e1", VPN, **{"tunnel1Phase1DhGroupNumbers[0]": (20, 2)}
        ),
        ("network", ids["gateway"]): finding("edited", "use1/e2", "aws:ec2/customerGateway:CustomerGateway", **tags),
        ("prod-apps", ids["route"]): finding("gone", "orders/main/10.0.0.0/8", VPC_ROUTE),
        ("prod-apps", ids["lost"]): finding("gone", "web-eu/euc1-e1-a", STATIC_ROUTE),
        ("prod-apps", ids["extra-vpc-route"]): extra(
            "web", VPC_ROUTE, destinationCidrBlock="203.0.113.0/24", routeTableId=ids["web"],
            transitGatewayId=ids["use1"],
        ),
        ("prod-apps", ids["extra-rule"]): extra(
            "web-wan", INGRESS, cidrIpv4="0.0.0.0/0", fromPort=22, ipProtocol="tcp", securityGroupId=ids["group"],
            toPort=22,
        ),
        ("network", ids["extra-propagation"]): extra(
            "use1/dev", PROPAGATION, transitGatewayAttachmentId=ids["attachment"],
            transitGatewayRouteTableId=ids["dev"],
        ),
        ("network", ids["extra-tgw-route"]): extra(
            "use1/prod", TGW_ROUTE, blackhole=False, destinationCidrBlock="10.99.0.0/16",
            transitGatewayAttachmentId=ids["vpn-attachment"], transitGatewayRouteTableId=ids["prod"],
        ),
        ("network", ids["extra-static-route"]): extra(
            "use1-e1-a", STATIC_ROUTE, accountId=CLOUDFLARE, nexthop="169.254.240.17", prefix="10.99.0.0/16",
            priority=5,
        ),
    }  # fmt: skip


def test_drift_finds_exactly_what_was_changed(story: Story) -> None:
    assert story.drift.code == 7
    assert found(story.drift) == expected(story.ids)


def test_drift_judges_what_is_there(story: Story) -> None:
    """Values that no program ever asked for are judged by the same pack; extra resources too."""
    assert violated(story.drift) == named(story.ids)


def violated(ended: "Ended") -> set[tuple[str, str, str]]:
    """The mandatory policies that something violates, by stack and name of the resource."""
    return {
        (report["stack"], v["policy"], v["urn"].rsplit("::", 1)[-1])
        for report in ended.document["stacks"]
        for v in report["violations"]
        if v["level"] == "mandatory"
    }


def named(ids: dict[str, str]) -> set[tuple[str, str, str]]:
    return {
        ("prod-apps", "no-open-ingress", "web/ci-prod-ci"),
        ("prod-apps", "no-open-ingress", ids["extra-rule"]),
        ("prod-apps", "required-tags", ids["extra-rule"]),
        ("network", "strong-ipsec", "use1/e1"),
        # What it comes to: a propagation that nobody's stack made, and a route that is gone.
        ("network", "segments-isolated", ids["extra-propagation"]),
        ("network", "flows-carried", ids["extra-propagation"]),
        ("prod-apps", "flows-carried", "hubspoke-prod-apps"),
    }


def test_looking_changes_nothing(story: Story) -> None:
    """Not the clouds; the state is as it was, too, or the revert would have found nothing."""
    log = [e for e in story.world.clouds.log() if e.actor == "hubspoke drift" and e.action != "delete"]
    assert log == []


def test_reverting_puts_back_all_of_it(story: Story) -> None:
    assert story.reverted.code == 0, story.reverted.err
    assert [report["findings"] for report in story.reverted.document["stacks"]] == [[], [], [], []]
    assert all(report["clean"] for report in story.reverted.document["stacks"])


def test_reverting_touches_nothing_else(story: Story) -> None:
    ids, after, before = story.ids, story.after, story.before
    renewed = {(VPC_ROUTE, ids["route"]), (STATIC_ROUTE, ids["lost"])}
    kept = {key: value for key, value in before.items() if key not in renewed}
    assert {key: after.get(key) for key in kept} == kept
    new = [values for key, values in after.items() if key not in kept]
    assert Counter(map(str, new)) == Counter(str(before[key]) for key in renewed)


def test_reverting_says_what_it_touched(story: Story) -> None:
    touched = {(type_, id_) for report in story.reverted.document["reverted"] for type_, id_ in report["touched"]}
    ids = story.ids
    edited = {(INGRESS, ids["rule"]), (VPN, ids["vpn"]), ("aws:ec2/customerGateway:CustomerGateway", ids["gateway"])}
    removed = {
        (VPC_ROUTE, ids["extra-vpc-route"]),
        (INGRESS, ids["extra-rule"]),
        (PROPAGATION, ids["extra-propagation"]),
        (TGW_ROUTE, ids["extra-tgw-route"]),
        (STATIC_ROUTE, ids["extra-static-route"]),
    }
    made = {key for key in story.after if key not in story.changed}
    assert touched == edited | removed | made
    assert len(made) <= 2


def test_what_is_nobodys_business_is_as_it_was(story: Story) -> None:
    for key in (
        ("aws:s3/bucket:Bucket", "meridian-ledgers"),
        ("aws:ec2/instance:Instance", "i-0123456789abcdef0"),
        ("aws:ec2/vpc:Vpc", "vpc-0a1b2c3d4e5f67890"),
    ):
        record = story.world.clouds.get(key[1], key[0])
        assert (record.inputs, record.version) == (story.before[key], 1)
        assert {entry.action for entry in story.world.clouds.log(id_=key[1])} == {"create"}


def test_after_it_a_preview_finds_nothing_to_do(story: Story) -> None:
    for stack in ("network", "prod-apps"):
        assert story.world.run("preview", stack, refresh=True).outcome.changes.keys() == {"same"}


def test_no_key_is_shown(story: Story) -> None:
    tunnels = story.world.clouds.records(type_="cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel")
    said = story.drift.out + story.drift.err + story.reverted.out + story.reverted.err
    assert not [tunnel.id for tunnel in tunnels if tunnel.inputs["psk"][1:] in said]


def test_a_fleet_as_it_should_be_has_no_drift(fleet: "World") -> None:
    ended = fleet.hubspoke("drift", "--stack", "prod-apps", "--json")
    assert (ended.code, ended.document["stacks"][0]["findings"]) == (0, [])


def test_a_stack_that_is_not_up_is_named_and_no_error(tmp_path: "Path") -> None:
    world = make_world(tmp_path / "project")
    furnish(world)
    ended = world.hubspoke("drift", "--stack", "network", "--json")
    assert (ended.code, ended.document) == (0, {"stacks": [], "reverted": []})
    assert ended.err == "not up, so there is nothing to compare: network\n"


def test_a_worker_that_is_ended_while_it_judges_fails_the_look(deployed: "World", tmp_path: "Path") -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack / "__main__.py").write_text("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n")
    world = deployed.copy_to(tmp_path / "project")
    ended = world.hubspoke("drift", "--stack", "network", "--policy-pack", str(pack))
    assert (ended.code, ended.err.splitlines()[-1]) == (
        1,
        "error: network is not judged: the engine's process ended early (signal 9); run the command again",
    )

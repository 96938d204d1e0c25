"""CloudflareFirewall: segments kept apart at Cloudflare, and a spoke that comes and goes as one list item."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.local.engine import EngineError

if TYPE_CHECKING:
    from tests.components.conftest import Lab
    from tests.conftest import World

CLOUDFLARE = "3f1c9a7e5b2d4860a1b2c3d4e5f60718"
RULESET, ITEM = "cloudflare:index/ruleset:Ruleset", "cloudflare:index/listItem:ListItem"
Golden = Callable[[str, str], None]
ARGS: dict[str, Any] = {
    "segments": {
        "prod": ["10.16.0.0/20", "10.16.16.0/20"],
        "prod-eu": ["10.64.0.0/20"],
        "shared": ["10.4.0.0/22", "192.168.64.7/32"],
    },
    "allowed": [
        {"source": source, "target": target}
        for source, target in (
            ("prod", "prod"), ("prod", "shared"), ("prod-eu", "prod-eu"), ("shared", "prod"), ("shared", "shared"),
        )
    ],
    "wan_prefixes": ["10.0.0.0/8", "192.168.64.0/18"],
    "cloudflare": {"account": CLOUDFLARE, "asn": 13335},
}  # fmt: skip


def program(lab: "Lab", **changes: Any) -> Callable[[], object]:
    def made() -> None:
        import pulumi
        from hubspoke import CloudflareFirewall

        args: Any = {**ARGS, **changes}
        firewall = CloudflareFirewall("firewall", args, opts=pulumi.ResourceOptions(provider=lab.cloudflare()))
        pulumi.export("firewall", firewall.outputs())

    return made


def names(changed: dict[str, str]) -> dict[str, str]:
    return {urn.split("$")[-1].split("::", 1)[-1]: op for urn, op in changed.items()}


def test_a_rule_for_each_sender_and_the_rest_dropped(lab: "Lab", golden: Golden) -> None:
    golden("golden/firewall.json", json.dumps(lab.children(program(lab)), indent=1, sort_keys=True) + "\n")


def test_a_prefix_more_is_one_item_more(lab: "Lab") -> None:
    lab.world.up("lab", program(lab))
    segments = {**ARGS["segments"], "prod": ["10.16.0.0/20", "10.16.8.0/21", "10.16.16.0/20"]}
    assert names(lab.world.up("lab", program(lab, segments=segments)).changed) == {"prod/10.16.8.0/21": "create"}
    assert names(lab.world.up("lab", program(lab)).changed) == {"prod/10.16.8.0/21": "delete"}


def test_a_segment_goes_once_no_rule_speaks_of_it(lab: "Lab") -> None:
    lab.world.up("lab", program(lab))
    fewer = {key: prefixes for key, prefixes in ARGS["segments"].items() if key != "prod-eu"}
    allowed = [pair for pair in ARGS["allowed"] if pair["source"] != "prod-eu"]
    ran = lab.world.up("lab", program(lab, segments=fewer, allowed=allowed))
    assert names(ran.changed) == {"prod-eu": "delete", "prod-eu/10.64.0.0/20": "delete", "firewall": "update"}


def test_up_again_changes_nothing_and_all_of_it_comes_down(lab: "Lab") -> None:
    lab.world.settles("lab", program(lab))


def test_a_rule_put_before_the_others_by_hand_is_found_and_taken_out(lab: "Lab") -> None:
    lab.world.up("lab", program(lab))
    clouds, held = lab.world.clouds, lab.world.held()
    (ruleset,) = clouds.records(type_=RULESET)
    open_ = {"action": "skip", "actionParameters": {"ruleset": "current"}, "expression": "ip.src in {10.0.0.0/8}"}
    clouds.edit(ruleset.id, {"rules": [open_, *ruleset.inputs["rules"]]}, type_=RULESET)
    (item, *_) = clouds.records(type_=ITEM)
    clouds.delete(item.id, type_=ITEM)
    ran = lab.world.up("lab", program(lab), refresh=True)
    assert sorted(names(ran.changed).values()) == ["create", "update"]
    assert [r.inputs for r in clouds.records(type_=RULESET)] == [ruleset.inputs]
    assert len(lab.world.held()) == len(held)


def test_a_ruleset_that_is_there_already_is_not_written_over(lab: "Lab") -> None:
    theirs = {"accountId": CLOUDFLARE, "kind": "root", "phase": "magic_transit", "name": "by hand", "rules": []}
    lab.world.clouds.create(CLOUDFLARE, "", RULESET, theirs)
    with pytest.raises(EngineError, match="a root ruleset of phase magic_transit exists already"):
        lab.world.up("lab", program(lab))
    (kept,) = lab.world.clouds.records(type_=RULESET)
    assert kept.inputs["name"] == "by hand"


def test_the_intents_firewall_and_a_spoke_more(world: "World") -> None:
    def switch_on(wan: Any) -> None:
        wan["cloudflare"]["firewall"] = True

    def add_spoke(wan: Any) -> None:
        wan["spokes"]["reports"] = {"account": "prod-apps", "hub": "euc1", "segment": "prod"}

    world.change_intent(switch_on)
    world.up("cloudflare")
    assert world.up("cloudflare").changed == {}
    held = world.held()
    world.change_intent(add_spoke)
    ran = world.up("cloudflare")
    assert names(ran.changed) == {"prod/10.32.32.0/20": "create"}
    now = world.held()
    assert {key: value for key, value in now.items() if key in held} == held

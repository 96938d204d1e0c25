"""hubspoke plan --changes, and the policy pack, on a fleet that is up: what may change while in use."""

from typing import Any

import pytest

REFUSED = (
    "amazonSideAsn: AWS does not change the ASN of a transit gateway that has VPN attachments; keep the ASN; to change "
    "it make a second hub and move the spokes to it"
)


def changes(fleet: Any, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and what is said of the stack with the hub."""
    ended = fleet.hubspoke("plan", "--changes", "--stack", "network", "--json", *words)
    assert ended.document["stacks"], ended.err
    return ended.code, ended.document["stacks"][0]


def judged(fleet: Any) -> tuple[int, list[tuple[str, str]]]:
    """The exit code of a preview, and what the rule says of which resource."""
    ended = fleet.hubspoke("preview", "--stack", "network", "--json")
    (stack,) = ended.document["stacks"]
    found = [v for v in stack["violations"] if v["policy"] == "change-while-in-use"]
    return ended.code, [(v["urn"].rpartition("::")[2], v["message"].rpartition("\n")[2]) for v in found]


def test_where_nothing_changes_nothing_is_said(fleet: Any) -> None:
    assert changes(fleet) == (
        0, {"stack": "network", "status": "succeeded", "errors": [], "blocked": False, "steps": [], "hubs": []}
    )  # fmt: skip
    assert judged(fleet) == (0, [])


def test_another_asn_is_refused(fleet: Any) -> None:
    fleet.change_intent(lambda wan: wan["hubs"]["use1"].update(asn=64999))
    code, stack = changes(fleet)
    gateway = {step["name"]: step for step in stack["steps"] if "TransitGateway" in step["type"]}["use1"]
    assert (code, stack["blocked"], gateway["effect"]) == (3, True, "refused")
    (reason,) = gateway["reasons"]
    assert f"{reason['path']}: {reason['why']}; {reason['remedy']}" == REFUSED
    # Cloudflare's ends expect the hub's ASN too: all four sessions would end at once.
    code, said = judged(fleet)
    assert (code, said[0]) == (3, ("use1", REFUSED))
    assert all(message.startswith("hub use1: ") for _, message in said[1:])


def test_new_keys_for_all_tunnels_at_once_are_too_much(fleet: Any) -> None:
    fleet.change_intent(lambda wan: wan["hubs"]["use1"].update(psk_epoch=2))
    code, stack = changes(fleet)
    (hub,) = [hub for hub in stack["hubs"] if hub["hub"] == "use1"]
    tunnels = [f"use1-e{n}-{slot}" for n in (1, 2) for slot in "ab"]
    assert (code, sorted(hub["interrupted"])) == (3, tunnels)
    assert hub["problem"].startswith("4 of 4 tunnels would be interrupted at once: ")
    effects = {step["name"]: step["effect"] for step in stack["steps"]}
    assert effects["use1/e1"] == effects["use1-e2-b"] == "interrupts"

    code, said = judged(fleet)
    assert code == 3
    assert {name for name, _ in said} >= {"use1/e1"}
    assert all(message.startswith("hub use1: ") for _, message in said)


def test_what_interrupts_nothing_may_be_done(fleet: Any) -> None:
    fleet.change_intent(lambda wan: wan["tags"].update(owner="somebody-else"))
    code, stack = changes(fleet)
    assert (code, {step["effect"] for step in stack["steps"]}, stack["hubs"]) == (0, {"in place"}, [])
    assert judged(fleet) == (0, [])


def test_people_are_told_what_to_do_instead(fleet: Any) -> None:
    fleet.change_intent(lambda wan: wan["hubs"]["use1"].update(asn=64999, psk_epoch=2))
    ended = fleet.hubspoke("plan", "--changes", "--stack", "network")
    assert ended.code == 3
    said = " ".join(ended.out.split())
    assert "■ network must not be begun as it is" in said
    assert "refused aws:ec2transitgateway:TransitGateway use1" in said
    assert "instead: change one tunnel, wait until it is up, then the next" in said
    assert "hub use1: 4 of 4 tunnels interrupted" in said


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--changes", "--write"), "--write: not with --changes"),
        (("--stack", "network"), "--stack: only with --changes"),
        (("--changes",), "which stack? Give --stack"),
    ],
)
def test_options_that_do_not_go_together(world: Any, words: tuple[str, ...], problem: str) -> None:
    ended = world.hubspoke("plan", *words)
    assert ended.code == 2
    assert problem in ended.err

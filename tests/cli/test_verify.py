"""hubspoke verify: exit codes, one packet followed, files for pull requests, and stacks as they are recorded or found."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import World

ACCEPT = ("--accept", "endpoint/e1:euc1")
RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def test_the_plan_is_proven_but_for_a_weakness_that_may_be_accepted(world: World) -> None:
    refuted = world.hubspoke("verify")
    assert refuted.code == 3
    assert "✗ flow ci-dev when endpoint e1 fails  wan.yaml:" in refuted.out
    assert "lost: tunnel euc1-e1-a, tunnel euc1-e1-b down" in refuted.out
    proven = world.hubspoke("verify", *ACCEPT)
    assert (proven.code, proven.out.splitlines()[-1]) == (0, "✓ proven")
    assert "accepted endpoint/e1:euc1" in proven.out
    assert world.hubspoke("verify", "--no-failures").code == 0


def test_json_holds_every_verdict(world: World) -> None:
    document = world.hubspoke("verify", "--json").document
    assert document["answer"] == "refuted"
    failing = [v for v in document["verdicts"] if v["answer"] != "proven"]
    assert {(v["case"], v["answer"]) for v in failing} == {("endpoint e1", "refuted")}
    orders = next(v for v in failing if v["question"] == "flow web-eu-orders")
    (path,) = orders["examples"][0]["there"]["paths"]
    assert [hop["table"] for hop in path["hops"]] == ["spoke web-eu/main", "hub euc1/prod"]
    assert path["ending"] == "lost"


FOLLOWED: dict[str, tuple[str, int, str]] = {
    "a flow": ("--from web-eu --to orders --port 8443", 0, "delivered: orders"),
    "by address": ("--from 10.32.0.9 --to 10.16.0.9 --port 8443 --protocol tcp", 0, "delivered: orders"),
    "another port": ("--from web-eu --to orders --port 22", 3, "stopped by spoke web-eu out, no rule for tcp port 22"),
    "to a site": ("--from orders --to frankfurt --port 1521", 0, "delivered: frankfurt"),
    "its endpoint failed": ("--from web-eu --to orders --port 8443 --fail endpoint/e1", 3, "lost: tunnel euc1-e1-a"),
}


@pytest.mark.parametrize(("words", "code", "said"), FOLLOWED.values(), ids=FOLLOWED)
def test_one_packet_is_followed_there_and_back(world: World, words: str, code: int, said: str) -> None:
    ended = world.hubspoke("verify", *words.split())
    assert ended.code == code, ended.err
    assert said in ended.out


REFUSED = {
    "half a packet": ("--from web", "--from and --to go together"),
    "a port of nothing": ("--port 443", "--port and --protocol are of one packet"),
    "no such network": ("--from web --to nowhere", "'nowhere' is no address and no network; there are: chicago, ci"),
    "an address of nobody": ("--from web --to 8.8.8.8", "no network has the address 8.8.8.8"),
    "a port without ports": ("--from web --to orders --port 1 --protocol icmp", "icmp has none"),
    "no such protocol": ("--from web --to orders --protocol gre", "it is one of tcp, udp, icmp, any"),
    "nothing that fails": ("--fail tunnel/x", "nothing that can fail is called 'tunnel/x'; there are: endpoint/e1"),
    "a stack of the plan": ("--stack network", "the plan is of all stacks"),
    "no such hub": ("--accept endpoint/e1:x", "'x' in 'endpoint/e1:x' is no hub or network"),
    "a file in no folder": ("--sarif no/where.sarif --no-failures", "cannot write no/where.sarif"),
}


@pytest.mark.parametrize(("words", "said"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_meant_is_refused(world: World, words: str, said: str) -> None:
    ended = world.hubspoke("verify", *words.split())
    assert ended.code == 2
    assert said in ended.err


def test_files_for_a_pull_request(world: World, tmp_path: Path) -> None:
    sarif, markdown = tmp_path / "v.sarif", tmp_path / "v.md"
    assert world.hubspoke("verify", "--sarif", str(sarif), "--markdown", str(markdown)).code == 3
    (run,) = json.loads(sarif.read_text())["runs"]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} <= known
    lines = world.paths.wan.read_text().splitlines()
    flow = next(r for r in run["results"] if r["message"]["text"].startswith("flow web-eu-orders is refuted"))
    place = flow["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "stacks/wan.yaml"
    assert lines[place["region"]["startLine"] - 1].strip().startswith("web-eu-orders:")
    assert markdown.read_text().startswith("### ❌ The network (plan) is refuted\n")
    assert "<summary>refuted: flow web-eu-orders when endpoint e1 fails</summary>" in markdown.read_text()


def open_egress(world: World) -> None:
    """Somebody widens the rule of the European sandbox at the console."""
    rule: dict[str, Any] = world.recorded("dev-apps", RULE, "sandbox-eu/dev-dns-directory")
    world.clouds.edit(rule["id"], {"cidrIpv4": "10.0.0.0/8", "fromPort": 0, "toPort": 65535}, type_=RULE)


def test_what_is_recorded_is_proven_and_what_is_found_is_not(fleet: World) -> None:
    open_egress(fleet)
    state = fleet.resources("dev-apps")
    recorded = fleet.hubspoke("verify", "--of", "recorded", *ACCEPT, "--json")
    assert (recorded.code, recorded.document["differences"]) == (0, [])
    observed = fleet.hubspoke("verify", "--of", "observed", "--stack", "dev-apps", "--no-failures", "--json")
    assert observed.code == 3
    failing = {v["question"]: v for v in observed.document["verdicts"] if v["answer"] != "proven"}
    assert set(failing) == {"flow no-dev-to-prod", "segment dev apart from prod"}
    leak = failing["flow no-dev-to-prod"]
    assert [urn.rsplit("::", 1)[-1] for urn in leak["resources"]][:1] == ["sandbox-eu/dev-dns-directory"]
    assert {d["kind"] for d in observed.document["differences"]} == {"extra", "missing"}
    assert fleet.resources("dev-apps") == state, "looking changes nothing"


def test_a_preview_is_proven_before_anything_is_there(world: World) -> None:
    from tests.leak import LEAK

    program = world.root / "stacks" / "__main__.py"
    planned = ("verify", "--of", "planned", "--stack", "dev-apps", "--no-failures", "--json")
    assert world.hubspoke(*planned).document["answer"] == "proven"
    program.write_text(LEAK + program.read_text())
    leaking = world.hubspoke(*planned)
    assert (leaking.code, leaking.document["answer"]) == (3, "refuted")
    assert world.held().keys() == {key for key in world.held() if not key[1].startswith("tgw-")}


def test_what_was_never_deployed_is_not_proven(world: World) -> None:
    ended = world.hubspoke("verify", "--of", "recorded", "--no-failures", "--json")
    assert (ended.code, ended.document["answer"]) == (3, "unknown")

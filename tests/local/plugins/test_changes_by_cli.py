"""Changes to what is in use, by the Pulumi CLI: the pack asks it for the recorded state, and stops what is too much."""

from pathlib import Path
from typing import Any

import pytest

from tests.local.plugins.conftest import Cli

PACK = str(Path(__file__).parents[3] / "policies")
RUN = ("--stack", "dev", "--policy-pack", PACK, "--policy-pack-config", "only.json")
PROGRAM = """
import pulumi_aws as aws

gateway = aws.ec2transitgateway.TransitGateway("hub", region="eu-west-1", amazon_side_asn=64512,
    default_route_table_association="disable", default_route_table_propagation="disable")
far = aws.ec2.CustomerGateway("hub/e1", region="eu-west-1", ip_address="162.159.64.41", bgp_asn="13335", type="ipsec.1")
aws.ec2.VpnConnection("hub/e1", region="eu-west-1", customer_gateway_id=far.id, transit_gateway_id=gateway.id,
    type="ipsec.1", static_routes_only=True,
    tunnel1_inside_cidr="169.254.240.0/30", tunnel1_preshared_key="first_key_1", tunnel1_phase2_lifetime_seconds=3600,
    tunnel2_inside_cidr="169.254.240.4/30", tunnel2_preshared_key="second_key_1", tunnel2_phase2_lifetime_seconds=3600)
"""
REFUSED = "AWS does not change the ASN of a transit gateway that has VPN attachments"
TOO_MUCH = "hub hub: 2 of 2 tunnels would be interrupted at once: hub/e1 1, hub/e1 2"


@pytest.fixture
def hub(small: Any, cli: Cli) -> Cli:
    """A hub with one connection, up; and a pack of this one rule."""
    (small.root / "__main__.py").write_text(PROGRAM)
    (small.root / "only.json").write_text('{"all": "disabled", "change-while-in-use": "mandatory"}')
    first = cli.run("up", "--yes", "--skip-preview", *RUN)
    assert "Policies:" in first
    return cli


def edit(hub: Cli, *changes: tuple[str, str]) -> None:
    program = hub.world.root / "__main__.py"
    text = program.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    program.write_text(text)


def recorded_inputs(hub: Cli) -> Any:
    return hub.world.recorded("dev", "aws:ec2transitgateway/transitGateway:TransitGateway", "hub")["inputs"]


def test_a_refused_change_is_stopped_in_the_preview_and_before_an_up(hub: Cli) -> None:
    edit(hub, ("64512", "64999"))
    assert REFUSED in hub.run("preview", *RUN, code=1)
    assert REFUSED in hub.run("up", "--yes", "--skip-preview", *RUN, code=1)
    assert recorded_inputs(hub)["amazonSideAsn"] == 64512


def test_one_tunnel_at_a_time(hub: Cli) -> None:
    edit(hub, ("first_key_1", "first_key_2"))
    hub.run("preview", *RUN)
    hub.run("up", "--yes", "--skip-preview", *RUN)
    edit(hub, ("first_key_2", "first_key_3"), ("second_key_1", "second_key_2"))
    assert TOO_MUCH in hub.run("preview", *RUN, code=1)
    assert TOO_MUCH in hub.run("up", "--yes", "--skip-preview", *RUN, code=1)
    hub.run("preview", "--stack", "dev")  # without the pack nothing stops it


def test_the_local_engine_stops_the_same(hub: Cli) -> None:
    from hubspoke.local.engine.analyzer import PolicyPack, load_policy_config
    from hubspoke.local.engine.errors import PolicyBlocked

    pack = PolicyPack(Path(PACK), load_policy_config(hub.world.root / "only.json"))
    edit(hub, ("first_key_1", "first_key_2"), ("second_key_1", "second_key_2"))
    for operation in ("preview", "up"):
        with pytest.raises(PolicyBlocked) as stopped:
            hub.world.run(operation, "dev", policy_packs=(pack,))
        assert TOO_MUCH in str(stopped.value)


def test_a_state_that_cannot_be_read_is_no_pass(hub: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The CLI itself is found by its full path; the pack finds none."""
    import os
    import shutil

    full = shutil.which("pulumi")
    assert full
    alone = tmp_path / "bin"
    alone.mkdir()
    for name in Path(full).parent.iterdir():
        if name.name != "pulumi":
            (alone / name.name).symlink_to(name)
    paths = [str(alone), *(p for p in os.environ["PATH"].split(os.pathsep) if not (Path(p) / "pulumi").exists())]
    monkeypatch.setenv("PATH", os.pathsep.join(paths))
    edit(hub, ("first_key_1", "first_key_2"))
    said = hub.run("preview", *RUN, code=1, program=full)
    assert "not evaluated: the recorded state cannot be had (there is no pulumi)" in said

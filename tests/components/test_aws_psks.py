"""Pre-shared keys: kept in Secrets Manager where asked for, renewed one by one, told to nobody."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.components.conftest import Lab

VPN = "aws:ec2/vpnConnection:VpnConnection"


def program(lab: "Lab", epochs: dict[str, float] | None = None, **changes: Any) -> Any:
    return lambda: lab.hub([lab.aws("network", "210987654321"), lab.cloudflare()], epochs, **changes)


def kinds(changed: dict[str, str]) -> set[tuple[str, str, str]]:
    return {
        (u.split("$")[-1].split("::")[0].rsplit(":", 1)[-1], u.rsplit("::", 1)[-1], op) for u, op in changed.items()
    }


def test_keys_go_to_secrets_manager_and_back_in_place(lab: "Lab") -> None:
    lab.world.up("lab", program(lab))
    clouds = lab.world.clouds
    before = [clouds.outputs(r) for r in clouds.records(type_=VPN)]
    moved = lab.world.up("lab", program(lab, store_psks=True))
    assert kinds(moved.changed) == {("VpnConnection", "use1/e1", "update"), ("VpnConnection", "use1/e2", "update")}
    after = [clouds.outputs(r) for r in clouds.records(type_=VPN)]
    assert [vpn["tunnel1Address"] for vpn in after] == [vpn["tunnel1Address"] for vpn in before]
    assert [bool(vpn["presharedKeyArn"]) for vpn in before + after] == [False, False, True, True]
    lab.world.run("refresh", "lab")
    assert lab.world.up("lab", program(lab, store_psks=True)).changed == {}
    back = lab.world.up("lab", program(lab))
    assert kinds(back.changed) == kinds(moved.changed)


def test_a_stored_key_is_renewed_at_both_ends_of_its_tunnel_alone(lab: "Lab") -> None:
    lab.world.up("lab", program(lab, store_psks=True))
    ran = lab.world.up("lab", program(lab, {"use1-e1-b": 2}, store_psks=True))
    assert {(kind, name) for kind, name, _ in kinds(ran.changed)} == {
        ("RandomPassword", "use1-e1-b"),
        ("VpnConnection", "use1/e1"),
        ("MagicWanIpsecTunnel", "use1-e1-b"),
    }


def test_keys_are_told_nowhere(lab: "Lab") -> None:
    """Not by a preview, an update, a renewal, a refresh or an export, nor where a key differs."""
    lab.world.up("lab", program(lab, store_psks=True))
    lab.world.up("lab", program(lab, {"use1-e1-a": 2}, store_psks=True))
    lab.world.run("preview", "lab", program=program(lab, {"use1-e1-a": 3}, store_psks=True))
    lab.world.run("refresh", "lab")
    keys = {r.inputs["psk"][1:] for r in lab.world.clouds.records() if "psk" in r.inputs}
    told = [json.dumps(event, default=vars) for ran in lab.world.done for event in ran.events]
    told.append(json.dumps(lab.world.stack("lab").export_stack()))
    told += [path.read_text() for path in lab.world.paths.state.rglob("*") if path.is_file()]
    assert (len(keys), len(told) > 100) == (4, True)
    assert [text for text in told if any(key in text for key in keys)] == []

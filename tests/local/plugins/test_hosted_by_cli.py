"""The components as a plugin of the Pulumi CLI: a program in any language's words, one component fed by another."""

import sys
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds.gcp import sources as gcp

ROOT = Path(__file__).parents[3]
PROJECT = """
name: small
runtime: python
plugins:
  providers: [{ name: hubspoke, path: ../checkout/components }]
"""
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import pulumi
from tests.components import gcp_lab as lab
from tests.hosting.making import camel


class Remote(pulumi.ComponentResource):
    def __init__(self, kind, name, args, outputs, **options):
        props = {{**dict.fromkeys(outputs), **args}}
        super().__init__(f"hubspoke:index:{{kind}}", name, props, pulumi.ResourceOptions(**options), remote=True)


network, apps, cloudflare = lab.project("network", lab.NETWORK), lab.project("apps", lab.APPS), lab.cloudflare()
hub_args = camel(lab.hub_args() | {{"protect": False, "shared_with": [lab.APPS]}})
hub = Remote("GcpHub", "euw1", hub_args, ["hubId", "groups"], providers=[network, cloudflare])
spoke_args = camel(lab.spoke_args() | {{"cross_account": True}}) | {{"hubId": hub.hubId, "groups": hub.groups}}
spoke = Remote("GcpSpoke", "web", spoke_args, ["attachmentId"], providers=[apps, cloudflare], depends_on=[hub])
pulumi.export("attachment", spoke.attachmentId)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> None:
    """What a checkout is once `make` has run, of the environment that the tests run in."""
    components = tmp_path / "checkout" / "components"
    components.mkdir(parents=True)
    for part in (ROOT / "components").iterdir():
        (components / part.name).symlink_to(part)
    (tmp_path / "checkout" / ".venv").symlink_to(sys.prefix)


@pytest.fixture
def hosted_world(small: Any, checkout: None) -> Any:  # noqa: ARG001
    (small.root / "Pulumi.yaml").write_text(PROJECT)
    (small.root / "__main__.py").write_text(PROGRAM)
    return small


def test_remote_components_come_up_stay_and_go(hosted_world: Any, cli: Any) -> None:
    cli.up()
    assert len(hosted_world.clouds.records(type_=gcp.VPN_TUNNEL)) == 4
    attachment = cli.run("stack", "output", "attachment", "--stack", "dev").strip()
    assert attachment.startswith("projects/acme-apps/locations/global/spokes/web-")
    cli.run("preview", "--stack", "dev", "--expect-no-changes")
    cli.run("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert [record for record in hosted_world.clouds.records() if record.owner is None] == []

"""Google Cloud's components, brought up by the Pulumi CLI with the simulated clouds as plugins, and gone on with by both."""

from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds.gcp import sources as gcp

ROOT = Path(__file__).parents[3]
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.components import gcp_lab as made

network, apps, cloudflare = made.project("network", made.NETWORK), made.project("apps", made.APPS), made.cloudflare()
hub = made.hub([network, cloudflare], protect=False, shared_with=[made.APPS])
made.spoke(hub, [apps, cloudflare])
routes = made.static_routes("lab", "10.17.0.0/20", 64, ("e1",))
made.onramp([apps, cloudflare], protect=False, routing="static", cloudflare_routes=routes, advertised=[])
"""
NO_CHANGES = ("--stack", "dev", "--expect-no-changes")


@pytest.fixture
def google_world(small: Any) -> Any:
    (small.root / "__main__.py").write_text(PROGRAM)
    return small


def test_up_by_the_cli_and_no_change_to_either_engine(google_world: Any, cli: Any) -> None:
    cli.up()
    assert len(google_world.clouds.records(type_=gcp.VPN_TUNNEL)) == 6
    cli.run("preview", *NO_CHANGES)
    cli.run("refresh", "--preview-only", *NO_CHANGES)
    assert google_world.run("preview", "dev").changed == {}
    cli.run("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert [record for record in google_world.clouds.records() if record.owner is None] == []

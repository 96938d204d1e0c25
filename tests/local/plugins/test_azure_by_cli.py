"""Azure's components, brought up by the Pulumi CLI with the simulated clouds as plugins, and gone on with by both engines."""

from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds.azure import sources as azure

ROOT = Path(__file__).parents[3]
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import pulumi_cloudflare as cf
from tests.components import azure_lab as made

network, apps = made.provider("network", made.HUB), made.provider("apps", made.SPOKE)
cloudflare = cf.Provider("cloudflare", api_token="token-of-the-lab")
made.spoke(made.hub([network, cloudflare], protect=False), [apps, cloudflare], network)
made.onramp([apps, cloudflare], protect=False)
"""
NO_CHANGES = ("--stack", "dev", "--expect-no-changes")


@pytest.fixture
def azure_world(small: Any) -> Any:
    (small.root / "__main__.py").write_text(PROGRAM)
    return small


def test_up_by_the_cli_and_no_change_to_either_engine(azure_world: Any, cli: Any) -> None:
    cli.up()
    assert len(azure_world.clouds.records(type_=azure.VPN_GATEWAY)) == 1
    cli.run("preview", *NO_CHANGES)
    cli.run("refresh", "--preview-only", *NO_CHANGES)
    assert azure_world.run("preview", "dev").changed == {}
    cli.run("destroy", "--stack", "dev", "--yes", "--skip-preview")
    left = [record.type for record in azure_world.clouds.records() if record.owner is None]
    assert left == [azure.RESOURCE_GROUP, azure.NETWORK_WATCHER], "Azure made the region's watcher, and keeps it"

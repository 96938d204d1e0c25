"""`hubspoke plan` over three clouds: what it shows people, and the one account that is asked for."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import World

THREE_CLOUDS = Path(__file__).parents[2] / "stacks" / "wan.yaml"


@pytest.fixture
def clouds(world: World) -> World:
    shutil.copy(THREE_CLOUDS, world.paths.wan)
    return world


def test_every_kind_of_part_is_shown(clouds: World) -> None:
    ended = clouds.hubspoke("plan")
    assert ended.code == 0, ended.err
    shown = " ".join(ended.out.split())  # however wide the terminal is
    for line in (
        "az-network  azure  0f1e2d3c-4b5a-4697-8899-aabbccddee01  westeurope  after cloudflare",
        "hub weu1  westeurope  ASN 65515  static routing  prefix 10.64.16.0/23  1 scale unit",
        "hub euw4  europe-west4  ASN 64514  bgp routing  star around shared  advertises 10.7.0.0/22, 10.96.0.0/14",
        "joined with: use1 (atlantic, initiated here), 16 routes",
        "on-ramp syd  ap-southeast-2  ASN 64515  bgp routing",
        "segment prod, prefix 10.128.0.0/22, network new, zones a, b, gateway new",
        "firewall: what segments may send to each other; all else within the WAN is dropped",
        "dev -> shared",
        "+ prefix weu1: 10.64.16.0/23",
    ):
        assert " ".join(line.split()) in shown


def test_one_account_by_itself(clouds: World) -> None:
    ended = clouds.hubspoke("plan", "--account", "cloudflare")
    assert ended.code == 0, ended.err
    assert "dev -> shared" in ended.out
    assert "hub weu1" not in ended.out


def test_what_is_no_account_is_refused_with_those_there_are(clouds: World) -> None:
    ended = clouds.hubspoke("plan", "--account", "oracle")
    assert ended.code == 2
    assert "there is no account 'oracle'" in ended.err
    assert "az-apps, az-network, az-office, cloudflare, dev-apps" in ended.err

"""A bench for the simulated clouds: real providers over a store in a temporary folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from hubspoke.local.clouds import testing
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.clouds.testing import CloudAccount, Made

HUB, SPOKE = "111111111111", "222222222222"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "clouds"


@pytest.fixture
def simulation(folder: Path) -> Simulation:
    return Simulation(folder)


@pytest.fixture
def aws_account(folder: Path) -> Callable[..., CloudAccount]:
    def make(account: str = HUB, region: str = "eu-west-1", **config: Any) -> CloudAccount:
        return testing.aws_account(folder, account, region, **config)

    return make


@pytest.fixture
def hub(aws_account: Callable[..., CloudAccount]) -> CloudAccount:
    return aws_account()


@pytest.fixture
def spoke(aws_account: Callable[..., CloudAccount]) -> CloudAccount:
    return aws_account(SPOKE)


@pytest.fixture
def cloudflare(folder: Path) -> CloudAccount:
    return testing.cloudflare_account(folder)


@pytest.fixture
def random() -> CloudAccount:
    return testing.random_values()


@dataclass
class Network:
    """A network with a subnet in each of two zones, beside a transit gateway."""

    account: CloudAccount
    vpc: Made
    subnets: list[Made]
    gateway: Made

    def attach(self, **inputs: Any) -> Made:
        """Attaches the network to the gateway."""
        given = {"vpcId": self.vpc.id, "subnetIds": [s.id for s in self.subnets], "transitGatewayId": self.gateway.id}
        return self.account.create(aws.TGW_VPC_ATTACHMENT, **{**given, **inputs})


class MakeNetwork(Protocol):
    def __call__(self, account: CloudAccount, gateway: Made, cidr: str = ...) -> Network: ...


@pytest.fixture
def make_gateway() -> Callable[..., Made]:
    """Makes a gateway without default tables."""

    def make(account: CloudAccount, **inputs: Any) -> Made:
        off = {"defaultRouteTableAssociation": "disable", "defaultRouteTablePropagation": "disable"}
        return account.create(aws.TRANSIT_GATEWAY, **{**off, **inputs})

    return make


@pytest.fixture
def make_network() -> MakeNetwork:
    def make(account: CloudAccount, gateway: Made, cidr: str = "10.1.0.0/16") -> Network:
        vpc = account.create(aws.VPC, cidrBlock=cidr, tags={"Name": "prod"})
        base = cidr.rsplit(".", 2)[0]
        subnets = [
            account.create(aws.SUBNET, vpcId=vpc.id, cidrBlock=f"{base}.{i}.0/24", availabilityZone=f"eu-west-1{zone}")
            for i, zone in enumerate("ab")
        ]
        return Network(account, vpc, subnets, gateway)

    return make


@pytest.fixture
def network(hub: CloudAccount, make_gateway: Callable[..., Made], make_network: MakeNetwork) -> Network:
    return make_network(hub, make_gateway(hub, amazonSideAsn=64600))

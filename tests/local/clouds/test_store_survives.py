"""The store: many threads and processes at once, and killed ones."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.packages import package
from hubspoke.local.clouds.protocol import CloudError
from hubspoke.local.clouds.provider import SimulatedProvider
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.clouds.store import Cloud, Store
from hubspoke.local.clouds.testing import CloudAccount, aws_account

from tests.local.clouds.conftest import HUB

MAKER = """
import sys
from pathlib import Path
from hubspoke.local.clouds.testing import CloudAccount, aws_account
account = aws_account(Path(sys.argv[1]), "111111111111", "eu-west-1")
for number in range(int(sys.argv[2])):
    print(account.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16").id, flush=True)
"""


def start_maker(folder: Path, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", MAKER, str(folder), str(count)], stdout=subprocess.PIPE, text=True, env=os.environ
    )


def test_threads_share_a_store(folder: Path, simulation: Simulation) -> None:
    account = aws_account(folder, HUB, "eu-west-1")
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: account.create(aws.VPC, cidrBlock="10.0.0.0/16").id, range(200)))
    assert len(set(made)) == 200
    assert {r.id for r in simulation.records(type_=aws.VPC)} == set(made)


def test_of_many_at_once_only_one_gets_what_is_unique(folder: Path) -> None:
    account = aws_account(folder, HUB, "eu-west-1")
    account.checked(aws.BUCKET)

    def attempt(_: int) -> str:
        try:
            return account.create(aws.BUCKET, bucket="logs").id
        except CloudError as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(attempt, range(40))) == {"logs": 1, "BucketAlreadyOwnedByYou": 39}


def test_processes_share_a_store(folder: Path, simulation: Simulation) -> None:
    makers = [start_maker(folder, 30) for _ in range(3)]
    made = {line for maker in makers for line in maker.communicate(timeout=60)[0].split()}
    assert [maker.returncode for maker in makers] == [0, 0, 0]
    assert len(made) == 90
    assert {r.id for r in simulation.records(type_=aws.VPC)} == made


def test_a_killed_process_loses_nothing_it_was_told_of(folder: Path, simulation: Simulation) -> None:
    with start_maker(folder, 100_000) as maker:
        assert maker.stdout is not None
        told = {maker.stdout.readline().strip() for _ in range(20)}
        maker.send_signal(signal.SIGKILL)
        told |= set(maker.stdout.read().split())
    networks = simulation.records(type_=aws.VPC)
    assert told <= {r.id for r in networks}
    assert len(networks) <= len(told) + 1, "at most the one whose answer was on its way"
    whole = [len([r for r in simulation.records() if r.owner == vpc.key]) for vpc in networks]
    assert set(whole) == {3}, "each with all that comes with it"
    assert simulation.records(type_=aws.VPC)[-1].urn is not None, "so that an engine finds it"


def test_a_refused_change_leaves_nothing_behind(folder: Path, simulation: Simulation) -> None:
    account = aws_account(folder, HUB, "eu-west-1")
    with pytest.raises(CloudError):
        account.create(aws.SUBNET, vpcId="vpc-0", cidrBlock="10.0.0.0/24")
    assert simulation.records() == []
    assert simulation.log() == []


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "aws.db").write_text("no database, but long enough to be taken for one " * 30)
    with pytest.raises(CloudError, match=r"SimulationUnavailable: .*aws\.db cannot be used: file is not a database"):
        aws_account(tmp_path, HUB, "eu-west-1").create(aws.VPC, cidrBlock="10.0.0.0/16")
    with pytest.raises(CloudError, match=r"SimulationUnavailable: .*aws\.db cannot be used: .*is the folder writable"):
        aws_account(tmp_path / "aws.db", HUB, "eu-west-1").create(aws.VPC, cidrBlock="10.0.0.0/16")


def test_the_log_only_grows(folder: Path) -> None:
    aws_account(folder, HUB, "eu-west-1").create(aws.VPC, cidrBlock="10.0.0.0/16")
    connection = Store(folder / "aws.db").connection
    for change in ("DELETE FROM log", "UPDATE log SET actor = 'nobody'"):
        with pytest.raises(sqlite3.IntegrityError, match="the log only grows"):
            connection.execute(change)


def test_a_call_takes_no_longer_in_a_cloud_of_a_thousand_things(folder: Path) -> None:
    store = Cloud(folder).store("aws")
    account = CloudAccount(SimulatedProvider(package("aws"), store))
    account.provider.configure({"region": "eu-west-1"})
    rows: list[None] = []
    store.connection.set_progress_handler(lambda: rows.append(None), 1)  # called at each row that a query looks at

    def looked_at(count: int) -> int:
        rows.clear()
        made = [account.create(aws.LOG_GROUP) for _ in range(count)]
        assert all(account.read(each) for each in made)
        return len(rows) // count

    first, _, last = looked_at(20), looked_at(1000), looked_at(20)
    assert first - 5 <= last <= first + 5

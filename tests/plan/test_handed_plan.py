"""A plan handed to whoever runs one stack: the same as that one would have made, and never a stale one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hubspoke.operate.example import copy_example
from hubspoke.plan import Plan, handed, load_plan
from hubspoke.plan.handed import PlanOffice, plan_of


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    copy_example(tmp_path)
    yield tmp_path / "stacks" / "wan.yaml", tmp_path / "stacks" / "wan.lock"
    handed.take(None)


@pytest.mark.parametrize("account", ["network", "prod-apps", "dev-apps", "shared-services"])
def test_a_part_has_all_that_its_stack_needs(files: tuple[Path, Path], account: str) -> None:
    handed.take(PlanOffice().part(*files, account))
    part, whole = plan_of(*files, account), load_plan(*files)
    assert part.account(account) == whole.account(account)
    assert (part.wan, part.tags, part.cloudflare) == (whole.wan, whole.tags, whole.cloudflare)
    for needed in whole.account(account).depends_on:
        own, theirs = part.account(needed), whole.account(needed)
        assert (own.id, own.role, own.region) == (theirs.id, theirs.role, theirs.region)


def test_another_account_and_changed_files_are_read_anew(files: tuple[Path, Path]) -> None:
    handed.take(PlanOffice().part(*files, "network"))
    assert plan_of(*files, "prod-apps") == load_plan(*files)
    wan = files[0]
    wan.write_text(wan.read_text().replace("owner: network-team", "owner: someone-else"))
    assert dict(plan_of(*files, "network").tags)["owner"] == "someone-else"


def test_an_office_reads_files_once_until_they_change(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(wan: Path, lock: Path) -> Plan:
        read.append(wan)
        return load_plan(wan, lock)

    monkeypatch.setattr(handed, "load_plan", counted)
    office = PlanOffice()
    assert office.plan(*files) is office.plan(*files)
    assert len(read) == 1
    files[0].write_text(files[0].read_text() + "\n# a remark\n")
    office.plan(*files)
    assert len(read) == 2

"""From files to a plan: what is wrong beyond one file is still told by its place in the intent."""

from pathlib import Path

import pytest
from hubspoke.intent import IntentError
from hubspoke.plan import AllocationMissing, Lock, allocate_files, load_plan, write_lock

SOUND = (Path(__file__).parents[1] / "intent" / "sound.yaml").read_text()
WAN, LOCK = Path("wan.yaml"), Path("wan.lock")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    WAN.write_text(SOUND)


def test_a_new_wan_is_allocated_then_planned() -> None:
    old, new = allocate_files(WAN, LOCK)
    assert old == Lock()
    assert not LOCK.exists()
    write_lock(LOCK, new)
    assert [account.key for account in load_plan(WAN, LOCK).accounts] == ["apps", "cloudflare", "network"]


def test_what_the_lock_lacks_is_placed_in_the_intent() -> None:
    write_lock(LOCK, allocate_files(WAN, LOCK)[1])
    WAN.write_text(SOUND.replace("sites:\n", "  new: {account: apps, hub: use1, segment: prod}\nsites:\n"))
    with pytest.raises(AllocationMissing) as raised:
        load_plan(WAN, LOCK)
    assert str(raised.value) == (
        "wan.yaml:21:3: spokes.new: no CIDR is allocated yet; run `hubspoke plan --write` and commit the lock file"
    )


def test_what_no_longer_fits_is_placed_in_the_intent() -> None:
    write_lock(LOCK, allocate_files(WAN, LOCK)[1])
    WAN.write_text(SOUND.replace("size: 22", "size: 23"))
    with pytest.raises(
        IntentError, match=r"^wan\.yaml:20:3: spokes\.lab: it is allocated 10\.16\.16\.0/22, but the size"
    ):
        load_plan(WAN, LOCK)

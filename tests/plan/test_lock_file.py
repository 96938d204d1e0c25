"""The lock file: written whole or not at all, read back as it was, and never trusted when damaged."""

import errno
import os
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from hubspoke.intent import IntentError
from hubspoke.plan import Lock, load_lock, lock_text, write_lock
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

LOCK = Lock(
    tunnels={"use1-e1-b": IPv4Network("169.254.240.4/30"), "use1-e1-a": IPv4Network("169.254.240.0/30")},
    asns={"use1": 64512},
    cidrs={"web": IPv4Network("10.16.0.0/20"), "null": IPv4Network("10.16.16.0/20")},
)
TEXT = """\
version: 1
tunnels:
  use1-e1-a: 169.254.240.0/30
  use1-e1-b: 169.254.240.4/30
asns:
  use1: 64512
cidrs:
  "null": 10.16.16.0/20
  web: 10.16.0.0/20
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_one_lock_has_one_text_with_a_header() -> None:
    text = lock_text(LOCK)
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert "Commit this file" in " ".join(comments)
    assert text.splitlines()[len(comments) :] == TEXT.replace('"null"', "null").splitlines()


def test_what_is_written_is_read() -> None:
    path = Path("wan.lock")
    write_lock(path, LOCK)
    assert load_lock(path) == LOCK
    write_lock(path, Lock())
    assert load_lock(path) == Lock()
    assert [entry.name for entry in Path().iterdir()] == ["wan.lock"]


def test_no_file_yet_is_an_empty_lock() -> None:
    assert load_lock(Path("wan.lock")) == Lock()


def test_a_full_disk_leaves_the_old_file_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("wan.lock")
    write_lock(path, LOCK)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(IntentError, match=r"^wan\.lock: it cannot be written: No space left on device; put that right"):
        write_lock(path, Lock())
    assert load_lock(path) == LOCK
    assert [entry.name for entry in Path().iterdir()] == ["wan.lock"]


def test_a_link_to_the_file_stays_a_link() -> None:
    Path("shared").mkdir()
    Path("wan.lock").symlink_to("shared/wan.lock")
    write_lock(Path("wan.lock"), LOCK)
    assert Path("wan.lock").is_symlink()
    assert load_lock(Path("shared/wan.lock")) == LOCK


AFRESH = "restore the file from version control, or remove this line and run `hubspoke plan --write`"
FAULTS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("lock_faults.yaml"))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault["with"]).strip())
def test_damage_is_told(fault: dict[str, Any]) -> None:
    assert fault["replace"] in TEXT
    path = Path("wan.lock")
    path.write_text(TEXT.replace(fault["replace"], fault["with"], 1))
    with pytest.raises(IntentError) as raised:
        load_lock(path)
    told = [line.replace(AFRESH, "AFRESH") for line in str(raised.value).splitlines()]
    assert told == [f"wan.lock:{line}" for line in fault["says"]]


@given(st.integers(0, len(TEXT)))
def test_a_file_cut_short_is_told_or_lacks_allocations(length: int) -> None:
    path = Path("wan.lock")
    path.write_text(TEXT[:length])
    try:
        lock = load_lock(path)
    except IntentError as error:
        assert "wan.lock" in str(error)  # noqa: PT017 - either outcome is right
    else:
        assert set(lock.tunnels) <= set(LOCK.tunnels)

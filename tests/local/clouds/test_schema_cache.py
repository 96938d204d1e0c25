"""What an SDK tells of its types is read once, and afterwards from disk."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hubspoke.local.clouds import schema_cache, sdk
from hubspoke.local.clouds.installed import UnknownType
from hubspoke.local.clouds.packages import STORED, package
from hubspoke.local.clouds.schema import Property, resource_schema

ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
_READS = f"""
import sys
from hubspoke.local.clouds.schema import resource_schema
routes = resource_schema({ROUTE_TABLE!r}).inputs["routes"].kind.of
print(sorted(routes.fields), {"pulumi", "pulumi_aws"} & sys.modules.keys() != set())
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(schema_cache, "_folder", lambda _: tmp_path / "kept")
    return tmp_path / "kept"


def _once(answer: object) -> Callable[[object], object]:
    """Gives the answer, and fails if it is asked for it a second time."""
    answers = iter([answer])
    return lambda _: next(answers)


def test_a_second_process_asks_the_sdk_no_more(tmp_path: Path) -> None:
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    first, second = (
        subprocess.run([sys.executable, "-c", _READS], check=True, capture_output=True, text=True, env=env).stdout
        for _ in range(2)
    )
    fields, imported = first.rsplit(maxsplit=1)
    assert imported == "True"
    assert second.rsplit(maxsplit=1) == [fields, "False"]


def test_an_answer_is_made_once(cache: Path) -> None:
    make = _once({"a": 1})
    assert [schema_cache.kept("aws", "x/y:Z", make) for _ in range(2)] == [{"a": 1}] * 2
    assert [path.name for path in cache.iterdir()] == ["x%2Fy%3AZ.json"]


def test_what_is_damaged_is_made_anew(cache: Path) -> None:
    schema_cache.kept("aws", "key", _once([1]))
    (cache / "key.json").write_text('{"half')
    assert schema_cache.kept("aws", "key", _once([2])) == [2]
    assert json.loads((cache / "key.json").read_text()) == [2]


def test_without_a_place_it_is_only_slower(tmp_path: Path, cache: Path) -> None:
    cache.write_text("a file where the folder would be")
    assert schema_cache.kept("aws", "key", _once([1])) == [1]
    assert list(tmp_path.iterdir()) == [cache], "nothing half-written is left"


def test_a_user_without_a_home_gets_no_folder_named_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(schema_cache, "_folder", lambda _: Path("~/kept"))
    assert schema_cache.kept("aws", "key", _once([1])) == [1]
    assert not list(tmp_path.iterdir())


def test_an_unknown_type_is_refused_each_time(cache: Path) -> None:
    for type_ in ("aws:ec2/vpx:Vpx", "nosuch:ec2/vpc:Vpc"):
        for _ in range(2):
            with pytest.raises(UnknownType):
                resource_schema(type_)
    assert not cache.exists()


@pytest.mark.parametrize("name", STORED)
def test_the_kept_form_is_the_told_one(name: str) -> None:
    """JSON holds every table: names, kinds within kinds, flags."""
    for type_, table in package(name).tables.items():
        if not table.hidden:
            told = sdk.resource(type_)
            assert json.loads(json.dumps(told)) == told
            assert resource_schema(type_).inputs.keys() == told["inputs"].keys()


def test_an_object_within_itself_is_read_as_far_as_it_is_looked_at() -> None:
    fields = resource_schema("azure-native:network:VirtualNetwork").inputs["subnets"].kind.of.fields
    assert fields is not None
    assert isinstance(fields["networkSecurityGroup"], Property)

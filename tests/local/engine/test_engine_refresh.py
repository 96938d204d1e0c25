"""What a refresh finds, says and records; and putting things back."""

import threading
from typing import Any

import pulumi
import pytest
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from hubspoke.local.engine import ResourceFailed, UnexpectedChanges, WrongPassphrase, secrets
from pulumi import ResourceOptions

from tests.local.engine.engine_bench import Bench, Group, Thing


def two() -> None:
    group = Group("group")
    first = Thing("first", ResourceOptions(parent=group), label="one", key=pulumi.Output.secret("hush-hush"))
    Thing("second", ResourceOptions(ignore_changes=["label"]), label="two", of=first.token)
    group.close()


def test_nothing_has_happened(bench: Bench) -> None:
    bench.up(two)
    assert bench.refresh(preview_only=True, expect_no_changes=True).changes == {"same": 4}


def test_an_edit_is_seen_property_by_property_and_nothing_is_written(bench: Bench) -> None:
    bench.up(two)
    bench.cloud.named("first").update(label="edited", added=True)
    before = bench.resources()

    with pytest.raises(UnexpectedChanges):
        bench.refresh(preview_only=True, expect_no_changes=True)

    found = next(
        event.res_outputs_event.metadata
        for event in bench.events
        if event.res_outputs_event and event.res_outputs_event.metadata.urn.endswith("::first")
    )
    assert found.op.value == "update"
    assert found.detailed_diff
    assert found.old
    assert found.new
    assert found.old.outputs
    assert found.new.outputs
    assert {path: diff.diff_kind.value for path, diff in found.detailed_diff.items()} == {
        "label": "update", "added": "add",
    }  # fmt: skip
    assert (found.old.outputs["label"], found.new.outputs["label"]) == ("one", "edited")
    assert bench.resources() == before


def test_a_refresh_records_and_up_puts_back(bench: Bench) -> None:
    bench.up(two)
    bench.cloud.named("first")["label"] = "edited"
    assert bench.refresh().changes == {"same": 3, "update": 1}
    assert bench.resource("first")["inputs"]["label"] == "edited"
    assert bench.up(two).changes == {"same": 3, "update": 1}
    assert bench.cloud.named("first")["label"] == "one"


def test_up_with_refresh_puts_back_at_once(bench: Bench) -> None:
    bench.up(two)
    bench.cloud.named("first")["label"] = "edited"
    assert bench.preview(two).changes == {"same": 4}
    assert bench.preview(two, refresh=True).changes == {"same": 3, "update": 1}
    assert bench.up(two, refresh=True).changes == {"same": 3, "update": 1}
    assert bench.cloud.named("first")["label"] == "one"


def test_what_was_deleted_is_made_again_with_its_dependents(bench: Bench) -> None:
    bench.up(two)
    bench.cloud.things.pop("id-1")
    assert bench.refresh(preview_only=True).changes == {"same": 3, "delete": 1}
    assert bench.up(two, refresh=True).changes == {"same": 2, "create": 1, "update": 1}
    assert bench.cloud.named("second")["of"] == "token-id-3"


def test_a_drifted_secret_stays_secret(bench: Bench) -> None:
    bench.up(two)
    bench.cloud.named("first")["key"] = "new-secret"
    bench.refresh()
    text = repr([_plain(event) for event in bench.events])
    assert "new-secret" not in text
    assert "new-secret" not in (bench.root / "state/.pulumi/stacks/proj/dev.json").read_text()


def test_ignored_changes_are_no_drift(bench: Bench) -> None:
    bench.up(two)
    bench.cloud.named("second")["label"] = "edited"
    assert bench.refresh(preview_only=True).changes == {"same": 4}


def test_a_failing_read_leaves_the_others_read(bench: Bench) -> None:
    bench.up(two)
    bench.cloud.named("first")["label"] = "edited"
    bench.cloud.fail["read", "second"] = "throttled"
    with pytest.raises(ResourceFailed, match=r"throttled"):
        bench.refresh()
    assert bench.resource("first")["inputs"]["label"] == "edited"


def test_reads_are_made_at_once(bench: Bench) -> None:
    bench.up(lambda: [Thing(f"t{number}") for number in range(24)])
    bench.cloud.await_company(8)
    bench.refresh(parallel=8)
    assert bench.cloud.most_at_once == 8


def test_a_refresh_of_targets(bench: Bench) -> None:
    bench.up(two)
    for name in ("first", "second"):
        bench.cloud.named(name)["other"] = "edited"
    assert bench.refresh(targets=["**::first"]).changes == {"update": 1}
    assert "other" not in bench.resource("second")["inputs"]


def _plain(value: Any) -> Any:
    if hasattr(value, "__dict__") and not isinstance(value, str):
        return {key: _plain(each) for key, each in vars(value).items()}
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else value


def plain() -> None:
    Thing("plain")


def test_the_key_is_derived_once_and_beside_what_is_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.up(plain)
    derived: list[bool] = []  # in the main thread?

    def deriving(*args: Any) -> PBKDF2HMAC:
        derived.append(threading.current_thread() is threading.main_thread())
        return PBKDF2HMAC(*args)

    secrets._key.cache_clear()
    monkeypatch.setattr(secrets, "PBKDF2HMAC", deriving)
    bench.refresh(preview_only=True)
    assert derived == [], "nothing is written"
    bench.refresh()
    assert derived == [False]


def test_a_wrong_passphrase_writes_nothing_without_secrets_either(bench: Bench) -> None:
    bench.up(plain)
    before = bench.resources()
    bench.cloud.named("plain").update(label="edited")
    bench.passphrase = "wrong"
    with pytest.raises(WrongPassphrase):
        bench.refresh()
    assert bench.resources() == before

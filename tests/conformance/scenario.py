"""Runs the steps of a program with an engine, and says what came of each in the normal form."""

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from hubspoke.local.engine.secrets import Crypter

from tests.conformance import normal
from tests.conformance.engines import PASSPHRASE, Engine, Place, set_config
from tests.conformance.normal import Properties, Relations
from tests.conformance.steps import Step

HERE = Path(__file__).parent
PROGRAMS = sorted(path.stem for path in (HERE / "programs").glob("*.py"))


@dataclass(frozen=True)
class Scenario:
    """One program: `program(stage)` of its file, or `program(stage, stack)`, and its `STEPS`."""

    name: str

    @property
    def module(self) -> ModuleType:
        return importlib.import_module(f"tests.conformance.programs.{self.name}")

    @property
    def golden(self) -> Path:
        return HERE / "golden" / f"{self.name}.json"

    @property
    def refused(self) -> str:
        """The name of what the local engine does not support."""
        return str(getattr(self.module, "REFUSED", ""))

    def run(self, engine: Engine, place: Place) -> list[Properties]:
        """What came of each step."""
        place.prepare()
        return list(self._run(engine, place))

    def _run(self, engine: Engine, place: Place) -> Iterator[Properties]:
        stacks: set[str] = set()
        ids: dict[str, str] = {}
        for step in self.module.STEPS:
            if step.stack not in stacks:
                engine.init(place, step.stack)
                stacks.add(step.stack)
            yield self._step(engine, place, step, ids)

    def _step(self, engine: Engine, place: Place, step: Step, ids: dict[str, str]) -> Properties:
        _prepare(engine, place, step)
        before = place.recorded(step.stack)
        ended = engine.run(place, step, self.name)
        after = place.recorded(step.stack)
        snapshots = [document.get("resources") or [] for document in (before, after)]
        for snapshot in snapshots:
            ids.update(normal.random_ids(snapshot))
        relations = Relations.of(ended.events, *snapshots)
        clashes = normal.overlapping(ended.events, relations)
        assert not clashes, clashes
        found = {
            "step": step.title,
            "failed": bool(ended.failure),
            "said": normal.said(ended.events),
            "errors": normal.errors(ended.events),
            "changes": normal.changes(ended.events),
            "operations": normal.ordered(normal.operations(ended.events), relations),
            "calls": _calls(place, relations),
            "cloud": _sorted(place.cloud.things()),
            "resources": normal.resources(snapshots[1], _decrypter(after)),
            "pending": [operation["type"] for operation in after.get("pending_operations") or []],
        }
        return dict(normal.without_ids(found, ids))


def _prepare(engine: Engine, place: Place, step: Step) -> None:
    for key, value in step.config.items():
        set_config(place, step.stack, key, value)
    for key, value in step.secret_config.items():
        engine.set_secret(place, step.stack, key, value)
    for id_, inputs in step.put.items():
        place.cloud.put(id_, "conformance:index:Thing", inputs)
    for id_, changes in step.edit.items():
        place.cloud.edit(id_, changes)
    for id_ in step.drop:
        place.cloud.drop(id_)
    place.cloud.set_faults(step.faults)


def _calls(place: Place, relations: Relations) -> list[str]:
    found = []
    for call in place.cloud.take_calls():
        operation, subject, urn = call.split(" ", 2)
        # A provider is asked the same by a refresh and by a program that looks something up.
        op = "refresh" if operation == "read" else operation
        found.append({"op": op, "urn": urn, "call": f"{operation} {subject}"})
    return [str(each["call"]) for each in normal.ordered(found, relations)]


def _sorted(value: Any) -> Any:
    return json.loads(json.dumps(value, sort_keys=True))


def _decrypter(document: Properties) -> Callable[[str], str]:
    def decrypt(ciphertext: str) -> str:
        return Crypter(lambda: PASSPHRASE, document["secrets_providers"]["state"]["salt"]).decrypt(ciphertext)

    return decrypt


_AS_BEFORE = "as after the step before"


def text(results: list[Properties]) -> str:
    """As golden files hold it: a line for each operation, and one for each member of a resource."""
    before: Any = None
    shown = []
    for result in results:
        same = result["resources"] == before
        before = result["resources"]
        shown.append({**result, "resources": _AS_BEFORE} if same else result)
    return "[\n" + ",\n".join(_step(each) for each in shown) + "\n]\n"


def _step(result: Properties) -> str:
    return " {\n" + ",\n".join(f"  {_json(key)}: {_member(value)}" for key, value in result.items()) + "\n }"


def _member(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _json(value)
    return "[\n" + ",\n".join(f"   {_item(each)}" for each in value) + "\n  ]"


def _item(value: Any) -> str:
    if not isinstance(value, dict) or "custom" not in value:
        return _json(value)
    urn = f'{{"urn": {_json(value["urn"])}'
    return (
        ",\n     ".join([urn, *(f"{_json(key)}: {_json(each)}" for key, each in value.items() if key != "urn")]) + "}"
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

"""The cloud that the suite's provider manages: one JSON file, shared by the processes of both engines."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Properties = dict[str, Any]
_EMPTY: Properties = {"things": {}, "made": {}, "faults": {}, "calls": []}


@dataclass(frozen=True)
class Cloud:
    """`things` by id, how many of each name were ever `made`, `faults` switched on, and the `calls` it was asked."""

    folder: Path

    @contextmanager
    def open(self) -> Iterator[Properties]:
        """The whole content, to read and to change; one caller at a time, in whatever process."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "cloud.json").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            content = json.loads(file.read() or json.dumps(_EMPTY))
            yield content
            file.truncate(0)
            file.write(json.dumps(content))

    def put(self, id_: str, type_: str, inputs: Properties) -> None:
        """Something that was there before, or was made by somebody else."""
        with self.open() as content:
            content["things"][id_] = {"type": type_, "inputs": inputs, "revision": 1}

    def edit(self, id_: str, changes: Properties) -> None:
        """A change behind the engines' backs."""
        with self.open() as content:
            content["things"][id_]["inputs"].update(changes)

    def drop(self, id_: str) -> None:
        with self.open() as content:
            del content["things"][id_]

    def set_faults(self, faults: dict[str, str]) -> None:
        """From "<operation> <name or id>" to what goes wrong: a reason; "partial: <reason>"; "slow"."""
        with self.open() as content:
            content["faults"] = faults

    def take_calls(self) -> list[str]:
        """What it was asked to do since the last time, in order."""
        with self.open() as content:
            calls: list[str] = content["calls"]
            content["calls"] = []
        return calls

    def things(self) -> dict[str, Properties]:
        with self.open() as content:
            return {id_: thing["inputs"] for id_, thing in sorted(content["things"].items())}

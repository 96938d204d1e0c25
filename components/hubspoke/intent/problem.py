"""What is wrong with a file somebody wrote: where, what, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

Location = tuple[str | int, ...]
WAN_FILE = "wan.yaml"


def render(at: Location) -> str:
    """A location as people write it: ("spokes", "web", "zones", 1) is "spokes.web.zones[1]"."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at)
    return text.removeprefix(".")


@dataclass(frozen=True)
class Issue:
    """Something wrong at a location of the intent, before it is known where in which file that is."""

    at: Location
    what: str
    remedy: str

    def unplaced(self) -> "Problem":
        """The problem of an intent that was not read from a file, or whose file is not at hand."""
        return Problem(WAN_FILE, 0, 0, render(self.at), self.what, self.remedy)


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in a file. Lines and columns count from 1; 0 means the place is not known."""

    file: str
    line: int
    column: int
    path: str  # "spokes.web.hub"; empty for the file as a whole
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path + ': ' if self.path else ''}{self.what}; {self.remedy}"

    def placed(self, file: str, line: int, column: int) -> "Problem":
        return replace(self, file=file, line=line, column=column)


class IntentError(Exception):
    """The intent or its lock file cannot be used. `problems` holds everything found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

"""Which resources a run is limited to."""

import re
from collections.abc import Iterable


class Targets:
    """URNs, and patterns in which `*` stands for anything but ":" and `**` for anything. None at all means no limit."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._literals: set[str] = set()
        self.given: list[str] = []  # the literals as asked for, to tell which do not exist
        self._patterns: list[re.Pattern[str]] = []
        for target in given:
            if "*" in target:
                self._patterns.append(_pattern(target))
            else:
                self._literals.add(target)
                self.given.append(target)

    def __bool__(self) -> bool:
        return bool(self._literals or self._patterns)

    def __contains__(self, urn: str) -> bool:
        """Whether the URN is asked for by name or pattern."""
        return urn in self._literals or any(pattern.fullmatch(urn) for pattern in self._patterns)

    def allows(self, urn: str) -> bool:
        return not self or urn in self

    def add(self, urn: str) -> None:
        if self:
            self._literals.add(urn)

    def copy(self) -> "Targets":
        twin = Targets()
        twin._literals, twin.given, twin._patterns = set(self._literals), self.given, self._patterns
        return twin


def _pattern(glob: str) -> re.Pattern[str]:
    segments = ("[^:]*".join(map(re.escape, part.split("*"))) for part in glob.split("**"))
    return re.compile(".*".join(segments), re.DOTALL)

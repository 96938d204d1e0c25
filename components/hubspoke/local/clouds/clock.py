"""What time it is in the simulated clouds: the machine's own clock, or one that a test moves along."""

import time
from typing import Protocol


class Clock(Protocol):
    """The module `time` is one. `time` is in seconds since 1970."""

    def time(self) -> float: ...
    def sleep(self, seconds: float, /) -> None: ...


class SkippingClock:
    """The machine's clock, but nobody waits: sleeping moves the time on. `slept` lists for how long, in order."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def time(self) -> float:
        return time.time() + sum(self.slept)

    def sleep(self, seconds: float, /) -> None:
        self.slept.append(seconds)

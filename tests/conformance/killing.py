"""Processes that kill themselves, as `kill -9` would, at the n-th thing that they do to a cloud or to their files."""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from hubspoke.local.clouds.protocol import Created, Properties, ProviderFactory, ReadState

from tests.conformance.cloud import Cloud
from tests.conformance.engines import Place
from tests.conformance.provider import ConformanceProvider

_FILE_EVENTS = {"open", "os.rename", "os.link", "os.remove", "os.truncate", "os.mkdir"}


class FindingProvider(ConformanceProvider):
    """Like the simulated clouds, it can say what a creation made whose answer never came."""

    def find_created(self, urn: str, type_: str) -> ReadState | None:
        name = urn.rsplit("::", 1)[-1]
        with self.cloud.open() as content:
            made = f"{name}-{content['made'].get(name, 0)}"
        return self.read(urn, type_, made, None, None)


def finding_factory(place: Place) -> ProviderFactory:
    return lambda _, version: FindingProvider(Cloud(place.cloud.folder), version)


class Moments:
    """Counts what its process does, and ends it at one of them: before a file is touched, in the middle of a line of
    the journal, before and after the cloud has made something."""

    def __init__(self, place: Place, last: int) -> None:
        self._folders = (str(place.backend), str(place.project))
        self._cloud, self._last, self.count = place.cloud, last, 0

    def come(self) -> None:
        self.count += 1
        if self.count == self._last:
            with self._cloud.open():  # which no other thread is then in the middle of: it is not what is tested
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> "Moments":
        """From here to the end of the process."""
        sys.addaudithook(self._on_event)
        write = os.write

        def torn(file: int, data: Any, /) -> int:
            half = len(data) // 2
            write(file, data[:half])
            self.come()
            return half + write(file, data[half:])

        os.write = torn
        return self

    def _on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _FILE_EVENTS or not str(arguments[0]).startswith(self._folders):
            return
        if event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self.come()

    def factory(self, place: Place, *, before: bool = True) -> ProviderFactory:
        """Of providers that count what they make, before they make it too unless told otherwise."""
        moments = self

        class Dying(FindingProvider):
            def create(self, urn: str, type_: str, news: Properties, *, preview: bool, timeout: float) -> Created:
                if before:
                    moments.come()
                made = super().create(urn, type_, news, preview=preview, timeout=timeout)
                moments.come()
                return made

        return lambda _, version: Dying(Cloud(place.cloud.folder), version)


def in_children(*works: Callable[[], object]) -> list[str | None]:
    """What each gives, as text, done in forks of this process side by side; None of one that was killed."""
    begun = [_begin(work) for work in works]
    return [_end(*each) for each in begun]


def _begin(work: Callable[[], object]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    gc.freeze()  # what grpc made in the parent has threads that a fork does not: collecting it here ends in a crash
    try:
        text = str(work())
    except BaseException:
        text = traceback.format_exc()
    os.write(writing, text.encode())
    os._exit(0)


def _end(child: int, reading: int) -> str | None:
    with os.fdopen(reading) as said:
        text = said.read()
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else text

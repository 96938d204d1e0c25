"""A provider that tries again where real ones do, and gives up where they do.

The real AWS and Cloudflare providers retry inside themselves: an engine sees one call, which took longer. What they
retry is throttling and lost answers; what they wait for is that a read finds what was just created. All else is
reported at once.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeVar

from .clock import Clock
from .protocol import (
    CloudError,
    Created,
    PartialError,
    Properties,
    Provider,
    ReadState,
)
from .table import Source

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """How often a call is made in all, and the waits between: doubled from the first, in seconds, up to the longest.

    A wait that the cloud asks for is kept to instead. There is no jitter, so that a run can be foretold.
    """

    attempts: int
    first_wait: float
    longest_wait: float
    source: Source

    def wait(self, attempt: int) -> float:
        """How long to wait after this attempt, counted from 1."""
        return min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait)


# The numbers of attempts are the providers'; the waits are a tenth of theirs, as nobody's rate limit is at stake here.
LIMITS = {
    "aws": Limits(25, 0.1, 2.0, Source("terraform-provider-aws, provider argument max_retries; aws-sdk-go-v2, retry")),
    "azure-native": Limits(4, 0.08, 6.0, Source("azure-sdk-for-go, sdk/azcore/policy, RetryOptions")),
    "gcp": Limits(12, 0.1, 2.0, Source("terraform-provider-google, google/transport, which retries 429")),
    "cloudflare": Limits(3, 0.05, 0.8, Source("cloudflare-go, README, Retries; retryable status codes")),
}
VISIBLE_WITHIN = 300.0  # seconds until a new thing must be found: terraform-provider-aws #32220, read 2026-08
_POLL = 0.5  # seconds between looks for it
LOST_ANSWER = "RequestTimeout"
TRANSIENT = frozenset(
    {"RequestLimitExceeded", "TooManyRequests", "rateLimitExceeded", "429 Too Many Requests", LOST_ANSWER}
)


class Findable(Provider, Protocol):
    """A provider that can say what a creation made whose answer nobody saw.

    `eventual` tells whether a read may miss what was just created; where it cannot, none is spent on looking. `prompt`
    tells whether it answers at once, whatever it is asked.
    """

    @property
    def prompt(self) -> bool: ...
    @property
    def eventual(self) -> bool: ...
    def find_created(self, urn: str, type_: str, since: float = 0.0) -> ReadState | None: ...


class Retrying:
    """The provider inside, patiently. Raises what it raises, once there is no more point in trying.

    A call with a timeout (in seconds; 0 for none) gives up when the timeout is over.
    """

    def __init__(self, inner: Findable, clock: Clock = time) -> None:
        self._inner, self._clock = inner, clock
        self.package, self.version = inner.package, inner.version
        self._limits = LIMITS[inner.package]
        # These ask nothing of a cloud.
        self.check_config, self.diff_config, self.configure = inner.check_config, inner.diff_config, inner.configure
        self.check, self.diff = inner.check, inner.diff

    @property
    def prompt(self) -> bool:
        return self._inner.prompt

    def create(self, urn: str, type_: str, news: Properties, *, preview: bool, timeout: float) -> Created:
        """Made once, however often it is asked for: after a lost answer, what was made is looked for first."""
        if preview:
            return self._inner.create(urn, type_, news, preview=True, timeout=timeout)
        began = self._clock.time()

        def ask(attempt: int, left: float) -> Created:
            found = self._inner.find_created(urn, type_, since=began) if attempt > 1 else None
            if found is not None:
                return Created(found.id, found.outputs)
            return self._inner.create(urn, type_, news, preview=False, timeout=left)

        made = self._patiently(ask, timeout)
        if self._inner.eventual:
            self._await_visible(urn, type_, made, news, min(timeout or VISIBLE_WITHIN, VISIBLE_WITHIN))
        return made

    def read(
        self, urn: str, type_: str, id_: str, inputs: Properties | None, outputs: Properties | None
    ) -> ReadState | None:
        return self._patiently(lambda _, __: self._inner.read(urn, type_, id_, inputs, outputs))

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        *, preview: bool, timeout: float, ignore_changes: tuple[str, ...],
    ) -> Properties:  # fmt: skip
        def ask(_: int, left: float) -> Properties:
            return self._inner.update(
                urn, type_, id_, old_inputs, old_outputs, news,
                preview=preview, timeout=left, ignore_changes=ignore_changes,
            )  # fmt: skip

        return self._patiently(ask, timeout)

    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        self._patiently(lambda _, left: self._inner.delete(urn, type_, id_, inputs, outputs, left), timeout)

    def invoke(self, token: str, args: Properties) -> Properties:
        return self._patiently(lambda _, __: self._inner.invoke(token, args))

    def find_created(self, urn: str, type_: str, since: float = 0.0) -> ReadState | None:
        """See `SimulatedProvider.find_created`."""
        return self._inner.find_created(urn, type_, since)

    def _patiently(self, ask: Callable[[int, float], T], timeout: float = 0.0) -> T:
        """What `ask` gives; it is told which attempt this is and how much of the timeout is left."""
        began = self._clock.time()
        for attempt in count(1):
            spent = self._clock.time() - began
            try:
                return ask(attempt, max(timeout - spent, 0.001) if timeout else 0.0)
            except CloudError as refusal:
                if refusal.code not in TRANSIENT:
                    raise
                self._wait(refusal, attempt, began, timeout)
        raise AssertionError  # counting does not end

    def _wait(self, refusal: CloudError, attempt: int, began: float, timeout: float) -> None:
        """Waits for the next attempt. Raises the refusal if there is to be none."""
        wait = refusal.retry_after or self._limits.wait(attempt)
        spent = self._clock.time() - began
        if attempt >= self._limits.attempts or (timeout and spent + wait > timeout):
            message = f"{refusal.message} (given up after {attempt} attempts in {spent:.0f} s)"
            raise CloudError(refusal.code, message, retry_after=refusal.retry_after) from refusal
        self._clock.sleep(wait)

    def _await_visible(self, urn: str, type_: str, made: Created, news: Properties, limit: float) -> None:
        """Waits until a read finds what was made. Raises PartialError, as it exists whatever a read says."""
        until = self._clock.time() + limit
        try:
            while self.read(urn, type_, made.id, news, made.outputs) is None:
                if self._clock.time() >= until:
                    raise CloudError(
                        "NotFound", f"it is still not found after {limit:g} s. Run the command again to go on"
                    )
                self._clock.sleep(_POLL)
        except CloudError as refusal:
            message = f"{made.id} was created, but could not be read: {refusal.message}"
            raise PartialError(refusal.code, message, made.id, made.outputs, news) from refusal

"""Reports what a run does."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hubspoke.local.clouds.protocol import DiffKind
from hubspoke.local.engine.event_types import (
    CancelEvent,
    DiagnosticEvent,
    EngineEvent,
    OpType,
    PolicyEvent,
    PreludeEvent,
    PropertyDiff,
    ResOpFailedEvent,
    ResourcePreEvent,
    ResOutputsEvent,
    StepEventMetadata,
    StepEventStateMetadata,
    SummaryEvent,
)
from hubspoke.local.engine.forms import to_json
from hubspoke.local.engine.state import State
from hubspoke.local.engine.values import ATOMS, MASK, Properties, Secret, leaves, secrets_in
from hubspoke.local.wire import SECRET_SIG, SIG

OnEvent = Callable[[EngineEvent], None]
Told = list[tuple[Properties, Any]]  # inputs, and as events carry them
# Shorter ones would mask half of every message.
_SHORTEST_SECRET = 6
_MASKED = {SIG: SECRET_SIG, "ciphertext": MASK}
_PREFIXES = {"error": "error: ", "warning": "warning: ", "debug": "debug: "}


class Masker:
    """Replaces known secret texts in messages: a provider's refusal may quote a secret back."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def learn(self, texts: Iterable[str]) -> None:
        new = {text for text in texts if len(text) >= _SHORTEST_SECRET} - self._known
        if new:
            with self._lock:
                self._known |= new
                self._pattern = None

    def learn_from(self, properties: Properties) -> None:
        self.learn(_secret_texts(properties))

    def mask(self, text: str) -> str:
        if not self._known:
            return text
        with self._lock:
            if self._pattern is None:
                longest_first = sorted(self._known, key=len, reverse=True)
                self._pattern = re.compile("|".join(map(re.escape, longest_first)))
            pattern = self._pattern
        return pattern.sub(MASK, text)


def _secret_texts(properties: Properties) -> Iterable[str]:
    for secret in secrets_in(properties):
        yield from (leaf for leaf in leaves(secret.value) if isinstance(leaf, str))


class EventSink:
    """Numbers events and hands them on one at a time. A listener's exception ends the run that emits."""

    def __init__(self, on_event: OnEvent, masker: Masker) -> None:
        self._on_event, self.masker = on_event, masker
        self._lock = threading.Lock()
        self._sequence = 0
        self._listens: int | None = None  # the thread that the listener has
        self.errors: list[tuple[str, str]] = []  # URN and message, the first first

    def _emit(self, **event: Any) -> None:
        with self._lock:
            self._listens = threading.get_ident()
            try:
                self._on_event(EngineEvent(self._sequence, int(time.time()), **event))
            finally:
                self._listens = None
            self._sequence += 1

    def in_listener(self) -> bool:
        """Whether this thread is in the listener: what that prints is no word of the program's."""
        return self._listens == threading.get_ident()

    def prelude(self, config: Mapping[str, str]) -> None:
        self._emit(prelude_event=PreludeEvent(dict(config)))

    def cancelled(self) -> None:
        self._emit(cancel_event=CancelEvent())

    def summary(self, seconds: float, changes: Mapping[str, int], packs: Mapping[str, str]) -> None:
        counts = {OpType(op): count for op, count in changes.items()}
        self._emit(summary_event=SummaryEvent(False, int(-(-seconds // 1)), counts, dict(packs)))

    def diagnostic(self, severity: str, message: str, urn: str = "", *, ephemeral: bool = False) -> None:
        """`severity` is one of "info", "info#err", "warning", "error"."""
        masked = self.masker.mask(message)
        if severity == "error":
            self.errors.append((urn, masked))
        prefix = _PREFIXES.get(severity)
        diagnostic = DiagnosticEvent(f"{masked}\n", "never", severity, None, ephemeral, urn or None, prefix)
        self._emit(diagnostic_event=diagnostic)

    def error(self, message: str, urn: str = "") -> None:
        self.diagnostic("error", message, urn)

    def warning(self, message: str, urn: str = "") -> None:
        self.diagnostic("warning", message, urn)

    def info(self, message: str, urn: str = "") -> None:
        self.diagnostic("info", message, urn)

    def policy(self, pack: str, version: str, policy: str, level: str, message: str, urn: str) -> None:
        text = self.masker.mask(message)
        self._emit(policy_event=PolicyEvent(f"{text}\n", "raw", policy, pack, version, version, level, urn or None))

    def before(self, metadata: StepEventMetadata, *, planning: bool) -> None:
        self._emit(resource_pre_event=ResourcePreEvent(metadata, planning))

    def after(self, metadata: StepEventMetadata, *, planning: bool) -> None:
        self._emit(res_outputs_event=ResOutputsEvent(metadata, planning))

    def failed(self, metadata: StepEventMetadata, *, partial: bool, steps: int) -> None:
        # The CLI's numbers for a partial failure and for one whose outcome is not known.
        self._emit(res_op_failed_event=ResOpFailedEvent(metadata, 1 if partial else 2, steps))


def step_metadata(
    op: str, urn: str, type_: str, provider: str, old: State | None, new: State | None, *,
    keys: Sequence[str], diffs: Sequence[str], detailed: Mapping[str, str] | None, logical: bool, told: Told,
) -> StepEventMetadata:  # fmt: skip
    """`told` is of one step, for all of its events."""
    differences = {path: PropertyDiff(DiffKind(kind), False) for path, kind in (detailed or {}).items()}
    return StepEventMetadata(
        OpType(op), urn, type_, provider, _state_metadata(old, told), _state_metadata(new, told), list(keys),
        list(diffs), differences, logical,
    )  # fmt: skip


def _state_metadata(state: State | None, told: Told) -> StepEventStateMetadata | None:
    if state is None:
        return None
    return StepEventStateMetadata(
        state.type, state.urn, state.id, state.parent, state.provider, state.custom, state.delete, state.protect,
        state.retain_on_delete, _masked_inputs(state.inputs, told), masked(state.outputs), state.init_errors or None,
        state.taint,
    )  # fmt: skip


def _masked_inputs(inputs: Properties, told: Told) -> Any:
    """What is sent in several events is one object, and so is written once where they are sent together. Inputs are
    never changed in place, as outputs are."""
    found = next((shown for given, shown in told if given is inputs), None)
    if found is None:
        found = masked(inputs)
        told.append((inputs, found))
    return found


def masked(value: Any) -> Any:
    """A property value as events carry it: every secret replaced, the rest in the state's form."""
    if type(value) in ATOMS:
        return value
    if isinstance(value, Secret):
        return dict(_MASKED)
    if isinstance(value, dict):
        return {key: each if type(each) in ATOMS else masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each) for each in value]
    return to_json(value, None)


class Changes:
    """How many resources each operation was done to."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, op: str) -> None:
        with self._lock:
            self._counts[op] += 1

    @property
    def total(self) -> int:
        return self._counts.total()

    def as_dict(self) -> dict[str, int]:
        return dict(self._counts)


def has_changes(changes: Mapping[str, int]) -> bool:
    return any(count for op, count in changes.items() if op != "same")

"""Judges what an engine is about to do: each step by the table, and all of them together by hub."""

from collections.abc import Iterable, Mapping

from hubspoke.plan.changes.model import Assessment, Change, Effect, HubCount, JudgedStep, Reason, Step, Touch, Tunnel
from hubspoke.plan.changes.recorded import Recorded, RecordedState, value_at
from hubspoke.plan.changes.table import rule_for
from hubspoke.plan.changes.tunnels import Tunnels

_SEVERITY = list(Effect)
_INTERRUPTING = (Effect.INTERRUPTS, Effect.REPLACES)
_CREATING, _DELETING = frozenset({"create", "import", "read-replacement"}), frozenset({"delete"})
# What is done on the way of a replacement, which has a step of its own.
_PARTS = frozenset({"create-replacement", "delete-replaced", "import-replacement"})
_QUIET = frozenset({"same", "read", "refresh", "read-discard", "discard"})
_PROVIDER = "as the provider says; nothing is known of what that does to traffic"

AT_ONCE = 1  # units of a hub that a run may interrupt


class Judge:
    """Judges steps against what is recorded. `at_once` is how many units of a hub a run may interrupt."""

    def __init__(self, state: RecordedState, at_once: int = AT_ONCE) -> None:
        self._state, self._at_once = state, at_once
        self.tunnels = Tunnels(state)

    def assess(self, steps: Iterable[Step]) -> Assessment:
        """A whole run, the steps in the order in which it touches tunnels."""
        judged = [self.step(each) for each in steps if each.op not in _PARTS | _QUIET]
        hubs = (self.count(hub, judged) for hub in self.tunnels.by_hub)
        return Assessment(tuple(in_order(judged)), tuple(hub for hub in hubs if hub.interrupted or hub.removed))

    def step(self, step: Step) -> JudgedStep:
        """One step by itself."""
        resource = self._state.at(step.urn)
        if step.op in _CREATING or resource is None:
            return JudgedStep(step, Effect.CREATES)
        if step.op in _DELETING:
            return JudgedStep(step, Effect.REMOVES, tunnels=self.tunnels.carried(step.urn))
        found = [self._reason(step, resource, path) for path in sorted(step.changed)]
        reasons = [reason for reason, _ in found]
        touched = [tunnel for _, own in found for tunnel in own]
        if step.op == "replace" and all(_milder(reason, Effect.REPLACES) for reason in reasons):
            reasons.append(Reason("", Effect.REPLACES, f"it is replaced, {_PROVIDER}"))
            touched += self.tunnels.carried(step.urn)
        effect = max((reason.effect for reason in reasons), key=_SEVERITY.index, default=Effect.IN_PLACE)
        return JudgedStep(step, effect, tuple(reasons), tuple(dict.fromkeys(touched)))

    def count(self, hub: str, judged: Iterable[JudgedStep]) -> HubCount:
        """What steps come to for one hub."""
        own = [each for each in judged if any(tunnel.hub == hub for tunnel in each.tunnels)]
        interrupted = _of(hub, (each for each in own if each.effect in _INTERRUPTING))
        removed = tuple(t for t in _of(hub, (e for e in own if e.effect is Effect.REMOVES)) if t not in interrupted)
        known = self.tunnels.by_hub.get(hub, ())
        return HubCount(hub, len(known), interrupted, removed, self._problem(known, interrupted, removed))

    def _problem(self, known: tuple[Tunnel, ...], interrupted: tuple[Tunnel, ...], removed: tuple[Tunnel, ...]) -> str:
        names = ", ".join(sorted(tunnel.name for tunnel in interrupted))
        if len({tunnel.unit for tunnel in interrupted}) > self._at_once:
            return f"{len(interrupted)} of {len(known)} tunnels would be interrupted at once: {names}"
        if interrupted and set(known) <= {*interrupted, *removed}:
            return f"no tunnel would stay up: {names} would be interrupted, and there is no other"
        return ""

    def _reason(self, step: Step, resource: Recorded, path: str) -> tuple[Reason, tuple[Tunnel, ...]]:
        change = Change(self._state, resource, path, *(_value(each, path) for each in (step.old, step.new)))
        rule = rule_for(change)
        if rule is None:
            return Reason(path, Effect.IN_PLACE, f"changed in place, {_PROVIDER}"), ()
        reason = Reason(path, rule.effect, rule.why, rule.remedy, rule.source)
        index = path.split(".")[1] if rule.touches is Touch.MEMBER else ""
        return reason, self.tunnels.touched(step.urn, rule.touches, index)


def in_order(judged: Iterable[JudgedStep]) -> list[JudgedStep]:
    """Steps that touch no tunnel first; then tunnel by tunnel, in the order in which each is first touched; removals
    last, as engines do them. The order is the engine's own otherwise."""
    given = list(judged)
    units = dict.fromkeys(t.unit for each in given if each.effect is not Effect.REMOVES for t in each.tunnels)
    place = {unit: number for number, unit in enumerate(units, start=1)}

    def rank(step: JudgedStep) -> int:
        if step.effect is Effect.REMOVES:
            return len(place) + 1
        return min((place[tunnel.unit] for tunnel in step.tunnels), default=0)

    return sorted(given, key=rank)


def _value(values: Mapping[str, object], path: str) -> object:
    """The value at a path; of a list's item, the whole list: whether it fits is a matter of all its items."""
    parts = path.split(".")
    whole = next((n for n, part in enumerate(parts) if part.isdigit()), len(parts))
    return value_at(values, ".".join(parts[:whole]))


def _of(hub: str, judged: Iterable[JudgedStep]) -> tuple[Tunnel, ...]:
    return tuple(dict.fromkeys(tunnel for each in judged for tunnel in each.tunnels if tunnel.hub == hub))


def _milder(reason: Reason, than: Effect) -> bool:
    return _SEVERITY.index(reason.effect) < _SEVERITY.index(than)

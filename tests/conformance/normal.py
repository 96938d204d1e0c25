"""One form for what either engine did and recorded, so that equal means equal.

What is left out or replaced, and why, is all in this file:

| where | what | why |
|---|---|---|
| state | `created`, `modified` | times of day |
| state | `sourcePosition`, `stackTrace` | places in the suite's own files |
| state | ciphertexts | encrypted anew each time: shown as {"secret": <plain value>} |
| state | the order of dependencies | they are sets, in the SDK too |
| state | the order of resources | that of completion; that each comes after what it needs is checked in reading |
| state, events | the ids of providers and stack references | random: shown as "[id of <name>]" |
| errors | how a program's exception is framed, where | by its language host; tracebacks and addresses name this run |
| errors | their order | that of what failed at the same time |
| operations, calls | the order of what does not depend on one another | left to chance by either engine |
"""

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hubspoke.local.engine.event_types import OpType
from hubspoke.operate.result import Event, Metadata

Properties = dict[str, Any]
Decrypt = Callable[[str], str]

SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_DROPPED = {"created", "modified", "sourcePosition", "stackTrace"}
_SETS = {"dependencies", "replaceWith"}
_DELETES = {"delete", "delete-replaced", "discard", "discard-replaced"}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_COLOUR = re.compile(r"<\{%.*?%\}>")
_ADDRESS = re.compile(r" object at 0x[0-9a-f]+")
# The SDK reports what an apply raises by itself or as of the input that it was for, whichever of two tasks ends first.
_WRAPPED = re.compile(r"\AWhile processing .* has risen: ", re.DOTALL)
_FRAMING = [
    re.compile(pattern)
    for pattern in (
        r"^an unhandled error occurred: ",
        r"^python inline source runtime error: ",
        r"^Program failed with an unhandled exception:\n(Traceback .*\n([ \t].*\n)*)?(\w+: )?",
        r"\nTraceback \(most recent call last\):\n(.*\n)*",
        r":\n  File \"(.*\n)*",  # of a callback
        r"rpc error: code = \w+ desc = ",  # as grpc's Go library puts it
        r"Invoke: (?=Default provider)",  # the CLI's label for what has no URN
        r": no stack named '.*",  # the local engine says more
    )
]


def resources(recorded: Iterable[Properties], decrypt: Decrypt) -> list[Properties]:
    """A checkpoint's resources, in the order of their URNs."""
    found = [_resource(each, decrypt) for each in recorded]
    return sorted(found, key=lambda each: (each["urn"], each.get("delete", False), each.get("id", "")))


def _resource(recorded: Properties, decrypt: Decrypt) -> Properties:
    found = {key: _opened(value, decrypt) for key, value in sorted(recorded.items()) if key not in _DROPPED}
    found.update({key: sorted(found[key]) for key in _SETS & found.keys()})
    if found.get("propertyDependencies"):
        found["propertyDependencies"] = {key: sorted(urns) for key, urns in found["propertyDependencies"].items()}
    return found


def _opened(value: Any, decrypt: Decrypt) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == _SECRET:
            text = decrypt(value["ciphertext"]) if "ciphertext" in value else value["plaintext"]
            return {"secret": _opened(json.loads(text), decrypt)}
        return {key: _opened(each, decrypt) for key, each in sorted(value.items())}
    return [_opened(each, decrypt) for each in value] if isinstance(value, list) else value


def random_ids(recorded: Iterable[Properties]) -> dict[str, str]:
    """What stands for each random id among these resources."""
    found = ((str(each.get("id", "")), str(each["urn"])) for each in recorded)
    return {id_: f"[id of {urn.rsplit('::', 1)[-1]}]" for id_, urn in found if _UUID.fullmatch(id_)}


def without_ids(value: Any, ids: Mapping[str, str]) -> Any:
    """`value` with what stands for each random id in its place."""
    text = _UUID.sub(lambda match: ids.get(match[0], "[random id]"), json.dumps(value))
    return json.loads(text)


# --- the order of things ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Relations:
    """Which resources depend on one another, directly or not, by URN."""

    direct: Mapping[str, set[str]]
    reached: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, events: Iterable[Event], *snapshots: Iterable[Properties]) -> "Relations":
        """Those of all snapshots together; of what is not recorded, those that events tell."""
        direct: dict[str, set[str]] = {}
        for each in (*_told(events), *itertools.chain(*snapshots)):
            direct.setdefault(each["urn"], set()).update(_needed(each))
        return cls(direct, {urn: frozenset(_closure(urn, direct)) for urn in direct})

    def between(self, one: str, other: str) -> bool:
        return one == other or other in self.reached.get(one, ()) or one in self.reached.get(other, ())

    def ordered(self, one: Properties, other: Properties) -> bool:
        """Whether it matters which of two operations came first."""
        if one["op"] == other["op"] == "refresh":
            return False
        urns = one["urn"], other["urn"]
        if one["op"] in _DELETES and other["op"] in _DELETES:
            # Only what depends on it directly keeps a resource from being deleted.
            return urns[1] in self.direct.get(urns[0], ()) or urns[0] in self.direct.get(urns[1], ())
        return self.between(*urns)


def _told(events: Iterable[Event]) -> Iterator[Properties]:
    for event in events:
        if event.resource_pre_event:
            metadata = event.resource_pre_event.metadata
            for state in (metadata.old, metadata.new):
                if state is not None:
                    yield {"urn": metadata.urn, "parent": state.parent, "provider": state.provider}


def _needed(resource: Properties) -> Iterable[str]:
    yield from (resource[key] for key in ("parent", "deletedWith") if resource.get(key))
    yield from resource.get("dependencies") or ()
    yield from resource.get("replaceWith") or ()
    for urns in (resource.get("propertyDependencies") or {}).values():
        yield from urns or ()
    if resource.get("provider"):
        yield resource["provider"].rsplit("::", 1)[0]


def _closure(urn: str, direct: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [urn]
    while waiting:
        new = direct.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def ordered(items: Sequence[Properties], relations: Relations) -> list[Properties]:
    """The one order that stands for all that differ only in what is unrelated: always the least item that may be next.

    Two sequences have the same result if and only if they are the same partially ordered set.
    """
    left, found = list(items), []
    while left:
        free = [i for i, item in enumerate(left) if not any(relations.ordered(item, before) for before in left[:i])]
        least = min(free, key=lambda i: json.dumps(left[i], sort_keys=True))
        found.append(left.pop(least))
    return found


# --- events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Begun:
    """A step, and the id that its resource had: while one is replaced, another one has the same URN."""

    operation: Properties
    id: str


def operations(events: Sequence[Event]) -> list[Properties]:
    """Each step that was begun, in order: what was done, why, and how it ended."""
    found: list[_Begun] = []
    for event in events:
        if event.resource_pre_event:
            metadata = event.resource_pre_event.metadata
            found.append(_Begun(_operation(metadata), _old_id(metadata)))
        elif event.res_outputs_event:
            _end(_begun(found, event.res_outputs_event.metadata), event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            _begun(found, event.res_op_failed_event.metadata)["ended"] = "failed"
    return [each.operation for each in found]


def _old_id(metadata: Metadata) -> str:
    return metadata.old.id if metadata.old else ""


def _begun(found: list[_Begun], metadata: Metadata) -> Properties:
    """The step that this is the end of; a refresh ends as another operation than it began."""
    same = [each for each in reversed(found) if each.operation["urn"] == metadata.urn]
    own = [each for each in same if each.id == _old_id(metadata)] or same
    return next((each for each in own if each.operation["op"] == metadata.op.value), own[0]).operation


def _operation(metadata: Metadata) -> Properties:
    kinds = {path: each.diff_kind.value for path, each in (metadata.detailed_diff or {}).items()}
    found = {
        "op": metadata.op.value, "urn": metadata.urn, "keys": sorted(metadata.keys or ()),
        "diffs": sorted(metadata.diffs or ()), "detailed": dict(sorted(kinds.items())),
    }  # fmt: skip
    return {key: value for key, value in found.items() if value}


def _end(begun: Properties, metadata: Metadata) -> None:
    if metadata.op.value != begun["op"]:  # what a refresh found
        begun.update({**_operation(metadata), "op": begun["op"], "ended": metadata.op.value})


def overlapping(events: Sequence[Event], relations: Relations) -> list[str]:
    """What was begun to be made before something that it is related to was done being made."""
    under_way: set[str] = set()
    found: list[str] = []
    for event in events:
        ended = event.res_outputs_event or event.res_op_failed_event
        if event.resource_pre_event and _makes(event.resource_pre_event.metadata):
            urn = event.resource_pre_event.metadata.urn
            found += [f"{urn} began before {each} had ended" for each in under_way if relations.between(urn, each)]
            under_way.add(urn)
        elif ended:
            under_way.discard(ended.metadata.urn)
    return found


def _makes(metadata: Metadata) -> bool:
    # A component ends with its children; what is read or deleted may be so at once with what it is related to.
    custom = any(state is not None and state.custom for state in (metadata.old, metadata.new))
    return custom and metadata.op in (OpType.CREATE, OpType.CREATE_REPLACEMENT, OpType.UPDATE)


def said(events: Sequence[Event]) -> list[str]:
    """What the program logged to be compared, which it begins with "said: "; in no order."""
    found = (_COLOUR.sub("", event.diagnostic_event.message) for event in events if event.diagnostic_event)
    return sorted(text.strip() for text in found if text.startswith("said: "))


def errors(events: Sequence[Event]) -> list[Properties]:
    """What was reported as an error, each once."""
    found = (event.diagnostic_event for event in events)
    reported = [_error(each.urn or "", each.message) for each in found if each and each.severity == "error"]
    return [json.loads(each) for each in sorted({json.dumps(each) for each in reported})]


def _error(urn: str, message: str) -> Properties:
    text = f"{_COLOUR.sub('', message).strip()}\n"
    for framing in _FRAMING:
        text = framing.sub("", text)
    text = _WRAPPED.sub("", text)
    stack = "::pulumi:pulumi:Stack::" in urn
    return {"urn": "" if stack else urn, "message": _ADDRESS.sub(" object", text.strip())}


def changes(events: Sequence[Event]) -> dict[str, int]:
    """The summary's counts."""
    counts = [event.summary_event.resource_changes for event in events if event.summary_event]
    return dict(sorted((OpType(op).value, count) for op, count in counts[-1].items())) if counts else {}

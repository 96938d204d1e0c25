"""A stack's recorded state, as `pulumi stack export` gives it: what is in use."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Recorded:
    """One resource. Secrets are as the document holds them: encrypted, or in Pulumi's own wrapping."""

    urn: str
    type: str
    id: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]

    def get(self, path: str) -> Any:
        """A property as the cloud reported it, else as it was asked for. Dots lead into objects."""
        found = value_at(self.outputs, path)
        return value_at(self.inputs, path) if found is None else found


class RecordedState:
    """All resources that a stack records, and what they refer to."""

    def __init__(self, resources: Iterable[Recorded]) -> None:
        self._by_urn = {each.urn: each for each in resources}
        self._by_type: dict[str, list[Recorded]] = {}
        self._by_reference: dict[tuple[str, str], Recorded] = {}
        for each in self._by_urn.values():
            self._by_type.setdefault(each.type, []).append(each)
            for reference in _references(each):
                self._by_reference.setdefault((each.type, reference), each)

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "RecordedState":
        """From what `pulumi stack export` writes. What is only waiting to be deleted, or only read, is left out."""
        deployment = document.get("deployment") or {}
        return cls(
            Recorded(each["urn"], each["type"], each.get("id", ""), each.get("inputs", {}), each.get("outputs", {}))
            for each in deployment.get("resources") or ()
            if each.get("custom") and not each.get("delete") and not each.get("external")
        )

    def __iter__(self) -> Iterator[Recorded]:
        return iter(self._by_urn.values())

    def at(self, urn: str) -> Recorded | None:
        return self._by_urn.get(urn)

    def of_type(self, kind: str) -> list[Recorded]:
        return self._by_type.get(kind, [])

    def find(self, kind: str, reference: Any) -> Recorded | None:
        """What a property refers to by id, name or link. None where that is not of this stack."""
        return self._by_reference.get((kind, _canonical(reference))) if isinstance(reference, str) else None


def value_at(value: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _references(resource: Recorded) -> set[str]:
    """What others may call it by. Google's clouds take an id, a link or a bare name; Azure's take ids and names."""
    names = (resource.id, *(resource.get(key) for key in ("id", "selfLink", "name")))
    return {_canonical(each) for each in names if isinstance(each, str) and each}


def _canonical(reference: str) -> str:
    """Google writes one link as a path and as a URL; Azure's ids differ in case from call to call."""
    start = reference.find("/projects/")
    return reference[start + 1 if start >= 0 else 0 :].lower()

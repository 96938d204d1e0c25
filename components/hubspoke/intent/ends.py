"""What the ends of flows stand for: a spoke, on-ramp or site by itself, or all of a segment's."""

from hubspoke.intent.model import Site, Wan
from hubspoke.intent.parts import members


class Ends:
    """The networks and sites behind each name that a flow may give."""

    def __init__(self, wan: Wan) -> None:
        self._parts = members(wan)
        self.segment_of = {key: part.segment for key, part in self._parts.items()}
        self._members: dict[str, list[str]] = {key: [] for key in wan.segments}
        for key in sorted(self.segment_of):
            self._members.setdefault(self.segment_of[key], []).append(key)
        self._sizes = {key: sum(map(self._prefixes, found)) for key, found in self._members.items()}

    def __contains__(self, name: str) -> bool:
        return name in self.segment_of or name in self._members

    def members(self, name: str) -> list[str]:
        """The networks and sites behind a name, sorted."""
        return [name] if name in self.segment_of else self._members[name]

    def networks(self, name: str) -> list[str]:
        """The spokes and on-ramps behind a name, which have filters of their own."""
        return [member for member in self.members(name) if not isinstance(self._parts[member], Site)]

    def segment(self, name: str) -> str:
        """The segment that a name is in, or is."""
        return self.segment_of.get(name, name)

    def size(self, name: str) -> int:
        """How many prefixes are behind a name."""
        return self._prefixes(name) if name in self.segment_of else self._sizes[name]

    def includes(self, name: str, member: str) -> bool:
        return member == name or self.segment_of[member] == name

    def _prefixes(self, member: str) -> int:
        part = self._parts[member]
        return len(part.prefixes) if isinstance(part, Site) else 1

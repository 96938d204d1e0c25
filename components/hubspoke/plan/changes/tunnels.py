"""The tunnels in use: the clouds' ends joined with Cloudflare's, so that a tunnel changed at both ends counts once."""

from collections.abc import Iterable

from hubspoke.plan.changes import types
from hubspoke.plan.changes.ends import End, ends
from hubspoke.plan.changes.model import Touch, Tunnel
from hubspoke.plan.changes.recorded import Recorded, RecordedState

# Tunnels whose other end is not of this stack: of which hub they are cannot be told, so they count together.
ELSEWHERE = "hubs of other stacks"

# Which ends of a carrier a touch means, by slot.
_SLOTS = {Touch.FIRST: "1", Touch.SECOND: "2"}


class Tunnels:
    """All tunnels of a recorded state."""

    def __init__(self, state: RecordedState) -> None:
        self._ends = ends(state)
        self._at_cloudflare: dict[str, Tunnel] = {}
        names = self._join(state.of_type(types.CLOUDFLARE_TUNNEL))
        self._of_end = {end.key: _tunnels(end, names.get(end.key, [])) for end in self._ends}
        self.by_hub: dict[str, tuple[Tunnel, ...]] = {}
        for tunnel in [*(t for own in self._of_end.values() for t in own), *self._at_cloudflare.values()]:
            known = self.by_hub.get(tunnel.hub, ())
            self.by_hub[tunnel.hub] = known if tunnel in known else (*known, tunnel)

    def touched(self, urn: str, touch: Touch, index: str = "") -> tuple[Tunnel, ...]:
        """The tunnels that a change to a resource interrupts. `index` is the member that `Touch.MEMBER` means."""
        if touch is Touch.NONE:
            return ()
        if own := self._at_cloudflare.get(urn):
            return (own,)
        slot = _SLOTS.get(touch, index if touch is Touch.MEMBER else "")
        found = [end for end in self._ends if urn in end.carriers and (not slot or end.slot == slot)]
        return tuple(tunnel for end in found for tunnel in self._of_end[end.key])

    def carried(self, urn: str) -> tuple[Tunnel, ...]:
        """The tunnels that end with a resource when it is deleted: its own, not those it only has a part in."""
        if own := self._at_cloudflare.get(urn):
            return (own,)
        return tuple(tunnel for end in self._ends if end.owner == urn for tunnel in self._of_end[end.key])

    def _join(self, at_cloudflare: Iterable[Recorded]) -> dict[str, list[str]]:
        """The names of Cloudflare's tunnels by end."""
        names: dict[str, list[str]] = {}
        for each in at_cloudflare:
            end = self._end_of(each)
            hub, unit = (end.hub, end.key) if end else (ELSEWHERE, each.urn)
            self._at_cloudflare[each.urn] = Tunnel(each.name, hub, unit)
            if end:
                names.setdefault(end.key, []).append(each.name)
        return names

    def _end_of(self, tunnel: Recorded) -> End | None:
        outside, endpoint = tunnel.get("customerEndpoint"), tunnel.get("cloudflareEndpoint")
        fitting = (end for end in self._ends if outside in end.outside and end.endpoint in (None, endpoint))
        return next(fitting, None)


def _tunnels(end: End, names: list[str]) -> tuple[Tunnel, ...]:
    """An end's tunnels, named as at Cloudflare where they are there, else after the resource."""
    count = max(1, len(end.outside))
    own = f"{end.owner.rsplit('::', 1)[-1]}{f' {end.slot}' if end.slot else ''}"
    spare = [own if count == 1 else f"{own} ({address})" for address in end.outside or (own,)]
    return tuple(Tunnel(name, end.hub, end.key) for name in [*sorted(names), *spare[len(names) :]])

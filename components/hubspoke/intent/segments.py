"""Which segments exchange routes."""

from collections.abc import Mapping

from hubspoke.intent.model import Segment

ONRAMP = "onramp"  # key of a hub's route table for traffic from Cloudflare; no segment may have this key


def reachable(segments: Mapping[str, Segment]) -> dict[str, frozenset[str]]:
    """Per segment, those it exchanges routes with: itself, those it names, and those that name it. Not transitive."""
    reach = {key: {key} for key in segments}
    for key, segment in segments.items():
        for other in segment.reaches:
            if other in reach:
                reach[key].add(other)
                reach[other].add(key)
    return {key: frozenset(others) for key, others in reach.items()}

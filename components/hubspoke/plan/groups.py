"""The groups of a Google hub that its segments' networks are in, and who sees whom."""

from hubspoke.plan.model import HubPlan


def group_of(hub: HubPlan, segment: str) -> str:
    """The group that a segment's networks are in: of a star, the centre or the edge ("Preset topologies", 2026-08)."""
    if hub.topology == "mesh":
        return "default"
    return "center" if segment in hub.center else "edge"

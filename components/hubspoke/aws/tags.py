"""Tags: how people, policies and drift detection know what the WAN made."""

from collections.abc import Mapping


def tagged(tags: Mapping[str, str], component: str, name: str) -> dict[str, str]:
    """The tags of one resource: the WAN's own, its readable name, and the component it belongs to."""
    return {**tags, "Name": name, "hubspoke:component": component}

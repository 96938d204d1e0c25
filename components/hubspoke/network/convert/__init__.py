"""From resources to the network that they make, cloud by cloud."""

from collections.abc import Callable, Iterable

from hubspoke.network.changed import Changed, unchanged
from hubspoke.network.convert.aws import convert_aws
from hubspoke.network.convert.azure import convert_azure
from hubspoke.network.convert.cloudflare import convert_cloudflare, name_tunnels
from hubspoke.network.convert.gcp import convert_gcp
from hubspoke.network.convert.made import Made
from hubspoke.network.convert.strange import report_strange
from hubspoke.network.model import Network
from hubspoke.network.snapshot import Snapshot

CONVERTERS: Iterable[Callable[[Made, Snapshot], None]] = (
    name_tunnels,
    convert_aws,
    convert_azure,
    convert_gcp,
    convert_cloudflare,
    report_strange,
)


def actual(snapshot: Snapshot, context: Network | None = None) -> Network:
    """The network that resources make. `context` is what is known of the rest: as planned, without these stacks.

    What is not understood becomes a finding, and what is not known yet an `Unknown`.
    """
    return changed(snapshot, unchanged(context or Network())).network


def changed(snapshot: Snapshot, context: Changed) -> Changed:
    """The same, as what is other than in the network that the context comes from."""
    made = Made(context)
    for convert in CONVERTERS:
        convert(made, snapshot)
    return made.changed()


__all__ = ["actual", "changed"]

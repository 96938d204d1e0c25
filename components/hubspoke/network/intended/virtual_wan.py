"""What a hub of an Azure virtual WAN tells the others of what its VPN gateway learned.

It tells its best routes ("About virtual hub routing preference", 2022), into the tables that the gateway's connection
propagates to ("About virtual hub routing", 2024-12), with "65520-65520" before their path (azure-rest-api-specs,
EffectiveRouteMapRoutesList, 2025). The default route stays on its hub. What came over another hub is not told on: hubs
are a full mesh, and a path with 65520 in it has crossed it once.

What arrives from another hub is looked up in the default table, as far as is known. No page says so where a connection
propagates to other tables alone: where its hub's default table does not have the way, it is in doubt.
"""

from collections.abc import Iterable

from hubspoke.network.intended import names
from hubspoke.network.model import PrefixFilter, Session, Speaker
from hubspoke.plan.model import ONRAMP

ASN, PREPEND = 65520, 1  # 65520-65520
BEYOND_DEFAULT = PrefixFilter("allow", ("0.0.0.0/1", "128.0.0.0/1"))  # all but 0.0.0.0/0 itself
DOUBT = "Azure does not say which table a hub looks up for another one, and its default table does not have the way"


def exchange(link: str, teller: str, told: Iterable[str], listener: str, learns: Iterable[str], origin: str) -> Session:
    """Over the link between two hubs. `told` are the tables that the teller's gateway teaches at its own hub."""
    taught = sorted(told)
    doubt = "" if names.table(teller, ONRAMP) in taught else DOUBT
    speakers = (
        Speaker(teller, ASN, announces=tuple(taught[:1]), exports=BEYOND_DEFAULT, prepend=PREPEND, relays=True),
        Speaker(listener, ASN, learns=tuple(sorted(learns)), remote=True, doubt=doubt),
    )
    return Session(f"exchange {link} to {listener}", link, speakers, origin)

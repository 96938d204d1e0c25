"""Names of a network's parts, made from the Plan's keys: the same for what is planned and for what is there."""

CLOUDFLARE = "cloudflare"  # router and table in the middle
FIREWALL = "cloudflare firewall"


def hub(key: str) -> str:
    """Router of a hub."""
    return f"hub {key}"


def spoke(key: str) -> str:
    """Router of a spoke's network."""
    return f"spoke {key}"


def onramp(key: str) -> str:
    """Router of a single network with a gateway of its own."""
    return f"onramp {key}"


def table(router: str, key: str) -> str:
    """A router's table."""
    return f"{router}/{key}"


def peered(router: str) -> str:
    """The table of a Google hub that is peered with its networks: the routes that it exports to them."""
    return table(router, "peered")


def attachment(spoke_key: str) -> str:
    """The link between a spoke and its hub."""
    return f"attachment {spoke_key}"


def tunnel(key: str) -> str:
    """The link to Cloudflare by the tunnel's key; what takes it down alone has the same name."""
    return f"tunnel {key}"


def endpoint(key: str) -> str:
    """A Cloudflare endpoint, as what may fail."""
    return f"endpoint {key}"


def gateway(owner: str, slot: str) -> str:
    """One instance or interface of a gateway, as what may fail."""
    return f"gateway {owner}/{slot}"


def peering(key: str) -> str:
    """The link of a native join between two hubs."""
    return f"peering {key}"


def inbound(router: str) -> str:
    """The filter of what comes into a network."""
    return f"{router} in"


def outbound(router: str) -> str:
    """The filter of what leaves it."""
    return f"{router} out"

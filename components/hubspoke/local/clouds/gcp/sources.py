"""Where the facts about Google Cloud are from, written once, and the tokens of its types."""

from ..table import Source

PROVIDER_DATE = "2026-08-21"  # of the provider's source that was read


def provider(file: str) -> Source:
    return Source(f"terraform-provider-google, google/services/{file}", PROVIDER_DATE)


def compute(resource: str) -> Source:
    return provider(f"compute/resource_compute_{resource}.go")


def connectivity(resource: str) -> Source:
    return provider(f"networkconnectivity/resource_network_connectivity_{resource}.go")


def api(resource: str) -> Source:
    return Source(f"Compute Engine API, {resource}")


def ncc(page: str) -> Source:
    return Source(f"Network Connectivity Center documentation, {page}")


# What keeps a thing from being deleted, in the words that users were told.
IN_USE = Source(
    "GitHub, terraform-google-modules/terraform-google-vpn #23; hashicorp/terraform-provider-google #9812", "2026-11"
)
ERRORS = Source("Compute Engine API, error messages; terraform-provider-google issues")

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
NETWORK_PEERING = "gcp:compute/networkPeering:NetworkPeering"
ROUTE = "gcp:compute/route:Route"
ROUTER = "gcp:compute/router:Router"
ROUTER_INTERFACE = "gcp:compute/routerInterface:RouterInterface"
ROUTER_PEER = "gcp:compute/routerPeer:RouterPeer"
HA_VPN_GATEWAY = "gcp:compute/haVpnGateway:HaVpnGateway"
EXTERNAL_VPN_GATEWAY = "gcp:compute/externalVpnGateway:ExternalVpnGateway"
CLASSIC_VPN_GATEWAY = "gcp:compute/vPNGateway:VPNGateway"
VPN_TUNNEL = "gcp:compute/vPNTunnel:VPNTunnel"
ADDRESS = "gcp:compute/address:Address"
FORWARDING_RULE = "gcp:compute/forwardingRule:ForwardingRule"
FIREWALL_POLICY = "gcp:compute/networkFirewallPolicy:NetworkFirewallPolicy"
FIREWALL_POLICY_RULE = "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule"
FIREWALL_POLICY_ASSOCIATION = "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation"
FIREWALL = "gcp:compute/firewall:Firewall"
HUB = "gcp:networkconnectivity/hub:Hub"
GROUP = "gcp:networkconnectivity/group:Group"
SPOKE = "gcp:networkconnectivity/spoke:Spoke"

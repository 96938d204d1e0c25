"""All rules, in the order in which documentation and reports list them."""

from pulumi_policy import Policy

from rules import (
    change_while_in_use,
    cloud_limits,
    flows_carried,
    network_as_intended,
    no_null_cipher,
    no_open_ingress,
    protect_gateways,
    redundant_tunnels,
    required_tags,
    segments_isolated,
    strong_ipsec,
    survives_single_failure,
    transit_gateway_no_defaults,
    tunnel_health_checks,
    tunnel_inside_addresses,
    vpc_flow_logs,
)

POLICIES: list[Policy] = [
    change_while_in_use.POLICY,
    cloud_limits.POLICY,
    transit_gateway_no_defaults.POLICY,
    strong_ipsec.POLICY,
    no_null_cipher.POLICY,
    tunnel_inside_addresses.POLICY,
    tunnel_health_checks.POLICY,
    redundant_tunnels.POLICY,
    no_open_ingress.POLICY,
    vpc_flow_logs.POLICY,
    required_tags.POLICY,
    protect_gateways.POLICY,
    flows_carried.POLICY,
    segments_isolated.POLICY,
    survives_single_failure.POLICY,
    network_as_intended.POLICY,
]

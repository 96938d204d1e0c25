"""What is asked about: one packet, or all that differ in their port alone."""

from dataclasses import dataclass

from hubspoke.network.model import ALL_PORTS, Ports, Protocol


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. `ports` is a range where any port of it is meant."""

    source: str
    destination: str
    protocol: Protocol = "any"
    ports: Ports = ALL_PORTS

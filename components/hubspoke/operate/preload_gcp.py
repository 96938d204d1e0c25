"""What every worker of a WAN with Google Cloud in it finds imported, as `preload` has it for all."""

import gc

import pulumi_gcp

import hubspoke.compose.gcp
import hubspoke.gcp.hub
import hubspoke.gcp.onramp
import hubspoke.gcp.spoke
from hubspoke.operate.preload import loaded, simulated

LOADED = [*loaded(pulumi_gcp, "compute", "networkconnectivity"), *simulated("gcp"), hubspoke]

gc.freeze()

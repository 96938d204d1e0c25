"""What workers find imported that run programs with Google Cloud in them, as `preload_programs` has it for all."""

import gc

import pulumi_gcp

import hubspoke.compose.gcp
import hubspoke.gcp.hub
import hubspoke.gcp.onramp
import hubspoke.gcp.spoke
from hubspoke.operate.preload_programs import loaded

LOADED = [*loaded(pulumi_gcp, "compute", "networkconnectivity"), hubspoke]

gc.freeze()

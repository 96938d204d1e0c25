"""What every worker of a WAN with Google Cloud in it finds imported, as `preload` has it for all."""

import gc

import pulumi_gcp

import hubspoke.gcp.hub
import hubspoke.gcp.onramp
import hubspoke.gcp.spoke

_GCP = ("compute", "networkconnectivity")
LOADED = [getattr(getattr(pulumi_gcp, name), "_utilities", None) for name in _GCP]
LOADED += [hubspoke]

gc.freeze()

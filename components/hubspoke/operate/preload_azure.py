"""What every worker of a WAN with Azure in it finds imported, as `preload` has it for all."""

import gc

import pulumi_azure_native

import hubspoke.azure.hub
import hubspoke.azure.onramp
import hubspoke.azure.spoke
import hubspoke.azure.wan

_AZURE = ("network", "resources", "storage")
LOADED = [getattr(getattr(pulumi_azure_native, name), "_utilities", None) for name in _AZURE]
LOADED += [hubspoke]

gc.freeze()

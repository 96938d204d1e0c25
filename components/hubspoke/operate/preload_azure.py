"""What every worker of a WAN with Azure in it finds imported, as `preload` has it for all."""

import gc

import pulumi_azure_native

import hubspoke.azure.hub
import hubspoke.azure.onramp
import hubspoke.azure.spoke
import hubspoke.azure.wan
import hubspoke.compose.azure
from hubspoke.operate.preload import loaded, simulated

LOADED = [*loaded(pulumi_azure_native, "network", "resources", "storage"), *simulated("azure-native"), hubspoke]

gc.freeze()

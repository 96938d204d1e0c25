"""What workers find imported that run programs with Azure in them, as `preload_programs` has it for all."""

import gc

import pulumi_azure_native

import hubspoke.azure.hub
import hubspoke.azure.onramp
import hubspoke.azure.spoke
import hubspoke.azure.wan
import hubspoke.compose.azure
from hubspoke.operate.preload_programs import loaded

LOADED = [*loaded(pulumi_azure_native, "network", "resources", "storage"), hubspoke]

gc.freeze()

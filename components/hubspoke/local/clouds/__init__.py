"""The simulated clouds: what an engine, a test or a plugin asks for a provider."""

import time
from pathlib import Path

from .clock import Clock
from .packages import SIMULATED, STORED
from .packages import package as stored
from .protocol import Provider, ProviderFactory, UnknownPackage
from .provider import SimulatedProvider
from .random import RandomProvider
from .retrying import Retrying
from .store import Cloud

__all__ = ["simulated_provider_factory"]


def simulated_provider_factory(folder: Path, scale: float = 0.0, clock: Clock = time) -> ProviderFactory:
    """Providers whose things live in `<folder>/<package>.db`.

    `scale` multiplies provisioning times: 0 waits for nothing, 1 as long as the real cloud. `clock` is what is waited
    by. The factory raises UnknownPackage for a package that is not simulated.
    """
    cloud = Cloud(folder, clock)

    def provider(package: str, version: str) -> Provider:  # noqa: ARG001 - one version is simulated, that of the SDK
        if package in STORED:
            return Retrying(SimulatedProvider(stored(package), cloud.store(package), scale), clock)
        if package == "random":
            return RandomProvider()
        raise UnknownPackage(
            f"no simulated cloud answers for the package {package!r}; those at hand: {', '.join(SIMULATED)}"
        )

    return provider

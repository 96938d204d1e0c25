"""Default providers: one per package and version, registered when the first resource needs it."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future

from pulumi.runtime.proto import resource_pb2

from hubspoke.local.engine import urns
from hubspoke.local.engine.asking import Asked
from hubspoke.local.engine.config import Config
from hubspoke.local.engine.errors import Unsupported
from hubspoke.local.engine.goal import Denied, Goal
from hubspoke.local.engine.values import Properties, Secret

_INTERNAL = "__internal"


class DefaultProviders:
    def __init__(self, config: Config, register: Callable[[Goal], tuple[str, str]]) -> None:
        self._config, self._register = config, register
        self._refs: dict[tuple[str, str, str], Future[str]] = {}
        self._packages: dict[str, tuple[str, str, str]] = {}
        self._lock = threading.Lock()

    def register_package(self, request: resource_pb2.RegisterPackageRequest) -> str:
        """A reference by which registrations may name the package."""
        if request.HasField("parameterization") or request.HasField("extension"):
            raise Unsupported(f"parameterized packages ({request.name})")
        key = (request.name, request.version, request.download_url.rstrip("/"))
        ref = "/".join(key)
        self._packages[ref] = key
        return ref

    def ref(self, package: str, version: str, url: str, package_ref: str, subject: str) -> str:
        """The reference of the default provider, registered where it is not yet. Raises `Denied`."""
        key = self._packages[package_ref] if package_ref else (package, version, url.rstrip("/"))
        self._refuse_denied(key[0], subject)
        with self._lock:
            future = self._refs.get(key)
            if future is not None:
                ours = False
            else:
                future, ours = Future(), True
                self._refs[key] = future
        if ours:
            self._resolve(future, key)
        return future.result()

    def _resolve(self, future: "Future[str]", key: tuple[str, str, str]) -> None:
        try:
            future.set_result(urns.provider_ref(*self._register(self._goal(*key))))
        except BaseException as problem:
            future.set_exception(problem)

    def _goal(self, package: str, version: str, url: str) -> Goal:
        inputs: Properties = self.package_config(package)
        _describe(inputs, version, url)
        return Goal(f"{urns.PROVIDER_PREFIX}{package}", _default_name(version, url), True, inputs)

    def package_config(self, package: str) -> Properties:
        found = self._config.package(package)
        secret = self._config.secret_keys
        return {key: Secret(text) if f"{package}:{key}" in secret else text for key, text in found.items()}

    def explicit(self, properties: Properties, asked: Asked) -> Properties:
        """An explicit provider's inputs, with the version that the program's SDK has."""
        _, version, url = self._packages.get(asked.package_ref, ("", asked.version, asked.plugin_download_url))
        own = dict(properties)
        _describe(own, version, url)
        return own

    def _refuse_denied(self, package: str, subject: str) -> None:
        denied = self._config.values.get("pulumi:disable-default-providers", "")
        if package != "pulumi" and denied and ({"*", package} & set(re.findall(r"[\w*-]+", denied))):
            raise Denied(package, subject)


def _describe(inputs: Properties, version: str, url: str) -> None:
    if version:
        inputs.setdefault(_INTERNAL, {})
        inputs["version"] = version
    if url:
        inputs.setdefault(_INTERNAL, {})["pluginDownloadURL"] = url


def _default_name(version: str, url: str) -> str:
    parts = ["default", *(re.split(r"[.+-]", version) if version else ())]
    if url:
        parts.append(re.sub(r"[^A-Za-z0-9_.-]", "_", url))
    return "_".join(parts)

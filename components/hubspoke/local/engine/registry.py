"""Providers by reference, and the life of provider resources themselves."""

import threading
import uuid
from collections.abc import Mapping, Sequence

from hubspoke.local.clouds.protocol import CheckFailure, ProviderFactory, UnknownPackage
from hubspoke.local.engine import urns
from hubspoke.local.engine.builtin import BuiltinPlugin
from hubspoke.local.engine.plugins import CannotFind, Checked, CloudPlugin, Difference, Found, Made, Plugin, Refused
from hubspoke.local.engine.state import State
from hubspoke.local.engine.values import UNKNOWN, Properties, plain

_INTERNAL = "__internal"
_UNCONFIGURED = "unconfigured"
_PARAMETERIZATION = "parameterization"


def provider_config(inputs: Properties) -> Properties:
    """A provider resource's inputs without what is the engine's own."""
    return {key: value for key, value in inputs.items() if key != _INTERNAL}


class Registry:
    """Itself the plugin of provider resources: creating one configures a provider."""

    def __init__(self, factory: ProviderFactory, builtin: BuiltinPlugin) -> None:
        self._factory, self._builtin = factory, builtin
        self._plugins: dict[str, Plugin] = {}
        self._aliases: dict[str, str] = {}
        self._lock = threading.RLock()

    def get(self, ref: str) -> Plugin | None:
        return self._plugins.get(ref)

    def alias(self, urn: str, old_urn: str) -> None:
        """Resources may refer to the provider by the name that it had."""
        if urn != old_urn:
            self._aliases[urn] = old_urn

    def ensure(self, ref: str, olds: Mapping[str, State]) -> Plugin:
        """The provider of this reference, made from the recorded state where the program has not registered it."""
        with self._lock:
            plugin = self.get(ref)
            if plugin is not None:
                return plugin
            urn, id_ = urns.split_ref(ref)
            state = olds.get(urn)
            if state is None or state.id != id_:
                raise Refused(f"unknown provider '{ref}'")
            self.same(state, checked=False)
            return self._plugins[ref]

    def same(self, state: State, *, checked: bool) -> None:
        """An unchanged provider: configured anew, with what is recorded of it."""
        ref = urns.provider_ref(state.urn, state.id)
        with self._lock:
            if ref in self._plugins:
                return
            plugin = self._plugins.pop(self._pending(state.urn), None) if checked else None
            plugin = plugin or self._load(state.urn, state.inputs)
            self._configure(plugin, state.inputs)
            self._set(state.urn, state.id, plugin)

    def check(self, urn: str, olds: Properties | None, news: Properties, seed: bytes) -> Checked:  # noqa: ARG002
        if _PARAMETERIZATION in news.get(_INTERNAL, {}):
            return Checked(news, (CheckFailure("", "parameterized providers are not supported by the local engine"),))
        plugin = self._load(urn, news)
        config = provider_config(news)
        checked = plugin.check_config(config) if isinstance(plugin, CloudPlugin) else Checked({})
        self._plugins[self._pending(urn)] = plugin
        kept = {key: news[key] for key in ("version", _INTERNAL) if key in news}
        return Checked({**checked.inputs, **kept}, checked.failures)

    def diff(
        self, urn: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,  # noqa: ARG002
        ignore_changes: Sequence[str],  # noqa: ARG002
    ) -> Difference:  # fmt: skip
        plugin = self._plugins.get(self._pending(urn)) or self._plugins.get(urns.provider_ref(urn, id_))
        if plugin is None:
            raise Refused(f"provider {urn} has not been registered")
        return diff_config(plugin, old_inputs, news)

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> Made:  # noqa: ARG002
        plugin = self._plugins.pop(self._pending(urn), None) or self._load(urn, inputs)
        id_ = UNKNOWN if preview else str(uuid.uuid4())
        self._configure(plugin, inputs)
        self._set(urn, id_, plugin)
        return Made(id_, provider_config(inputs))

    def update(
        self, urn: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties, timeout: float,  # noqa: ARG002
        ignore_changes: Sequence[str], *, preview: bool,  # noqa: ARG002
    ) -> Properties:  # fmt: skip
        plugin = self._plugins.pop(self._pending(urn), None) or self._load(urn, news)
        self._configure(plugin, news)
        self._set(urn, id_, plugin)
        return provider_config(news)

    def delete(self, urn: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:  # noqa: ARG002
        self._plugins.pop(urns.provider_ref(urn, id_), None)

    def read(self, urn: str, id_: str, inputs: Properties | None, outputs: Properties | None) -> Found | None:  # noqa: ARG002
        raise Refused("provider resources may not be read")

    def invoke(self, token: str, args: Properties) -> Properties:  # noqa: ARG002
        raise Refused("provider resources have no functions")

    def find_created(self, urn: str) -> Found | None:  # noqa: ARG002
        raise CannotFind

    def _pending(self, urn: str) -> str:
        return urns.provider_ref(urn, _UNCONFIGURED)

    def _load(self, urn: str, inputs: Properties) -> Plugin:
        package = urns.provider_package(urns.type_of(urn))
        if package == "pulumi":
            return self._builtin
        try:
            return CloudPlugin(self._factory(package, str(plain(inputs.get("version", "")))))
        except UnknownPackage as problem:
            raise Refused(f"the local engine has no provider for package {package!r}: {problem}") from problem

    def _configure(self, plugin: Plugin, inputs: Properties) -> None:
        if isinstance(plugin, CloudPlugin):
            plugin.configure(provider_config(inputs))

    def _set(self, urn: str, id_: str, plugin: Plugin) -> None:
        with self._lock:
            self._plugins[urns.provider_ref(urn, id_)] = plugin
            old = self._aliases.get(urn)
            if old:
                self._plugins[urns.provider_ref(old, id_)] = plugin


def diff_config(plugin: Plugin, old_inputs: Properties, news: Properties) -> Difference:
    if not isinstance(plugin, CloudPlugin):
        return Difference(changes=False)
    return plugin.diff_config(provider_config(old_inputs), provider_config(news))

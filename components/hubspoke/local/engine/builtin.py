"""The `pulumi` package: StackReference, Stash, and the functions that SDKs call on the engine itself."""

import uuid
from collections.abc import Callable, Sequence
from typing import Protocol

from hubspoke.local.clouds.protocol import CheckFailure
from hubspoke.local.engine import urns
from hubspoke.local.engine.plugins import NO_DIFFERENCE, CannotFind, Checked, Difference, Found, Made, Refused
from hubspoke.local.engine.state import State
from hubspoke.local.engine.values import UNKNOWN, Properties, has_secrets, plain

STACK_REFERENCE = "pulumi:pulumi:StackReference"
STASH = "pulumi:index:Stash"
_INPUT = {STACK_REFERENCE: "name", STASH: "input"}


class StackReader(Protocol):
    """Raises `Refused` where a stack is not there or may not be read."""

    def stack_outputs(self, reference: str) -> Properties: ...
    def stack_resource_outputs(self, reference: str) -> Properties: ...


class BuiltinPlugin:
    def __init__(self, stacks: StackReader, find: Callable[[str], State | None]) -> None:
        self._stacks, self._find = stacks, find

    def check(self, urn: str, olds: Properties | None, news: Properties, seed: bytes) -> Checked:  # noqa: ARG002
        wanted = self._input(urn)
        unknown = [CheckFailure(key, f'unknown property "{key}"') for key in news if key != wanted]
        if unknown:
            return Checked(news, tuple(unknown))
        if wanted not in news:
            return Checked(news, (CheckFailure(wanted, f'missing required property "{wanted}"'),))
        return Checked(news)

    def diff(
        self, urn: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,  # noqa: ARG002
        ignore_changes: Sequence[str],  # noqa: ARG002
    ) -> Difference:  # fmt: skip
        key = self._input(urn)
        if news.get(key) == old_inputs.get(key):
            return NO_DIFFERENCE
        if urns.type_of(urn) == STACK_REFERENCE:
            return Difference(changes=True, replaces=(key,))
        return Difference(changes=True, changed=(key,))

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> Made:  # noqa: ARG002
        id_ = "" if preview else str(uuid.uuid4())
        if self._input(urn) == "name":
            return Made(id_, self._reference(inputs))
        return Made(id_, {"input": inputs["input"], "output": inputs["input"]})

    def read(self, urn: str, id_: str, inputs: Properties | None, outputs: Properties | None) -> Found | None:
        if not inputs:
            raise Refused(f"{urns.type_of(urn)} can not be imported")
        if self._input(urn) == "name":
            return Found(id_, inputs, self._reference(outputs or inputs))
        return Found(id_, inputs, outputs or {})

    def update(
        self, urn: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties, timeout: float,  # noqa: ARG002
        ignore_changes: Sequence[str], *, preview: bool,  # noqa: ARG002
    ) -> Properties:  # fmt: skip
        return {"input": news["input"], "output": old_outputs["output"]}

    def delete(self, urn: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        """Nothing exists outside of the state."""

    def invoke(self, token: str, args: Properties) -> Properties:
        if token == "pulumi:pulumi:readStackOutputs":
            return self._reference(args)
        if token == "pulumi:pulumi:readStackResourceOutputs":
            name = args["stackName"]
            return {"name": name, "outputs": self._stacks.stack_resource_outputs(plain(name))}
        if token == "pulumi:pulumi:getResource":
            return self._resource(plain(args["urn"]))
        raise Refused(f"unrecognized function name: '{token}'")

    def find_created(self, urn: str) -> Found | None:  # noqa: ARG002
        raise CannotFind

    def _input(self, urn: str) -> str:
        type_ = urns.type_of(urn)
        if type_ not in _INPUT:
            raise Refused(f"unrecognized resource type '{type_}'")
        return _INPUT[type_]

    def _reference(self, inputs: Properties) -> Properties:
        name = inputs["name"]
        if plain(name) == UNKNOWN:
            return {"name": name, "outputs": UNKNOWN, "secretOutputNames": UNKNOWN}
        outputs = self._stacks.stack_outputs(plain(name))
        secret = sorted(key for key, value in outputs.items() if has_secrets(value))
        return {"name": name, "outputs": outputs, "secretOutputNames": secret}

    def _resource(self, urn: str) -> Properties:
        state = self._find(urn)
        if state is None:
            raise Refused(f"unknown resource {urn}")
        return {"urn": urn, "id": state.id, "provider": state.provider, "state": state.outputs}

# ruff: noqa: ARG002 - a protocol's methods take what others of its implementations need
"""The random package: nothing is stored, the state is the record, and the values are really random."""

from typing import Any

from ...wire import UNKNOWN
from ..check import check_properties
from ..diff import diff_properties, same_value
from ..installed import UnknownType, sdk_version
from ..protocol import CheckFailure, CheckResult, CloudError, Created, DiffResult, Properties, ReadState
from ..schema import resource_schema
from .generate import Generator, generators


class RandomProvider:
    """Values from the operating system's source of randomness, made once and kept in the state."""

    package = "random"
    prompt = True  # nobody waits for it

    def __init__(self) -> None:
        self.version = sdk_version(self.package)

    def check_config(self, inputs: Properties) -> CheckResult:
        return CheckResult(inputs)

    def diff_config(self, old: Properties, new: Properties) -> DiffResult:
        return diff_properties(old, new)

    def configure(self, inputs: Properties) -> None:
        """There is nothing to configure."""

    def check(self, urn: str, type_: str, olds: Properties | None, news: Properties, seed: bytes) -> CheckResult:
        try:
            schema = resource_schema(type_)
        except UnknownType as error:
            return CheckResult(news, (CheckFailure("", str(error)),))
        name = urn.rsplit("::", 1)[-1]
        inputs, failures = check_properties(name, schema.inputs, news)
        problems = _generator(type_).problems(inputs)
        return CheckResult(
            inputs, failures + tuple(CheckFailure("", f"{p}. Examine values at '{name}'.") for p in problems)
        )

    def diff(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        ignore_changes: tuple[str, ...],
    ) -> DiffResult:  # fmt: skip
        """Any change makes a new value, as every property is immutable."""
        usual = _generator(type_).defaults
        old = {name: v for name, v in old_inputs.items() if not same_value(usual.get(name), v)}
        new = {name: v for name, v in news.items() if not same_value(usual.get(name), v)}
        return diff_properties(old, new, immutable=set(resource_schema(type_).inputs), ignore_changes=ignore_changes)

    def create(self, urn: str, type_: str, news: Properties, *, preview: bool, timeout: float) -> Created:
        generator = _generator(type_)
        known = {**generator.defaults, **news}
        if preview:
            outputs = resource_schema(type_).outputs
            return Created("", {**{n: UNKNOWN for n, out in outputs.items() if out.always}, **known})
        id_, made = generator.make(known)
        return Created(id_, {**known, **made, "id": id_})

    def read(
        self, urn: str, type_: str, id_: str, inputs: Properties | None, outputs: Properties | None
    ) -> ReadState | None:
        """The state itself; an id alone is imported where it says everything."""
        if outputs:
            return ReadState(id_, inputs or {}, outputs)
        adopt = _generator(type_).adopt
        if adopt is None:
            raise CloudError(
                "ImportUnsupported", f"a {type_} cannot be read from its id: the value is kept in the state only"
            )
        found = adopt(id_)
        return ReadState(id_, found[0], {**found[0], **found[1], "id": id_})

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        *, preview: bool, timeout: float, ignore_changes: tuple[str, ...],
    ) -> Properties:  # fmt: skip
        """Only what differs from a default in nothing but being written down can come here."""
        return {**old_outputs, **news}

    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        """There is nothing to delete but the state."""

    def invoke(self, token: str, args: Properties) -> Properties:
        raise CloudError("Unimplemented", f"the random package has no functions, and so no {token}")

    def find_created(self, urn: str, type_: str) -> ReadState | None:
        """Nothing: a value that no state holds was never made."""
        return None


def _generator(type_: str) -> Generator:
    found: Any = generators().get(type_)
    if found is None:
        raise CloudError("Unimplemented", f"{type_} is not simulated; these are: {', '.join(sorted(generators()))}")
    return found  # type: ignore[no-any-return]

"""Components made through the plugin, in the words of other languages."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
from hubspoke.local.engine.values import Output

from tests.components.conftest import described, label
from tests.hosting.host import Hosted, hosted

if TYPE_CHECKING:
    from tests.conftest import World

GOLDEN = Path(__file__).parents[1] / "components" / "golden"
_HANDED_OUT = re.compile(r"24[01](\.\d+){3}")


def camel(value: Any) -> Any:
    """Arguments in the words of other languages."""
    if isinstance(value, dict):
        return {_camel(key): camel(each) for key, each in value.items()}
    return [camel(each) for each in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


async def _reference(provider: pulumi.ProviderResource) -> str:
    return f"{await provider.urn.future()}::{await provider.id.future() or ''}"


async def make(
    host: Hosted,
    component: str,
    name: str,
    inputs: Mapping[str, Any],
    providers: Sequence[pulumi.ProviderResource],
    after: Sequence[str] = (),
) -> tuple[str, dict[str, Output]]:
    references = {provider.package: await _reference(provider) for provider in providers}
    call = partial(host.construct, component, name, inputs, references, after)
    return await asyncio.get_running_loop().run_in_executor(None, call)


Work = Callable[[Hosted], Awaitable[object]]


def run(world: "World", work: Work) -> dict[str, Any]:
    world.up("lab", _program(work))
    return described(world.resources("lab"))


def preview(world: "World", work: Work) -> set[str]:
    """What a first preview says it would make, by type and name: no id of a resource is known yet."""
    before = world.held()
    planned = world.run("preview", "lab", program=_program(work))
    assert set(planned.changed.values()) == {"create"}
    assert world.held() == before
    return labels(planned.changed)


def labels(urns: Iterable[str]) -> set[str]:
    return {label(urn) for urn in urns if "pulumi:pulumi" not in urn}


def _program(work: Work) -> Callable[[], Awaitable[None]]:
    async def program() -> None:
        with hosted() as host:
            await work(host)

    return program


def kept(name: str) -> dict[str, Any]:
    """What the same component makes in a Python program."""
    found: dict[str, Any] = json.loads((GOLDEN / name).read_text())
    return found


def part(made: dict[str, Any], component: str) -> dict[str, Any]:
    """One component and what is in it. Aside: what the component as a whole waits for, which the program decides."""
    inside = {component}
    while more := {key for key, child in made.items() if child.get("parent") in inside} - inside:
        inside |= more
    return _numbered({key: made[key] for key in sorted(inside - {component})})


def _numbered(children: dict[str, Any]) -> dict[str, Any]:
    """With the addresses that a simulated cloud hands out one after the other numbered as they occur."""
    numbers: dict[str, int] = {}
    numbered = _HANDED_OUT.sub(
        lambda found: f"<address {numbers.setdefault(found[0], len(numbers))}>", json.dumps(children, sort_keys=True)
    )
    found: dict[str, Any] = json.loads(numbered)
    return found


def renamed(golden: dict[str, Any], provider: str, to: str) -> Any:
    """A golden file's part with another provider's name, where other languages give arguments in its place."""
    return json.loads(json.dumps(golden).replace(f'"provider": "{provider}"', f'"provider": "{to}"'))

"""A program on the engine: what it registers comes to a monitor of its own.

Of the engine only this loads the SDK's side of a program, so that a run without one starts sooner.
"""

from typing import TYPE_CHECKING

from hubspoke.local.engine.defaults import DefaultProviders
from hubspoke.local.engine.goal import Goal
from hubspoke.local.engine.hooks import Callbacks, Hooks
from hubspoke.local.engine.monitor import Monitor, Operation
from hubspoke.local.engine.program import Surroundings, run_program
from hubspoke.local.engine.project import Program
from hubspoke.local.engine.registering import Registrar
from hubspoke.local.engine.service import EngineService

if TYPE_CHECKING:
    from hubspoke.local.engine.run import Setting


def host(program: Program | None, operation: Operation, setting: "Setting", callbacks: Callbacks, hooks: Hooks) -> None:
    """Runs the program, or the project's own where it is None, to its end. Raises as `run_program` does."""

    def register_default(goal: Goal) -> tuple[str, str]:
        state, _ = monitor.register(goal)
        return state.urn, state.id

    defaults = DefaultProviders(setting.config, register_default)
    registrar = Registrar(str(setting.project.root), defaults, callbacks)
    monitor = Monitor(operation, registrar, defaults, callbacks, hooks)
    options, events = setting.options, setting.events
    around = Surroundings(
        setting.project, setting.stack, setting.config, options.dry_run, options.parallel, monitor,
        EngineService(events), events.diagnostic,
    )  # fmt: skip
    run_program(program, around)

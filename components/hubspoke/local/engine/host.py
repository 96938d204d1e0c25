"""A program on the engine: what it registers comes to a monitor of its own.

Of the engine only this loads the SDK's side of a program, so that a run without one starts sooner.
"""

from contextlib import closing
from typing import TYPE_CHECKING

from pulumi.runtime.proto import resource_pb2

from hubspoke.local.engine.backend import ORGANIZATION
from hubspoke.local.engine.callbacks import Callbacks
from hubspoke.local.engine.defaults import DefaultProviders
from hubspoke.local.engine.goal import Goal
from hubspoke.local.engine.hooks import Hooks
from hubspoke.local.engine.monitor import Monitor, Operation
from hubspoke.local.engine.program import Surroundings, run_program
from hubspoke.local.engine.project import Program
from hubspoke.local.engine.registering import Registrar
from hubspoke.local.engine.service import EngineService

if TYPE_CHECKING:
    from hubspoke.local.engine.run import Setting


def host(program: Program | None, operation: Operation, setting: "Setting", hooks: Hooks) -> None:
    """Runs the program, or the project's own where it is None, to its end. Raises as `run_program` does."""

    def register_default(goal: Goal) -> tuple[str, str]:
        state, _ = monitor.register(goal)
        return state.urn, state.id

    defaults = DefaultProviders(setting.config, register_default)
    with closing(Callbacks()) as callbacks:
        registrar = Registrar(str(setting.project.root), defaults, callbacks)
        monitor = Monitor(operation, registrar, defaults, callbacks, hooks, _info(setting))
        run_program(program, _around(setting, monitor))


def _around(setting: "Setting", monitor: Monitor) -> Surroundings:
    options, events = setting.options, setting.events
    return Surroundings(
        setting.project, setting.stack, setting.config, options.dry_run, options.parallel, monitor,
        EngineService(events), events.diagnostic, events.in_listener,
    )  # fmt: skip


def _info(setting: "Setting") -> resource_pb2.DeploymentInfo:
    """What a program may ask of the run that it is part of."""
    options, config = setting.options, setting.config
    return resource_pb2.DeploymentInfo(
        project=setting.project.name, stack=setting.stack, organization=ORGANIZATION, config=dict(config.values),
        configSecretKeys=sorted(config.secret_keys), dryRun=options.dry_run, parallel=options.parallel,
    )  # fmt: skip

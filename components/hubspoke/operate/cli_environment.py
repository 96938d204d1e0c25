"""What the Pulumi CLI is run with, so that it goes on where the local engine stopped.

Without HUBSPOKE_SIM the environment is the user's own: backend, login, credentials. With it the stacks are simulated,
and their state is where the local engine keeps it, unless PULUMI_BACKEND_URL says otherwise.
"""

import os
import shutil
import sys

from hubspoke.local.plugins.installing import Standing, pulumi_home, simulated_plugins
from hubspoke.local.plugins.serving import FOLDER
from hubspoke.operate.errors import UsageError
from hubspoke.operate.project import Paths, passphrase


def cli_environment(paths: Paths) -> dict[str, str]:
    """The environment of `pulumi`.

    Raises UsageError where simulated clouds are wanted and real providers would answer.
    """
    own = {"PULUMI_PYTHON_CMD": sys.executable}  # what runs hubspoke has what the program needs
    if not os.environ.get(FOLDER):
        return {**own, **os.environ}
    _refuse_real_providers()
    paths.prepare()
    return {**own, **_local_state(paths), **os.environ, FOLDER: str(paths.clouds.resolve())}


def _local_state(paths: Paths) -> dict[str, str]:
    """The local engine's own backend and passphrase, which the user's environment may replace."""
    state = {"PULUMI_BACKEND_URL": paths.state.as_uri()}
    return state if "PULUMI_CONFIG_PASSPHRASE_FILE" in os.environ else {
        **state,
        "PULUMI_CONFIG_PASSPHRASE": passphrase(paths),
    }  # fmt: skip


def _refuse_real_providers() -> None:
    for plugin in simulated_plugins(pulumi_home()):
        ambient = None if os.environ.get("PULUMI_IGNORE_AMBIENT_PLUGINS") else shutil.which(plugin.executable.name)
        if ambient:
            raise UsageError(
                f"{FOLDER} is set, but the CLI would use {ambient}, which is first on PATH: "
                "set PULUMI_IGNORE_AMBIENT_PLUGINS=1, or take it off PATH"
            )
        if plugin.standing() is not Standing.OURS:
            raise UsageError(
                f"{FOLDER} is set, but {plugin.folder} is not the simulated {plugin.package} ({plugin.standing()}): "
                f"run `hubspoke sim install`, or unset {FOLDER} to work on real clouds"
            )

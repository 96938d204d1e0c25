"""A project, its state, its passphrase and its clouds: what all its stacks share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hubspoke.local.clouds.protocol import ProviderFactory
from hubspoke.local.engine.backend import ORGANIZATION, Backend
from hubspoke.local.engine.checkpoint import Deployment, deployment_from_json
from hubspoke.local.engine.errors import StackNotFound
from hubspoke.local.engine.journal import Replay, replay
from hubspoke.local.engine.plugins import Refused
from hubspoke.local.engine.project import Project
from hubspoke.local.engine.secrets import Crypter
from hubspoke.local.engine.urns import STACK_TYPE
from hubspoke.local.engine.values import Properties


@dataclass(frozen=True)
class Workspace:
    """`backend_dir` is the folder that `file://<dir>` points to. `passphrase` is called when it is first needed."""

    project: Project
    backend_dir: Path
    passphrase: Callable[[], str]
    providers: ProviderFactory
    _crypters: dict[str, Crypter] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def backend(self) -> Backend:
        return Backend(self.backend_dir)

    def unlock(self, salt: str) -> Crypter:
        if salt not in self._crypters:
            self._crypters[salt] = Crypter(self.passphrase, salt)
        return self._crypters[salt]

    def load(self, stack: str, project: str = "") -> tuple[bytes, Deployment, Replay | None]:
        """A stack's checkpoint, its deployment, and what a killed run had done after it (already in the deployment).

        Raises `StackNotFound`, `StateDamaged`, `WrongPassphrase` and `Unsupported`.
        """
        project = project or self.project.name
        self.backend.check_layout()
        text, latest = self.backend.read(project, stack)
        deployment = deployment_from_json(latest, self.unlock)
        return text, deployment, replay(self.backend.journal(project, stack), text, deployment)

    # --- for stack references ---------------------------------------------------------------------------------------

    def stack_outputs(self, reference: str) -> Properties:
        """The outputs of `<stack>`, `organization/<stack>` or `organization/<project>/<stack>`. Raises `Refused`."""
        states = (state for state in self._referred(reference).resources if not state.delete)
        found = next((state.outputs for state in states if state.type == STACK_TYPE), {})
        return dict(found)

    def stack_resource_outputs(self, reference: str) -> Properties:
        resources = self._referred(reference).resources
        return {state.urn: {"type": state.type, "outs": state.outputs} for state in resources if not state.delete}

    def _referred(self, reference: str) -> Deployment:
        *organization, name = reference.split("/")
        project = organization.pop() if len(organization) == 2 else self.project.name
        if organization not in ([], [ORGANIZATION]):
            raise Refused(
                f"stack reference {reference!r}: organization name must be '{ORGANIZATION}', as in "
                f"{ORGANIZATION}/<project>/<stack>"
            )
        try:
            return self.load(name, project)[1]
        except StackNotFound as problem:
            raise Refused(f'unknown stack "{reference}": {problem}') from problem

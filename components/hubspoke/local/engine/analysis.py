"""Policy packs over recorded state, as `pulumi policy analyze` runs them: no program, no cloud."""

from collections.abc import Iterable, Sequence
from contextlib import closing

from hubspoke.local.engine.analyzer import Analyzer
from hubspoke.local.engine.analyzer_types import AnalyzedProvider, AnalyzerError, PolicyPack, Violation
from hubspoke.local.engine.backend import ORGANIZATION
from hubspoke.local.engine.config import StackFile
from hubspoke.local.engine.errors import EngineError
from hubspoke.local.engine.judging import analyzed, analyzed_provider
from hubspoke.local.engine.recorded import RecordedFile
from hubspoke.local.engine.state import State
from hubspoke.local.engine.workspace import Workspace


def analyze_state(
    workspace: Workspace, stack: str, packs: Sequence[PolicyPack], extra: Iterable[State] = ()
) -> list[Violation]:
    """What packs say of a stack's recorded resources, and of `extra` ones beside them.

    Resource rules judge inputs, stack rules outputs. What is only read (`external`) is no resource rule's business.
    Raises EngineError where a pack cannot be run.
    """
    resources = [state for state in workspace.load(stack)[1].resources if not state.delete]
    judged = [state for state in [*resources, *extra] if not state.is_provider]
    providers = {state.urn: analyzed_provider(state) for state in resources if state.is_provider}
    config = StackFile(workspace.project, stack).load(workspace.unlock)
    found: list[Violation] = []
    with closing(RecordedFile()) as recorded:
        recorded.write(resources)  # nothing is about to change
        for pack in packs:
            try:
                with Analyzer.start(
                    pack, project=workspace.project.name, stack=stack, organization=ORGANIZATION, dry_run=False,
                    config=config.values, secret_keys=config.secret_keys, environment=recorded.environment,
                ) as analyzer:  # fmt: skip
                    found += _analyze(analyzer, judged, providers)
            except AnalyzerError as problem:
                raise EngineError(str(problem)) from problem
    return found


def _analyze(analyzer: Analyzer, states: list[State], providers: dict[str, AnalyzedProvider]) -> list[Violation]:
    own = [
        analyzed(state, None, providers.get(state.provider_urn()), state.inputs)
        for state in states
        if not state.external
    ]
    found = [violation for each in analyzer.analyze_all(own) for violation in each]
    whole = [analyzed(state, None, providers.get(state.provider_urn()), state.outputs) for state in states]
    return [*found, *analyzer.analyze_stack(whole)]

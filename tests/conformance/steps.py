"""What is done with a program: the steps of the suite's scenarios, as data."""

from dataclasses import dataclass, field
from typing import Any

Properties = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One command on a stack. `stage` is what the program is called with; what is done to the cloud is done before."""

    action: str  # up, preview, refresh, destroy
    stage: int = 1
    stack: str = "dev"
    targets: tuple[str, ...] = ()
    target_dependents: bool = False
    replace: tuple[str, ...] = ()
    refresh: bool = False  # before an up, a preview or a destroy
    preview_only: bool = False  # of a refresh or a destroy
    expect_no_changes: bool = False
    parallel: int = 16
    config: dict[str, str] = field(default_factory=dict)
    secret_config: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    put: dict[str, Properties] = field(default_factory=dict)  # things by id that somebody else makes
    edit: dict[str, Properties] = field(default_factory=dict)
    drop: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The step in a few words, as golden files and failures have it."""
        given = {
            name: value for name, value in vars(self).items() if value != getattr(type(self), name, None) and value
        }
        stage = f" {self.stage}" if self.action in ("up", "preview") else ""
        words = [f"{name}={value}" for name, value in given.items() if name not in ("action", "stage")]
        return " ".join([f"{self.action}{stage}", *words])


def up(stage: int = 1, **options: Any) -> Step:
    return Step("up", stage, **options)


def preview(stage: int = 1, **options: Any) -> Step:
    return Step("preview", stage, **options)


def refresh(**options: Any) -> Step:
    return Step("refresh", **options)


def destroy(**options: Any) -> Step:
    return Step("destroy", **options)

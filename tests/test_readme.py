"""What the README shows works as it says."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from hubspoke.local.clouds import simulated_provider_factory
from hubspoke.local.engine import LocalStack, Project, Workspace

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_python_example_makes_as_many_resources_as_it_says(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    said = re.search(r"That makes (\d+) resources", README)
    assert said
    (tmp_path / "Pulumi.yaml").write_text("name: readme\nruntime: python\n")
    workspace = Workspace(
        Project.load(tmp_path),
        tmp_path / "state",
        lambda: "passphrase",
        simulated_provider_factory(tmp_path / "clouds"),
    )
    stack = LocalStack.init(workspace, "dev")
    outcome = stack.up(on_event=lambda _: None, program=lambda: exec(compile(example, "README.md", "exec"), {}))
    own = {
        state["urn"]
        for state in stack.export_stack()["deployment"]["resources"]
        if not state["type"].startswith("pulumi:")
    }
    assert len(own) == int(said[1])
    assert outcome.changes["create"] >= len(own)


def test_the_readme_gives_the_two_commands_in_its_first_screen() -> None:
    first_screen = README.splitlines()[:24]
    assert [line for line in first_screen if line.startswith("$ make")] == [
        "$ make demo     # the whole story in a terminal: plan, deploy, block, break, find, revert, destroy",
        "$ make test     # lint, types and every test",
    ]


def test_every_file_the_readme_links_to_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_installs_in_a_folder_with_a_space_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "my checkouts"
    folder.mkdir()
    for name in ("Makefile", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    pip = f"{shlex.quote(sys.executable)} -m pip install --dry-run --no-index pip"
    asked = ["make", "--eval", f"ask-pip: ; @{pip}", "ask-pip"]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

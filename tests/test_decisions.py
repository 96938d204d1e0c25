"""The list of decisions is all of them, under the titles that they have."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "decisions"


def test_every_decision_is_listed() -> None:
    files = sorted(FOLDER.glob("0*.md"))
    titles = [file.read_text().splitlines()[0].removeprefix("# ") for file in files]
    wanted = [f"- [{title}]({file.name})" for title, file in zip(titles, files, strict=True)]
    listed = [line for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("- ")]
    assert listed == wanted


def test_a_decisions_number_is_its_own() -> None:
    files = sorted(FOLDER.glob("0*.md"))
    titles = [file.read_text().splitlines()[0] for file in files]
    assert [file.name[:4] for file in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert [title.split(".")[0] for title in titles] == [f"# {number}" for number in range(1, len(files) + 1)]

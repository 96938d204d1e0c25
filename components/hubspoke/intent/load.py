"""Reads a WAN from its file, or says everything that is wrong with the file."""

from pathlib import Path

from hubspoke.intent.check import check
from hubspoke.intent.document import read_document
from hubspoke.intent.model import Wan
from hubspoke.intent.parse import parse, salvage
from hubspoke.intent.problem import IntentError


def load_wan(path: Path) -> Wan:
    """The WAN that a file describes.

    Raises IntentError with every problem of the file: YAML, names, types, values, references, and whatever
    contradicts itself or a cloud's rules.
    """
    document = read_document(path)
    wan, wrong = parse(document, Wan)
    issues = check(wan or salvage(document.value, wrong), document.value)
    problems = [*document.problems, *(document.problem(issue) for issue in issues if issue.at not in wrong)]
    if problems or wan is None:
        raise IntentError(problems)
    return wan

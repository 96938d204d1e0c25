"""The tables themselves: every row speaks of something that the SDK has, says where it is from, and is proven."""

import importlib
import re
from pathlib import Path

import pytest
from hubspoke.local.clouds.aws.sources import provider
from hubspoke.local.clouds.azure.wan import BUILT_IN
from hubspoke.local.clouds.docs import PROOFS, document, proof_of
from hubspoke.local.clouds.packages import STORED, facts, package
from hubspoke.local.clouds.random.generate import generators
from hubspoke.local.clouds.schema import ResourceSchema
from hubspoke.local.clouds.table import Fact, TypeTable
from hubspoke.local.clouds.values import parse_path

ROOT = Path(__file__).parents[3]
TABLES = [table for name in STORED for table in package(name).tables.values()]
WITH_SCHEMA = [table for table in TABLES if not table.hidden]


def schema_of(table: TypeTable) -> ResourceSchema:
    found = package(table.type.split(":")[0]).schema(table.type)
    assert found is not None
    return found


@pytest.mark.parametrize("table", WITH_SCHEMA, ids=lambda table: table.type)
def test_rows_name_inputs_that_exist(table: TypeTable) -> None:
    named = [
        *(row.property for row in table.immutable), *(row.property for row in table.defaults),
        *(row.property for row in table.references), *(row.property for row in table.validations),
        *table.sets, *table.write_only, *([table.auto_name.property] if table.auto_name else []),
    ]  # fmt: skip
    inputs = schema_of(table).inputs
    assert [name for name in named if parse_path(name)[0] not in inputs] == []


@pytest.mark.parametrize("table", WITH_SCHEMA, ids=lambda table: table.type)
def test_rows_name_outputs_that_exist(table: TypeTable) -> None:
    outputs = schema_of(table).outputs
    internal = {"state"} if table.type.endswith("VpcAttachment") else {"defaultTable", *BUILT_IN}
    named = [*(row.property for row in table.computed), *(row.output for row in table.companions)]
    assert [name for name in named if name not in outputs and name not in internal] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.type)
def test_users_and_children_are_found_by_references_that_exist(table: TypeTable) -> None:
    used = [(row.type, row.property) for row in table.in_use]
    for type_, name in used + [(row.type, row.property) for row in table.children]:
        theirs = package(type_.split(":")[0]).table(type_)
        assert name in {reference.property for reference in theirs.references}, f"{type_} does not remember {name}"


@pytest.mark.parametrize("table", WITH_SCHEMA, ids=lambda table: table.type)
def test_sets_are_lists(table: TypeTable) -> None:
    assert {schema_of(table).inputs[name].kind.shape for name in table.sets} <= {"list"}


def test_every_fact_has_a_source_and_a_date() -> None:
    assert len(facts()) > 300
    assert [f for f in facts() if not (f.source.text and f.source.date and f.says)] == []
    assert [
        f for f in facts() if (f.type, f.kind, f.subject) == ("aws:ec2/vpc:Vpc", "default", "enableDnsSupport")
    ] == [Fact("aws:ec2/vpc:Vpc", "default", "enableDnsSupport", "True", provider("ec2/vpc_.go"))]


def test_every_type_has_one_table() -> None:
    types = [table.type for name in STORED for table in package(name).load_tables()]
    assert len(types) == len(set(types))


def test_every_fact_has_a_name_of_its_own() -> None:
    names = [fact.name for fact in facts()]
    assert [name for name in set(names) if names.count(name) > 1] == []


@pytest.mark.parametrize("kind", PROOFS)
def test_every_fact_is_a_case_of_the_test_that_is_said_to_prove_it(kind: str) -> None:
    file, function = PROOFS[kind].test.split("::")
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    (cases,) = [mark.args[1] for mark in getattr(module, function).pytestmark if mark.name == "parametrize"]
    proven = {case.fact for case in cases}
    said = {fact for fact in facts() if proof_of(fact) == kind and fact.type != HIDDEN}
    assert said - proven == set(), f"{PROOFS[kind].test} has no case for these"
    assert {proof_of(fact) for fact in proven} <= {kind}


HIDDEN = "aws:ec2transitgateway/vpnAttachment:VpnAttachment"  # told by a test of its own, as no resource shows it


def test_every_kind_of_fact_has_a_proof() -> None:
    assert {proof_of(fact) for fact in facts()} == set(PROOFS)


def test_the_documentation_is_made_from_the_tables() -> None:
    made = "python -m hubspoke.local.clouds.docs > docs/fidelity.md"
    assert (ROOT / "docs" / "fidelity.md").read_text() == document(), f"docs/fidelity.md is old; run: {made}"


def test_every_type_that_the_components_use_has_a_table() -> None:
    kept = [*ROOT.glob("tests/components/golden/*.json"), *ROOT.glob("tests/components/urns/*.txt")]
    text = "".join(path.read_text() for path in kept)
    used = set(re.findall(r"\b(?:aws|cloudflare|gcp|random):\w+/\w+:\w+|\bazure-native:\w+:\w+", text))
    assert len(used) > 20
    assert used - {table.type for table in TABLES} - set(generators()) == set()

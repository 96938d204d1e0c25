"""The tables themselves: every row speaks of something that the SDK has, and says where it is from."""

import pytest
from hubspoke.local.clouds.aws.sources import provider
from hubspoke.local.clouds.packages import STORED, facts, package
from hubspoke.local.clouds.schema import ResourceSchema
from hubspoke.local.clouds.table import Fact, TypeTable
from hubspoke.local.clouds.values import parse_path

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
    internal = {"state"} if table.type.endswith("VpcAttachment") else {"defaultTable"}
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

"""Replacements, renames, options and imports: which steps they lead to, and what is left."""

from typing import Any

import pulumi
import pytest
from hubspoke.local.engine import ResourceFailed
from pulumi import Alias, ResourceOptions

from tests.local.engine.engine_bench import Bench, Group, MemProvider, Thing


def pair(size: int, **options: Any) -> None:
    first = Thing("first", ResourceOptions(**options), size=size)
    Thing("second", label=first.token)


def test_a_replacement_creates_before_it_deletes(bench: Bench) -> None:
    bench.up(lambda: pair(1))
    assert bench.preview(lambda: pair(2)).changes == {"same": 1, "replace": 1, "update": 1}
    bench.up(lambda: pair(2))
    assert bench.cloud.calls == [("create", "first"), ("update", "second"), ("delete", "first")]
    assert bench.ops() == [
        ("create-replacement", "first"), ("replace", "first"), ("update", "second"), ("delete-replaced", "first"),
    ]  # fmt: skip
    assert bench.up(lambda: pair(2)).changes == {"same": 3}


def test_inputs_are_written_once_for_all_events_of_a_step(bench: Bench) -> None:
    bench.up(lambda: pair(1))
    bench.up(lambda: pair(2))
    updated = [
        each.metadata
        for event in bench.events
        if (each := event.resource_pre_event or event.res_outputs_event) and each.metadata.urn.endswith("::second")
    ]
    states = [(each.old, each.new) for each in updated if each.old and each.new]
    assert len(states) == 2
    for before, after in zip(*states, strict=True):
        assert before.inputs is after.inputs
    assert states[0][0].inputs != states[0][1].inputs


def test_delete_before_replace_takes_the_dependents_that_are_replaced_too(bench: Bench) -> None:
    def program(size: int) -> None:
        first = Thing("first", ResourceOptions(delete_before_replace=True), size=size)
        second = Thing("second", size=first.token)
        Thing("third", label=second.token)
        Thing("fourth", ResourceOptions(depends_on=[first]))

    bench.up(lambda: program(1))
    assert bench.up(lambda: program(2)).changes == {"same": 2, "replace": 2, "update": 1}
    assert [call for call in bench.cloud.calls if call[0] != "update"] == [
        ("delete", "second"), ("delete", "first"), ("create", "first"), ("create", "second"),
    ]  # fmt: skip
    assert bench.preview(lambda: program(2)).changes == {"same": 5}


def test_a_provider_may_ask_to_be_deleted_first(bench: Bench) -> None:
    bench.cloud.delete_first = True
    bench.up(lambda: Thing("a", size=1))
    bench.up(lambda: Thing("a", size=2))
    assert bench.cloud.calls == [("delete", "a"), ("create", "a")]


def test_an_interrupted_replacement_is_gone_on_with(bench: Bench) -> None:
    bench.cloud.delete_first = True
    bench.up(lambda: Thing("a", size=1))
    bench.cloud.fail["create", "a"] = "quota"
    with pytest.raises(ResourceFailed):
        bench.up(lambda: Thing("a", size=2))
    assert bench.resource("a")["pendingReplacement"] is True
    bench.cloud.fail.clear()
    bench.up(lambda: Thing("a", size=2))
    assert bench.cloud.calls == [("create", "a")]
    assert [name for name in bench.names() if name == "a"] == ["a"]


def test_what_could_not_be_deleted_after_a_replacement_is_deleted_later(bench: Bench) -> None:
    bench.up(lambda: Thing("a", size=1))
    bench.cloud.fail["delete", "a"] = "in use"
    with pytest.raises(ResourceFailed):
        bench.up(lambda: Thing("a", size=2))
    assert [each.get("delete", False) for each in bench.resources() if each["type"] == "mem:index:Thing"] == [
        False,
        True,
    ]
    bench.cloud.fail.clear()
    bench.up(lambda: Thing("a", size=2))
    assert list(bench.cloud.things) == ["id-2"]


def family(parent: str, aliases: list[Alias] | None = None) -> None:
    group = Group(parent, ResourceOptions(aliases=aliases))
    inner = Group("inner", ResourceOptions(parent=group))
    Thing(f"{parent}-leaf", ResourceOptions(parent=inner), name="leaf")
    inner.close()
    group.close()


def test_a_renamed_component_renames_all_below_it(bench: Bench) -> None:
    bench.up(lambda: family("old"))
    renamed = lambda: family("new", [Alias(name="old")])  # noqa: E731
    assert bench.preview(renamed).changes["same"] == 3
    bench.up(renamed)
    assert not [call for call in bench.cloud.calls if call[0] == "delete" and call[1] != "old-leaf"]
    assert "new" in bench.names()
    assert not any("::old" in each["urn"] for each in bench.resources())
    assert not any("aliases" in each for each in bench.resources())


GROUP = "urn:pulumi:dev::proj::test:index:Group::group"


@pytest.mark.parametrize(
    ("recorded", "alias"),
    [
        ("urn:pulumi:dev::proj::mem:index:Thing::before", Alias(name="before")),
        ("urn:pulumi:dev::proj::mem:index:Old::before", Alias(type_="mem:index:Old", name="before")),
        ("urn:pulumi:dev::proj::test:index:Group$mem:index:Thing::after", Alias(parent=GROUP)),
        ("urn:pulumi:dev::proj::any:index:Thing::thing", "urn:pulumi:dev::proj::any:index:Thing::thing"),
        ("urn:pulumi:old::proj::mem:index:Thing::after", Alias(stack="old")),
        ("urn:pulumi:dev::old::mem:index:Thing::after", Alias(project="old")),
    ],
)
def test_each_kind_of_alias_finds_the_recorded_resource(bench: Bench, recorded: str, alias: Alias | str) -> None:
    bench.up(lambda: Thing("made"))
    document = bench.stack().export_stack()
    found = next(each for each in document["deployment"]["resources"] if each["urn"].endswith("::made"))
    found["urn"], found["type"] = recorded, recorded.split("::")[2].split("$")[-1]
    bench.stack().import_stack(document)

    outcome = bench.up(lambda: Thing("after", ResourceOptions(aliases=[alias]), name="made"))

    assert outcome.changes == {"same": 2}
    assert bench.resource("after")["id"] == "id-1"


def test_two_resources_cannot_have_one_past(bench: Bench) -> None:
    bench.up(lambda: Thing("old"))
    with pytest.raises(ResourceFailed, match=r"Duplicate resource alias"):
        bench.up(lambda: [Thing(name, ResourceOptions(aliases=[Alias(name="old")]), name="old") for name in "ab"])


def test_ignored_changes_stay_as_recorded(bench: Bench) -> None:
    ignoring = ResourceOptions(ignore_changes=["label", "tags.x"])
    bench.up(lambda: Thing("a", ignoring, label="one", tags={"x": "1", "y": "1"}))
    bench.up(lambda: Thing("a", ignoring, label="two", tags={"x": "2", "y": "2"}))
    assert bench.resource("a")["inputs"]["label"] == "one"
    assert bench.cloud.named("a")["tags"] == {"x": "1", "y": "2"}
    assert bench.resource("a")["ignoreChanges"] == ["label", "tags.x"]


def test_replace_on_changes_and_what_is_replaced_with_it(bench: Bench) -> None:
    def program(label: str) -> None:
        first = Thing("first", ResourceOptions(replace_on_changes=["label"]), label=label)
        Thing("second", ResourceOptions(replace_with=[first]))

    bench.up(lambda: program("one"))
    assert bench.up(lambda: program("two")).changes == {"same": 1, "replace": 2}


def test_retained_and_deleted_with(bench: Bench) -> None:
    def program() -> None:
        holder = Thing("holder")
        Thing("inside", ResourceOptions(deleted_with=holder))
        Thing("retained", ResourceOptions(retain_on_delete=True))

    bench.up(program)
    bench.destroy()
    assert bench.cloud.calls == [("delete", "holder")]
    assert bench.resources() == []


def test_additional_secret_outputs_and_timeouts(bench: Bench) -> None:
    timeouts = pulumi.CustomTimeouts(create="5m", delete="1h30m")
    options = ResourceOptions(additional_secret_outputs=["token"], custom_timeouts=timeouts)
    bench.up(lambda: pulumi.export("token", Thing("a", options).token))
    found = bench.resource("a")
    assert found["customTimeouts"] == {"create": 300.0, "delete": 5400.0}
    assert found["additionalSecretOutputs"] == ["token"]
    assert bench.stack().outputs() == {"token": "[secret]"}


def test_protect_is_inherited(bench: Bench) -> None:
    def program() -> None:
        group = Group("group", ResourceOptions(protect=True))
        Thing("child", ResourceOptions(parent=group))
        group.close()

    bench.up(program)
    assert bench.resource("child")["protect"] is True


def test_importing_what_is_and_what_differs(bench: Bench) -> None:
    bench.up(lambda: Thing("maker", size=1))

    def adopt(name: str) -> None:
        Thing("maker", size=1)
        Thing("adopted", ResourceOptions(import_="id-1"), name=name, size=1)

    assert bench.preview(lambda: adopt("maker")).changes == {"same": 2, "import": 1}
    assert bench.up(lambda: adopt("other")).changes == {"same": 2, "import": 1, "update": 1}
    found = bench.resource("adopted")
    assert (found["id"], found["importID"], found["inputs"]["name"]) == ("id-1", "id-1", "other")
    assert bench.up(lambda: adopt("other")).changes == {"same": 3}
    with pytest.raises(ResourceFailed, match=r"'id-9' does not exist"):
        bench.up(lambda: Thing("b", ResourceOptions(import_="id-9")))


def test_a_replaced_provider_replaces_its_resources(bench: Bench) -> None:
    def program(region: str) -> None:
        Thing("a", ResourceOptions(provider=MemProvider("prov", region=region)))

    bench.up(lambda: program("eu"))
    assert bench.up(lambda: program("us")).changes == {"same": 1, "replace": 2}
    assert bench.cloud.calls == [("create", "a"), ("delete", "a")]


def test_targets_leave_the_rest_as_it_is(bench: Bench) -> None:
    bench.up(lambda: pair(1))
    first = bench.resource("first")["urn"]
    bench.up(lambda: (Thing("first", size=1, extra=1), Thing("second", label="changed"), Thing("new")), targets=[first])
    assert bench.cloud.calls == [("update", "first")]
    assert "new" not in bench.names()
    assert bench.resource("second")["inputs"]["label"] == "token-id-1"


def test_a_targeted_destroy_needs_its_dependents(bench: Bench) -> None:
    bench.up(lambda: pair(1))
    first = bench.resource("first")["urn"]
    with pytest.raises(ResourceFailed, match=r"will be destroyed but was not specified in --target list"):
        bench.destroy(targets=[first])
    assert bench.cloud.calls == []
    bench.destroy(targets=[first], target_dependents=True)
    assert bench.cloud.things == {}


def test_a_target_that_is_not_there(bench: Bench) -> None:
    bench.up(lambda: pair(1))
    with pytest.raises(ResourceFailed, match=r"could not be found in the stack"):
        bench.destroy(targets=["urn:pulumi:dev::proj::mem:index:Thing::nobody"])


def test_a_replacement_that_is_asked_for(bench: Bench) -> None:
    bench.up(lambda: pair(1))
    first = bench.resource("first")["urn"]
    assert bench.up(lambda: pair(1), replace=[first]).changes == {"same": 1, "replace": 1, "update": 1}


def test_transforms_and_hooks(bench: Bench) -> None:
    called: list[str] = []

    def stack_wide(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if not args.type_.startswith("mem"):
            return None
        return pulumi.ResourceTransformResult(props={**args.props, "tagged": "yes"}, opts=args.opts)

    def program() -> None:
        pulumi.runtime.register_resource_transform(stack_wide)
        hook = pulumi.ResourceHook("note", lambda args: called.append(args.name))
        first = Thing("first", ResourceOptions(hooks=pulumi.ResourceHookBinding(after_create=[hook])))
        Thing("second", label=first.token)

    bench.up(program)
    assert [bench.cloud.named(name)["tagged"] for name in ("first", "second")] == ["yes", "yes"]
    assert called == ["first"]
    assert bench.resource("first")["resourceHooks"] == {"AfterCreate": ["note"]}
    first = bench.resource("first")["urn"]
    assert bench.resource("second")["propertyDependencies"]["label"] == [first]


def test_a_failing_hook_before_stops_its_step(bench: Bench) -> None:
    def refuse(args: pulumi.ResourceHookArgs) -> None:  # noqa: ARG001
        raise ValueError("not today")

    def program() -> None:
        hook = pulumi.ResourceHook("guard", refuse)
        Thing("a", ResourceOptions(hooks=pulumi.ResourceHookBinding(before_create=[hook])))

    with pytest.raises(ResourceFailed, match=r'before hook "guard" failed: .*not today'):
        bench.up(program)
    assert bench.cloud.calls == []

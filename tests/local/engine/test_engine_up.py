"""Programs deployed: what is created, recorded, unchanged, updated, deleted; outputs, secrets, references."""

from typing import Any

import pulumi
import pytest
from hubspoke.local.engine import EngineEvent, ProgramFailed, ResourceFailed, Secret, UnexpectedChanges, Unsupported
from pulumi import ResourceOptions
from pulumi.runtime.rpc import UNKNOWN

from tests.local.engine.engine_bench import Bench, Group, MemProvider, Thing


def network() -> None:
    provider = MemProvider("prov", region="eu")
    group = Group("group")
    first = Thing(
        "first", ResourceOptions(parent=group, provider=provider), size=1, label=pulumi.Output.secret("hush-hush")
    )
    second = Thing("second", size=first.token, label=["x", {"of": first.id}])
    group.close(token=first.token)
    print("hello")
    pulumi.export("token", first.token)
    pulumi.export("label", first.label)
    pulumi.export("second", second.label)


def test_preview_up_and_up_again(bench: Bench) -> None:
    assert bench.preview(network).changes == {"create": 5}
    assert bench.cloud.calls == []
    assert not bench.resources()

    outcome = bench.up(network)
    assert outcome.changes == {"create": 5}
    assert outcome.outputs == {
        "token": "token-id-1", "label": Secret("hush-hush"), "second": ["x", {"of": "id-1"}],
    }  # fmt: skip
    assert bench.ops() == [("create", "group"), ("create", "first"), ("create", "second")]
    assert bench.messages("info") == ["hello"]

    assert bench.up(network).changes == {"same": 5}
    assert bench.cloud.calls == []


def test_a_listener_may_print(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """Events come while the program's output is taken for messages: a listener's own goes where it always does."""

    def show(event: EngineEvent) -> None:
        if event.diagnostic_event:
            print("told:", event.diagnostic_event.message, end="")
        elif event.res_outputs_event:
            print("done:", event.res_outputs_event.metadata.urn.rsplit("::", 1)[-1])

    bench.stack("dev").up(on_event=show, program=network)
    said = capsys.readouterr()
    assert said.err == ""
    assert set(said.out.splitlines()) == {
        "done: default_1_2_3", "done: proj-dev", "done: group", "done: prov", "done: first", "done: second", "told: hello",
    }  # fmt: skip


def test_what_is_recorded_of_a_resource(bench: Bench) -> None:
    bench.up(network)
    found = bench.resource("second")
    provider = bench.resource("default_1_2_3")
    for volatile in ("created", "modified", "sourcePosition", "stackTrace"):
        assert found.pop(volatile)
    first = "urn:pulumi:dev::proj::test:index:Group$mem:index:Thing::first"
    assert found == {
        "urn": "urn:pulumi:dev::proj::mem:index:Thing::second",
        "custom": True,
        "id": "id-2",
        "type": "mem:index:Thing",
        "inputs": {"flavor": "plain", "label": ["x", {"of": "id-1"}], "name": "second", "size": "token-id-1"},
        "outputs": {
            "flavor": "plain", "label": ["x", {"of": "id-1"}], "name": "second", "size": "token-id-1",
            "token": "token-id-2",
        },
        "parent": "urn:pulumi:dev::proj::pulumi:pulumi:Stack::proj-dev",
        "dependencies": [first],
        "provider": f"{provider['urn']}::{provider['id']}",
        "propertyDependencies": {"label": [first], "name": [], "size": [first]},
    }  # fmt: skip
    assert provider["inputs"] == {"__internal": {}, "version": "1.2.3"}


def test_secrets_are_encrypted_in_the_state_and_masked_in_events(bench: Bench) -> None:
    bench.up(network)
    text = (bench.root / "state/.pulumi/stacks/proj/dev.json").read_text()
    assert "hush-hush" not in text
    assert not any("hush-hush" in repr(event) for event in bench.events)
    assert bench.stack().outputs() == {"token": "token-id-1", "label": "[secret]", "second": ["x", {"of": "id-1"}]}
    assert bench.stack().outputs(show_secrets=True)["label"] == "hush-hush"
    assert bench.cloud.named("first")["label"] == "hush-hush"


def test_unchanged_secrets_keep_their_ciphertext(bench: Bench) -> None:
    bench.up(network)
    before = bench.resource("first")["inputs"]
    bench.up(network)
    assert bench.resource("first")["inputs"] == before


def test_a_refusal_that_quotes_a_secret_is_masked(bench: Bench) -> None:
    bench.cloud.fail["create", "first"] = "label hush-hush is taken"
    with pytest.raises(ResourceFailed, match=r"label \[secret\] is taken"):
        bench.up(network)
    assert "Refused: label [secret] is taken" in bench.messages()


def test_in_a_preview_what_is_not_there_yet_is_unknown(bench: Bench) -> None:
    seen: list[Any] = []

    def program() -> None:
        made = Thing("made")
        made.token.apply(seen.append)
        Thing("user", label=made.token)
        pulumi.export("token", made.token)

    assert bench.preview(program).outputs == {"token": UNKNOWN}
    assert seen == []
    bench.up(program)
    assert seen == ["token-id-1"]


def test_update_and_delete(bench: Bench) -> None:
    bench.up(lambda: (Thing("kept", label="a"), Thing("gone")))
    assert bench.preview(lambda: Thing("kept", label="b")).changes == {"update": 1, "same": 1, "delete": 1}
    outcome = bench.up(lambda: Thing("kept", label="b"))
    assert outcome.changes == {"update": 1, "same": 1, "delete": 1}
    assert bench.cloud.calls == [("update", "kept"), ("delete", "gone")]
    assert bench.cloud.named("kept")["label"] == "b"


def test_deletion_is_in_reverse_order_of_dependency(bench: Bench) -> None:
    def program() -> None:
        group = Group("group")
        first = Thing("first", ResourceOptions(parent=group))
        Thing("second", label=first.token)
        Thing("third", ResourceOptions(depends_on=[group]))
        group.close()

    bench.up(program)
    assert bench.destroy().changes == {"delete": 5}
    order = [name for operation, name in bench.cloud.calls if operation == "delete"]
    assert order[-1] == "first"
    assert sorted(order) == ["first", "second", "third"]
    assert bench.resources() == []


def test_independent_resources_are_made_at_once_within_the_limit(bench: Bench) -> None:
    bench.cloud.await_company(4)
    bench.up(lambda: [Thing(f"t{number}") for number in range(12)], parallel=4)
    assert bench.cloud.most_at_once == 4


def test_expected_no_changes(bench: Bench) -> None:
    bench.up(network)
    bench.preview(network, expect_no_changes=True)
    with pytest.raises(UnexpectedChanges):
        bench.preview(lambda: Thing("other"), expect_no_changes=True)


def test_a_stack_reference_gives_outputs_with_their_secrets(bench: Bench) -> None:
    def hub() -> None:
        pulumi.export("id", "tgw-1")
        pulumi.export("key", pulumi.Output.secret("open-sesame"))

    def spoke() -> None:
        reference = pulumi.StackReference("organization/proj/hub")
        Thing("spoke", label=reference.require_output("id"), key=reference.require_output("key"))

    bench.up(hub, stack="hub")
    bench.up(spoke)
    assert bench.cloud.named("spoke")["key"] == "open-sesame"
    found = bench.resource("spoke")["inputs"]
    assert found["label"] == "tgw-1"  # only what was secret there is secret here
    assert "open-sesame" not in repr(found)
    assert bench.up(spoke).changes == {"same": 2}


def test_a_reference_to_no_stack_is_an_error_that_names_those_there_are(bench: Bench) -> None:
    with pytest.raises(ResourceFailed, match=r'unknown stack "organization/proj/nowhere".*there: dev'):
        bench.up(lambda: pulumi.StackReference("organization/proj/nowhere"))


def test_a_lookup_and_an_invoke(bench: Bench) -> None:
    def program() -> None:
        made = Thing("made", label="a")
        found = Thing("found", ResourceOptions(id=made.id))
        pulumi.export("token", found.token)
        answer = pulumi.runtime.invoke("mem:index:echo", {"a": 1}, pulumi.InvokeOptions(version="1.2.3"))
        pulumi.export("answer", answer.value)

    outcome = bench.up(program)
    assert outcome.outputs == {"token": "token-id-1", "answer": {"echo": {"a": 1}}}
    assert bench.resource("found")["external"] is True
    bench.destroy()
    assert bench.cloud.calls[-1] == ("delete", "made")


def test_a_failing_invoke_fails_the_program(bench: Bench) -> None:
    def program() -> None:
        pulumi.runtime.invoke("mem:index:fail", {}, pulumi.InvokeOptions(version="1.2.3"))

    with pytest.raises(ProgramFailed, match=r"NoSuchThing: there is none"):
        bench.preview(program)


def test_a_program_that_raises_is_reported_with_the_users_frames_alone(bench: Bench) -> None:
    (bench.root / "__main__.py").write_text("def broken():\n    raise KeyError('cidr')\n\nbroken()\n")
    with pytest.raises(ProgramFailed) as problem:
        bench.preview()
    text = str(problem.value)
    assert "KeyError: 'cidr'" in text
    assert text.count("  File ") == 2
    assert "site-packages" not in text


def test_a_program_file_runs_in_its_folder_with_its_modules(bench: Bench) -> None:
    (bench.root / "stacks").mkdir()
    (bench.root / "Pulumi.yaml").write_text("name: proj\nruntime: python\nmain: stacks/\n")
    (bench.root / "stacks/parts.py").write_text("VALUE = 'one'\n")
    program = "import os, pulumi, parts\npulumi.export('v', parts.VALUE)\npulumi.export('cwd', os.getcwd())\n"
    (bench.root / "stacks/__main__.py").write_text(program)
    assert bench.up().outputs == {"v": "one", "cwd": str((bench.root / "stacks").resolve())}
    (bench.root / "stacks/parts.py").write_text("VALUE = 'another'\n")
    assert bench.up().outputs["v"] == "another"


def test_what_is_not_supported_is_refused_by_name(bench: Bench) -> None:
    class Remote(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("mem:index:Remote", "remote", {}, None, remote=True)

    with pytest.raises(Unsupported, match=r"remote components"):
        bench.preview(Remote)
    with pytest.raises(Unsupported, match=r"archives"):
        bench.preview(lambda: Thing("a", code=pulumi.AssetArchive({})))


def test_a_package_that_is_not_simulated(bench: Bench) -> None:
    class Other(pulumi.CustomResource):
        def __init__(self) -> None:
            super().__init__("other:index:Thing", "it", {}, ResourceOptions(version="1.0.0"))

    with pytest.raises(ResourceFailed, match=r"no provider for package 'other'.*there is: mem"):
        bench.preview(Other)


def test_explicit_providers_go_to_children_and_unknown_configuration_is_said(bench: Bench) -> None:
    def program() -> None:
        base = MemProvider("base", region="eu")
        late = MemProvider("late", region=Thing("made", ResourceOptions(provider=base)).token)

        class Holder(pulumi.ComponentResource):
            def __init__(self) -> None:
                super().__init__("test:index:Group", "holder", {}, ResourceOptions(providers=[base]))
                Thing("child", ResourceOptions(parent=self))
                self.register_outputs({})

        Holder()
        Thing("user", ResourceOptions(provider=late))

    assert bench.preview(program).changes == {"create": 7}
    bench.up(program)
    base = bench.resource("base")
    assert bench.resource("child")["provider"] == f"{base['urn']}::{base['id']}"
    assert bench.resource("late")["inputs"]["region"] == bench.resource("made")["outputs"]["token"]
    assert "default_1_2_3" not in bench.names()

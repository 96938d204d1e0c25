"""What is recorded as secret is in no report, whatever stands there now."""

from typing import Any

from hubspoke.operate.masking import MASK, mask
from hubspoke.operate.result import Result, Status, Step
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SECRET_SIGNATURE

SECRET = {SECRET_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:..."}
NEEDLE = "hush-hush"
URN = "urn:pulumi:dev::p::aws:ec2/vpnConnection:VpnConnection::vpn"

plain = st.recursive(
    st.sampled_from(["a", 1, None, True]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)
with_secrets = st.recursive(
    st.sampled_from(["a", 1, None, SECRET]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)


def found(recorded: Any) -> Any:
    """The same values, each secret as a provider that marks none gives it back."""
    if isinstance(recorded, dict):
        return NEEDLE if SECRET_SIGNATURE in recorded else {name: found(value) for name, value in recorded.items()}
    return [found(value) for value in recorded] if isinstance(recorded, list) else recorded


def masked(recorded: dict[str, Any], *, inputs: Any = None, outputs: Any = None) -> Step:
    step = Step("update", URN, "t", "id", {}, inputs or {}, inputs or {}, outputs or {}, outputs or {})
    result = Result("dev", "refresh", Status.SUCCEEDED, (step,))
    return mask(result, {"resources": [{"urn": URN, **recorded}]}).steps[0]


@given(recorded=with_secrets)
def test_a_secret_is_masked_wherever_it_stands(recorded: Any) -> None:
    step = masked({"inputs": {"p": recorded}}, inputs={"p": found(recorded)}, outputs={"p": found(recorded)})
    assert NEEDLE not in str(step)


@given(recorded=with_secrets, now=plain)
def test_a_value_of_another_shape_is_masked_where_a_secret_was(recorded: Any, now: Any) -> None:
    step = masked({"outputs": {"p": recorded}}, inputs={"p": [now, NEEDLE]})
    assert (NEEDLE in str(step)) == ("ciphertext" not in str(recorded))


@given(values=st.dictionaries(st.sampled_from("abc"), plain, max_size=3))
def test_what_is_not_secret_stays_as_it_is(values: dict[str, Any]) -> None:
    step = masked({"inputs": values, "outputs": values}, inputs=values, outputs=values)
    assert (step.old, step.new, step.old_outputs, step.new_outputs) == (values, values, values, values)


def test_beside_a_secret_the_rest_can_be_read() -> None:
    recorded = {"inputs": {"tunnel": {"psk": SECRET, "group": 20}}}
    step = masked(recorded, inputs={"tunnel": {"psk": "new", "group": 2}})
    assert step.new == {"tunnel": {"psk": MASK, "group": 2}}

"""What all rules share, and the rules on a hub and on names: what passes, what fails, and what is not known yet."""

from typing import Any

import pytest
from pulumi_policy import ResourceValidationArgs
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy
from rules import protect_gateways, required_tags, transit_gateway_no_defaults, types
from rules.values import Unknown, plain

from tests.policies.judging import Properties, into, judged, not_evaluated, options

# --- what all rules share -------------------------------------------------------------------------------------------


def test_values_are_plain_and_unknowns_are_marked_in_place() -> None:
    given_ = unknown_checking_proxy({"a": 1.0, "b": [{"c": UNKNOWN}, 1.5], "d": None, "e": UNKNOWN})
    assert plain(given_) == {"a": 1, "b": [{"c": Unknown("b.0.c")}, 1.5], "d": None, "e": Unknown("e")}


@pytest.mark.parametrize("pattern", ["it", "urn::it", "i*"])
def test_an_exempt_resource_is_not_judged(pattern: str) -> None:
    policy = transit_gateway_no_defaults.POLICY
    assert judged(policy, types.TRANSIT_GATEWAY, {}, exempt=[pattern]) == []
    assert judged(policy, types.TRANSIT_GATEWAY, {}, name="other", exempt=[pattern]) != []


def test_allowing_unknowns_leaves_pulumis_own_note_and_hides_no_violation(transit_gateway: Properties) -> None:
    properties = {
        **transit_gateway,
        "autoAcceptSharedAttachments": "enable",
        "defaultRouteTableAssociation": UNKNOWN,
    }
    found: list[tuple[str, str]] = []
    args = ResourceValidationArgs(
        types.TRANSIT_GATEWAY, unknown_checking_proxy(properties), "urn::it", "it", options(), None,
        {"allowUnknown": True},
    )  # fmt: skip
    with pytest.raises(UnknownValueError) as error:
        transit_gateway_no_defaults.POLICY.validate(args, into(found))
    assert error.value.message == "string value at .defaultRouteTableAssociation can't be known during preview"
    assert found == [("it", 'autoAcceptSharedAttachments is "enable"; set it to "disable"')]


def test_other_types_are_left_alone() -> None:
    assert (
        judged(transit_gateway_no_defaults.POLICY, "aws:s3/bucket:Bucket", {"defaultRouteTableAssociation": "x"}) == []
    )


# --- transit-gateway-no-defaults ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"autoAcceptSharedAttachments": None}, []),  # the provider's default is "disable"
        (
            {"defaultRouteTableAssociation": None, "defaultRouteTablePropagation": None},
            [
                'defaultRouteTableAssociation is "enable" by default; set it to "disable"',
                'defaultRouteTablePropagation is "enable" by default; set it to "disable"',
            ],
        ),
        ({"autoAcceptSharedAttachments": "enable"}, ['autoAcceptSharedAttachments is "enable"; set it to "disable"']),
        ({"defaultRouteTablePropagation": UNKNOWN}, [not_evaluated("defaultRouteTablePropagation")]),
    ],
)
def test_transit_gateway_no_defaults(transit_gateway: Properties, change: Properties, expected: list[str]) -> None:
    properties = {**transit_gateway, **change}
    assert judged(transit_gateway_no_defaults.POLICY, types.TRANSIT_GATEWAY, properties) == expected


# --- required-tags --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", types.TAGGED)
def test_required_tags(tags: dict[str, str], kind: str) -> None:
    assert judged(required_tags.POLICY, kind, {"tags": tags}) == []
    assert judged(required_tags.POLICY, kind, {}) == ["tags missing: Name, hubspoke:wan, hubspoke:component, owner"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"owner": ""}, ["tag missing: owner"]),
        ({"owner": None}, ["tag missing: owner"]),
        ({"owner": UNKNOWN}, []),  # it has a value, whatever it will be
        ({"more": "x"}, []),
    ],
)
def test_a_tag_needs_a_value(tags: dict[str, str], change: Properties, expected: list[str]) -> None:
    assert judged(required_tags.POLICY, types.VPC, {"tags": {**tags, **change}}) == expected


def test_unknown_tags_are_not_taken_as_there() -> None:
    assert judged(required_tags.POLICY, types.VPC, {"tags": UNKNOWN}) == [not_evaluated("tags")]
    assert judged(required_tags.POLICY, types.VPC, {"tags": UNKNOWN}, tags=[]) == []


@pytest.mark.parametrize("default", [{"tags": {"owner": "x"}}, '{"tags": {"owner": "x"}}'])
def test_a_provider_s_default_tags_count(default: Any) -> None:
    provider = {"defaultTags": default}
    assert judged(required_tags.POLICY, types.VPC, {}, provider=provider, tags=["owner"]) == []
    assert judged(required_tags.POLICY, types.VPC, {}, provider=provider, tags=["Name"]) == ["tag missing: Name"]
    assert judged(required_tags.POLICY, types.VPC, {}, provider={"defaultTags": UNKNOWN}, tags=["Name"]) == [
        not_evaluated("defaultTags")
    ]


# --- protect-gateways -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [types.TRANSIT_GATEWAY, types.VPN_CONNECTION])
def test_protect_gateways(kind: str) -> None:
    assert judged(protect_gateways.POLICY, kind, {"id": UNKNOWN}, protect=True) == []
    assert judged(protect_gateways.POLICY, kind, {"id": UNKNOWN}) == ["it is not protected from deletion"]

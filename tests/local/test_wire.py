"""The constants of Pulumi's protocol are the SDK's."""

from hubspoke.local import wire
from pulumi.runtime import rpc


def test_constants_are_those_of_the_sdk() -> None:
    told = {name: value for name, value in vars(wire).items() if name.isupper() and name != "FLOAT_SIG"}
    assert told == {
        "UNKNOWN": rpc.UNKNOWN,
        "SIG": rpc._special_sig_key,
        "SECRET_SIG": rpc._special_secret_sig,
        "RESOURCE_SIG": rpc._special_resource_sig,
        "OUTPUT_SIG": rpc._special_output_value_sig,
        "ASSET_SIG": rpc._special_asset_sig,
        "ARCHIVE_SIG": rpc._special_archive_sig,
    }

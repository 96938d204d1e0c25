"""IPsec policies in Azure's words, the same on Virtual WAN and on VPN gateways."""

from collections.abc import Iterable
from typing import Any

from ..protocol import CloudError, Properties
from ..table import Source
from .sources import REFUSED

SOURCE = Source("Azure documentation, VPN Gateway, About cryptographic requirements; IPsec/IKE policy FAQ")
_WORDS = {
    "ikeEncryption": ("DES", "DES3", "AES128", "AES192", "AES256", "GCMAES128", "GCMAES256"),
    "ikeIntegrity": ("MD5", "SHA1", "SHA256", "SHA384", "GCMAES128", "GCMAES256"),
    "dhGroup": ("None", "DHGroup1", "DHGroup2", "DHGroup14", "DHGroup24", "DHGroup2048", "ECP256", "ECP384"),
    "ipsecEncryption": (
        "None", "DES", "DES3", "AES128", "AES192", "AES256", "GCMAES128", "GCMAES192", "GCMAES256"),
    "ipsecIntegrity": ("MD5", "SHA1", "SHA256", "GCMAES128", "GCMAES192", "GCMAES256"),
    "pfsGroup": ("None", "PFS1", "PFS2", "PFS14", "PFS24", "PFS2048", "PFSMM", "ECP256", "ECP384"),
}  # fmt: skip


def check_policies(policies: Iterable[Properties]) -> None:
    """Raises CloudError for a policy that Azure does not know."""
    for policy in policies:
        _check_words(policy)
        _check_pair(policy)
        _check_lifetime(policy)


def _check_words(policy: Properties) -> None:
    for name, words in _WORDS.items():
        value = policy.get(name)
        if value not in words:
            raise CloudError(REFUSED, f"{name} of an IPsec policy is one of {', '.join(words)}, not {value}")


def _check_pair(policy: Properties) -> None:
    """GCM is cipher and integrity in one, so both must be the same."""
    cipher, integrity = str(policy["ipsecEncryption"]), str(policy["ipsecIntegrity"])
    if "GCM" in cipher + integrity and cipher != integrity:
        raise CloudError(REFUSED, f"ipsecEncryption {cipher} and ipsecIntegrity {integrity} do not go together")


def _check_lifetime(policy: Properties) -> None:
    seconds: Any = policy.get("saLifeTimeSeconds")
    kilobytes: Any = policy.get("saDataSizeKilobytes")
    if int(seconds) < 300 or 0 < int(kilobytes) < 1024:
        raise CloudError(REFUSED, "saLifeTimeSeconds is 300 or more, and saDataSizeKilobytes 0 or 1024 or more")

"""How each cloud writes its ids and names, and what it calls things. Data, each with its source and date."""

import re
from dataclasses import dataclass

from hubspoke.intent.model import Cloud


@dataclass(frozen=True)
class Form:
    """How something is written: `what` and `remedy` tell of a text that is not."""

    pattern: str
    what: str
    remedy: str

    def fits(self, text: str) -> bool:
        return re.fullmatch(self.pattern, text) is not None


@dataclass(frozen=True)
class CloudWords:
    """One cloud's. Where it has no such thing, there is no form of it."""

    name: str
    network: str  # what it calls a network
    network_id: Form
    subnet_id: Form
    account_id: Form
    region: Form
    route_table_id: Form | None = None
    role: Form | None = None
    tenant: Form | None = None


_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_EXAMPLE_UUID = "00112233-4455-6677-8899-aabbccddeeff"
# Resource ids as Azure Resource Manager writes them (azure-rest-api-specs, Microsoft.Network 2025-05).
_ARM = rf"/subscriptions/(?P<account>{_UUID})/resourceGroups/[^/]+/providers/Microsoft\.Network"
_ARM_EXAMPLE = "/subscriptions/.../resourceGroups/NAME/providers/Microsoft.Network"
# Project ids: 6 to 30 characters (cloud.google.com/resource-manager/docs/creating-managing-projects, 2026-11).
_PROJECT = r"[a-z][a-z0-9-]{4,28}[a-z0-9]"
_NAME = r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
_GCP_REGION = r"[a-z]+-[a-z]+\d{1,2}"


def _aws_id(prefix: str, kind: str) -> Form:
    return Form(rf"{prefix}-[0-9a-f]{{8,17}}", f"is not a {kind} id", f"write it as {prefix}-0a1b2c3d4e5f67890")


def _azure_id(path: str, kind: str, example: str) -> Form:
    return Form(_ARM + path, f"is not a {kind} id", f"write it as {_ARM_EXAMPLE}/{example}")


CLOUDS: dict[Cloud, CloudWords] = {
    "aws": CloudWords(
        name="AWS",
        network="VPC",
        network_id=_aws_id("vpc", "VPC"),
        subnet_id=_aws_id("subnet", "subnet"),
        route_table_id=_aws_id("rtb", "route table"),
        account_id=Form(r"\d{12}", "is not an AWS account id", "give its 12 digits, in quotes"),
        region=Form(r"[a-z]{2}(-[a-z]+)+-\d", "is not an AWS region", "write it as us-east-1"),
        role=Form(r"[\w+=,.@-]{1,64}", "is not a role's name", "give its name alone, without the path or ARN"),
    ),
    "azure": CloudWords(
        name="Azure",
        network="VNet",
        network_id=_azure_id(r"/virtualNetworks/[^/]+", "VNet", "virtualNetworks/NAME"),
        subnet_id=_azure_id(r"/virtualNetworks/[^/]+/subnets/[^/]+", "subnet", "virtualNetworks/NAME/subnets/NAME"),
        route_table_id=_azure_id(r"/routeTables/[^/]+", "route table", "routeTables/NAME"),
        account_id=Form(_UUID, "is not an Azure subscription id", f"give its UUID, as {_EXAMPLE_UUID}"),
        region=Form(r"[a-z]+[0-9]?", "is not an Azure region", "write it as westeurope"),
        tenant=Form(_UUID, "is not a tenant id", f"give its UUID, as {_EXAMPLE_UUID}"),
    ),
    "gcp": CloudWords(
        name="Google",
        network="network",
        network_id=Form(
            rf"projects/(?P<account>{_PROJECT})/global/networks/{_NAME}",
            "is not a network's path",
            "write it as projects/PROJECT/global/networks/NAME",
        ),
        subnet_id=Form(
            rf"projects/(?P<account>{_PROJECT})/regions/(?P<region>{_GCP_REGION})/subnetworks/{_NAME}",
            "is not a subnet's path",
            "write it as projects/PROJECT/regions/REGION/subnetworks/NAME",
        ),
        account_id=Form(_PROJECT, "is not a Google project id", "give the project's id, not its name or number"),
        region=Form(_GCP_REGION, "is not a Google region", "write it as europe-west4"),
        role=Form(
            rf"[a-z0-9][a-z0-9-]{{4,29}}@{_PROJECT}\.iam\.gserviceaccount\.com",
            "is not a service account",
            "give its e-mail address",
        ),
    ),
}

# What only some clouds know, by section and field of the intent.
OWN_FIELDS: dict[str, dict[str, tuple[Cloud, ...]]] = {
    "accounts": {"role": ("aws", "gcp"), "tenant": ("azure",)},
    "hubs": {
        "asn": ("aws", "gcp"),
        "store_psks": ("aws",),
        "cidr": ("azure",),
        "scale_units": ("azure",),
        "topology": ("gcp",),
        "center": ("gcp",),
    },
    "spokes": {"zones": ("aws",)},
    "onramps": {"zones": ("aws",), "gateway": ("aws",)},
}

"""What the WAN made, and what it only reads: Pulumi does not tell a policy which resources were read with `.get`."""

from rules.resource import Resource
from rules.rule import Schema, Settings

MANAGED_SETTINGS: Schema = {
    "managedTag": {
        "type": "string",
        "default": "hubspoke:component",
        "description": (
            "Judge only resources with this tag: adopted ones lack it, and the policy required-tags sees to it "
            "that others have it. Empty to judge all."
        ),
    }
}


def is_managed(resource: Resource, settings: Settings) -> bool:
    tag = settings["managedTag"]
    tags = resource.get("tags")
    return not tag or not isinstance(tags, dict | None) or tag in (tags or {})

"""What every part of a Google Cloud component has: its name, labels and options."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_gcp as gcp

# Loaded before anything is registered: lazy modules are not safe to load from two threads before Python 3.12.
LOADED = [getattr(module, "_utilities", None) for module in (gcp.compute, gcp.networkconnectivity)]

_NO_LABEL = re.compile(r"[^a-z0-9_-]")
_LABEL_LENGTH = 63  # Resource Manager, "Requirements for labels", 2026-08


@dataclass(frozen=True)
class Maker:
    """How a component makes its parts: under which parent, in which region, with which labels.

    A part's own name at Google is made from its name here and random digits, so that a replacement can exist beside
    what it replaces; so names here are lower-case and have dashes only.
    """

    key: str
    region: str
    labels: dict[str, str]
    protect: bool
    parent: pulumi.Resource

    def name(self, *parts: str) -> str:
        """The name of one part: the component's key, and the part's."""
        return "-".join([self.key, *map(slug, parts)])

    def options(self, *, protect: bool = False, **more: Any) -> pulumi.ResourceOptions:
        """Options of one part. `protect` marks what refuses to be deleted where the component is protected."""
        return pulumi.ResourceOptions(parent=self.parent, protect=protect and self.protect, **more)


def slug(text: str) -> str:
    """10.0.0.0/8 -> 10-0-0-0-8: a text as part of a name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def labelled(tags: Mapping[str, str], component: str, key: str) -> dict[str, str]:
    """The WAN's tags as labels, which are lower-case and hold no punctuation, and the component they belong to."""
    own = {"hubspoke-component": f"{component}-{key}"}
    return {_label(name): _label(value) for name, value in {**tags, **own}.items()}


def _label(text: str) -> str:
    return _NO_LABEL.sub("-", text.lower())[:_LABEL_LENGTH]

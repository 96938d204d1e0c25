"""What a simulated package says of itself. YAML programs check the settings that they give a provider against it."""

from typing import Any

from hubspoke.local.clouds.schema import Kind, provider_schema

_LEAVES = {"boolean", "integer", "number", "string"}


def package_schema(package: str, version: str) -> dict[str, Any]:
    """The schema of a package, as far as its provider's settings. Its resources are those of its SDK."""
    return {
        "name": package,
        "version": version,
        "description": f"hubspoke's simulation of the {package} package; it touches no real cloud.",
        "provider": {"inputProperties": {name: _spec(each.kind) for name, each in provider_schema(package).items()}},
    }


def _spec(kind: Kind) -> dict[str, Any]:
    """A kind in the words of Pulumi's schemas. Objects are taken as they come: they are checked when they are used."""
    if kind.shape in _LEAVES:
        return {"type": kind.shape}
    if kind.shape == "list":
        return {"type": "array", "items": _spec(kind.of)}
    if kind.shape == "map":
        return {"type": "object", "additionalProperties": _spec(kind.of)}
    return {"$ref": "pulumi.json#/Any"}

"""Packs written for a test, and what they are asked about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hubspoke.local.engine.analyzer import AnalyzedResource, Analyzer, PolicyPack

MANIFEST = "runtime: python\nversion: 1.2.3\ndescription: From the manifest.\n"
HEAD = "import json, os, pulumi\nfrom pulumi_policy import *\n"
URN = "urn:pulumi:dev::wan::test:index:Thing::thing"

Write = Callable[..., Path]


def start(folder: Path, settings: dict[str, Any] | None = None, **more: Any) -> Analyzer:
    return Analyzer.start(PolicyPack(folder, settings), project="wan", stack="dev", **more)


def thing(properties: dict[str, Any] | None = None, **more: Any) -> AnalyzedResource:
    return AnalyzedResource(URN, "test:index:Thing", "thing", properties or {}, **more)


ECHO = """
def echo(args, report):
    o = args.opts
    report(json.dumps([
        args.resource_type, args.urn, args.name, dict(args.props), dict(args.get_config()),
        [o.protect, list(o.ignore_changes), o.delete_before_replace, list(o.aliases), o.custom_timeouts.create_seconds,
         list(o.additional_secret_outputs), o.parent],
        (p := args.provider) and [p.urn, p.resource_type, p.name, dict(p.props)],
    ], sort_keys=True, default=lambda proxy: proxy["__target"]))
PolicyPack("echo", [ResourceValidationPolicy("echo", "Says what it is given.", echo, severity=Severity.LOW,
    remediation_steps="None.", url="https://example.com", tags=["a"],
    config_schema=PolicyConfigSchema({"n": {"type": "integer", "default": 3}}))])
"""

"""A registration as a program asks for it, and its forms on a wire: the request, and what transforms see of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from google.protobuf import struct_pb2
from pulumi.runtime.proto import alias_pb2, callback_pb2, resource_pb2, source_pb2

from hubspoke.local.engine.errors import Unsupported
from hubspoke.local.engine.messages import from_struct
from hubspoke.local.engine.values import Properties

Request = resource_pb2.RegisterResourceRequest
Options = resource_pb2.TransformResourceOptions


@dataclass(slots=True)
class Asked:
    """What is asked for, before what it inherits and what transforms make of it. None is what nobody has set.

    What is rare stays in the wire's own messages.
    """

    type: str
    name: str
    custom: bool
    parent: str
    properties: Properties
    dependencies: set[str]
    property_dependencies: dict[str, set[str]]
    provider: str = ""
    providers: dict[str, str] = field(default_factory=dict)  # references by package
    version: str = ""
    plugin_download_url: str = ""
    package_ref: str = ""
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    deleted_with: str = ""
    import_id: str = ""
    replace_with: Sequence[str] = ()
    ignore_changes: Sequence[str] = ()
    replace_on_changes: Sequence[str] = ()
    additional_secret_outputs: Sequence[str] = ()
    hide_diff: Sequence[str] = ()
    aliases: Sequence[alias_pb2.Alias] = ()
    transforms: Sequence[callback_pb2.Callback] = ()
    custom_timeouts: Request.CustomTimeouts | None = None
    hooks: Request.ResourceHooksBinding | None = None
    replacement_trigger: struct_pb2.Value | None = None
    source_position: source_pb2.SourcePosition | None = None
    stack_trace: source_pb2.StackTrace | None = None


def from_request(request: Request) -> Asked:
    """Raises `Unsupported`."""
    _refuse_unsupported(request)
    properties = from_struct(request.object)
    asked = Asked(
        request.type, request.name, request.custom, request.parent, properties, set(request.dependencies),
        _property_dependencies(request, properties), request.provider, dict(request.providers),
        import_id=request.importId, package_ref=request.packageRef, transforms=list(request.transforms),
        aliases=[*(alias_pb2.Alias(urn=urn) for urn in request.aliasURNs), *request.aliases],
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        custom_timeouts=request.customTimeouts if request.HasField("customTimeouts") else None,
        source_position=request.sourcePosition, stack_trace=request.stackTrace, version=request.version,
        plugin_download_url=request.pluginDownloadURL, deleted_with=request.deletedWith,
        replace_with=request.replace_with, ignore_changes=request.ignoreChanges, hide_diff=request.hideDiffs,
        replace_on_changes=request.replaceOnChanges, additional_secret_outputs=request.additionalSecretOutputs,
        hooks=request.hooks if request.HasField("hooks") else None,
        replacement_trigger=request.replacement_trigger if request.HasField("replacement_trigger") else None,
    )  # fmt: skip
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        asked.delete_before_replace = request.deleteBeforeReplace
    return asked


def _refuse_unsupported(request: Request) -> None:
    if request.remote:
        raise Unsupported(f"remote components ({request.type})")
    if request.state_migrations:
        raise Unsupported("state migrations")
    if request.envVarMappings:
        raise Unsupported("envVarMappings of providers")


def _property_dependencies(request: Request, properties: Properties) -> dict[str, set[str]]:
    if request.propertyDependencies:
        return {key: set(found.urns) for key, found in request.propertyDependencies.items()}
    return {key: set(request.dependencies) for key in properties}


def to_options(asked: Asked) -> Options:
    """What a transform is shown."""
    options = Options(
        depends_on=asked.dependencies, ignore_changes=asked.ignore_changes, version=asked.version,
        replace_on_changes=asked.replace_on_changes, aliases=asked.aliases, provider=asked.provider,
        providers=asked.providers, hide_diff=asked.hide_diff, deleted_with=asked.deleted_with,
        plugin_download_url=asked.plugin_download_url, replace_with=asked.replace_with, protect=asked.protect,
        additional_secret_outputs=asked.additional_secret_outputs, retain_on_delete=asked.retain_on_delete,
        delete_before_replace=asked.delete_before_replace, custom_timeouts=asked.custom_timeouts, hooks=asked.hooks,
        replacement_trigger=asked.replacement_trigger,
    )  # fmt: skip
    setattr(options, "import", asked.import_id)
    return options


def take_options(asked: Asked, options: Options) -> None:
    """What transforms made of the options, put in their place."""
    asked.dependencies = set(options.depends_on)
    asked.providers = dict(options.providers)
    asked.import_id = getattr(options, "import")
    for name in (
        "ignore_changes", "version", "replace_on_changes", "aliases", "provider", "hide_diff", "deleted_with",
        "plugin_download_url", "replace_with", "additional_secret_outputs",
    ):  # fmt: skip
        setattr(asked, name, getattr(options, name))
    for name in (
        "protect", "retain_on_delete", "delete_before_replace", "custom_timeouts", "hooks", "replacement_trigger",
    ):  # fmt: skip
        setattr(asked, name, getattr(options, name) if options.HasField(name) else None)  # type: ignore[arg-type]

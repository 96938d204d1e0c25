"""The components as a Pulumi plugin, for programs in other languages and for YAML.

The schema is kept beside this package (`components/schema.json`) and inferred only to be compared with it, so that a
plugin starts without importing any cloud's SDK: each component is imported when the first one of it is constructed.
"""

from hubspoke.hosting.host import serve
from hubspoke.hosting.schema import HOSTED, NAME, SCHEMA, VERSION, infer_schema, write_schema

__all__ = ["HOSTED", "NAME", "SCHEMA", "VERSION", "infer_schema", "serve", "write_schema"]

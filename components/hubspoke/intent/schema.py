"""The JSON schema of wan.yaml, for editors. `python -m hubspoke.intent.schema` writes stacks/wan.schema.json."""

import json
import sys
from pathlib import Path

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import DictSchema

from hubspoke.intent.model import Wan

SCHEMA_FILE = Path("stacks/wan.schema.json")
COMMAND = "python -m hubspoke.intent.schema"


class _Strict(GenerateJsonSchema):
    """Refuses keys that do not match their pattern, as the models do."""

    def dict_schema(self, schema: DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        return made | {"additionalProperties": False} if "patternProperties" in made else made


def schema_text() -> str:
    """The schema as it is committed: draft 2020-12, with the names that are written in the file."""
    schema = Wan.model_json_schema(by_alias=True, schema_generator=_Strict)
    return json.dumps({"$schema": _Strict.schema_dialect, **schema}, indent=2) + "\n"


def main() -> int:
    """Writes the schema into the checkout that is the current folder."""
    if not SCHEMA_FILE.parent.is_dir():
        print(f"there is no folder {SCHEMA_FILE.parent}/ here: run this at the root of the checkout", file=sys.stderr)
        return 2
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

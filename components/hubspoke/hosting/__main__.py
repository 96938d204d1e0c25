"""`python -m hubspoke.hosting`: write the schema file anew."""

from hubspoke.hosting.schema import write_schema

write_schema()

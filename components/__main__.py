"""The plugin's program: Pulumi runs this folder, and ends it."""

from hubspoke.hosting import serve

serve()

"""One stack per account: `pulumi up --stack <account>`, or `hubspoke up --stack <account>`."""

from pathlib import Path

from hubspoke.compose import compose

compose(Path(__file__).parent / "wan.yaml")

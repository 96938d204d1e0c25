"""The network that a Plan means, and what must hold of it."""

from hubspoke.network.intended.build import intended
from hubspoke.network.intended.context import context
from hubspoke.network.intended.questions import questions

__all__ = ["context", "intended", "questions"]

"""What exists already is read, so that a wrong id is refused, and known by the id that the intent gives."""

import pulumi


def id_of(read: pulumi.Resource, given: str) -> pulumi.Output[str]:
    """The id of what `.get` reads, known as soon as it is read.

    Its own `id` is not: a Pulumi CLI as of 3.259 answers a read in a preview without it, so that all that hangs on it
    would seem to change, and could not be judged (seen with 3.272 of CLI and SDK, 2026-11).
    """
    return read.urn.apply(lambda _: given)

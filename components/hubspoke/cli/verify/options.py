"""The options of verify."""

from pathlib import Path
from typing import Annotated

import typer

from hubspoke.operate.verify import Of

OfOption = Annotated[
    Of,
    typer.Option(
        "--of",
        help="plan: as wan.yaml means it, no stack needed. planned: as previews of the stacks would make it. "
        "recorded: as their state files have it. observed: as it is in the clouds now.",
    ),
]
FromOption = Annotated[str | None, typer.Option("--from", help="Follow one packet: from this network or address.")]
ToOption = Annotated[str | None, typer.Option("--to", help="... to this network or address.")]
PortOption = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="... to this port; default: any.")]
ProtocolOption = Annotated[
    str | None, typer.Option("--protocol", help="... by tcp, udp, icmp or any; default: tcp with --port, else any.")
]
FailOption = Annotated[
    list[str] | None,
    typer.Option("--fail", help="With this failed: tunnel/KEY, endpoint/KEY, hub/KEY, gateway/KEY/SLOT, peering/KEY."),
]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option("--accept", help="A known weakness: endpoint/e1:euc1 lets that failure cut off hub euc1's networks."),
]
SarifOption = Annotated[Path | None, typer.Option("--sarif", help="Write what is not proven to this file, as SARIF.")]
MarkdownOption = Annotated[Path | None, typer.Option("--markdown", help="Write a summary to this file, as Markdown.")]
FailuresOption = Annotated[
    bool, typer.Option("--failures/--no-failures", help="Ask everything again with each single thing failed.")
]
FullOption = Annotated[bool, typer.Option("--full", help="Show every example and difference, not one of a kind.")]

"""`hubspoke`: the commands."""

import typer

from hubspoke.cli import exits
from hubspoke.cli.commands import demo, drift, operations, plan, recover, sim, verify

HELP = """One wide-area network over every cloud: planned, judged, deployed, and kept that way.

The network is written once, in stacks/wan.yaml; each account of it is one Pulumi stack.

\b
    hubspoke plan                what the intent comes to: addresses, routes, rules per account
    hubspoke verify              that it does what the intent says, proven, with anything failed
    hubspoke preview --all       what would change, judged by the policy pack
    hubspoke up --all            deploy, in dependency order
    hubspoke drift --all         what differs from intent, and with --revert, put it back

Exit codes: 0 clean, 1 failed, 2 usage or bad input, 3 blocked by policy or a proof, 7 differs from intent.
"""

app = typer.Typer(
    name="hubspoke",
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("plan")(plan.plan)
app.command("verify")(verify.verify)
app.command("preview")(operations.preview)
app.command("up")(operations.up)
app.command("refresh")(operations.refresh)
app.command("destroy")(operations.destroy)
app.command("drift")(drift.drift)
app.command("recover")(recover.recover)
app.add_typer(sim.app, name="sim")


def main() -> None:
    """Entry point of the `hubspoke` command."""
    exits.run(lambda: app(prog_name="hubspoke"))

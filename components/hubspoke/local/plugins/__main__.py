"""`python -m hubspoke.local.plugins <package>`: serve one simulated package to the Pulumi CLI."""

import argparse

from hubspoke.local.clouds.packages import SIMULATED
from hubspoke.local.plugins.serving import serve


def main() -> None:
    """Entry point of the plugins."""
    parser = argparse.ArgumentParser(
        prog="python -m hubspoke.local.plugins",
        description="Serves a simulated package to the Pulumi CLI. HUBSPOKE_SIM is the folder of the simulated clouds.",
    )
    parser.add_argument("package", choices=SIMULATED)
    parser.add_argument("engine", nargs="?", help="address of the engine that started this")
    # What the CLI passes on of its own logging has no meaning here.
    parser.add_argument("--logtostderr", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("-v", dest="verbosity", help=argparse.SUPPRESS)
    parser.add_argument("--tracing", help=argparse.SUPPRESS)
    given = parser.parse_args()
    serve(given.package, given.engine)


if __name__ == "__main__":
    main()

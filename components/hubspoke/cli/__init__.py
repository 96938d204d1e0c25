"""The command line: `app.main` is the `hubspoke` command."""

"""What `hubspoke verify` shows: for people, as JSON, as SARIF, and as Markdown for a pull request."""

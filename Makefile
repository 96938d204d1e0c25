# `make demo` and `make test` each do all of their own set-up: a machine needs Python 3.11 or later, make and git.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
EMPTY :=
SPACE := $(EMPTY) $(EMPTY)
# As a URL: pip takes a space in a path for the end of it.
export PIP_CONSTRAINT := file://$(subst $(SPACE),%20,$(CURDIR))/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint types format bench schema docs constraints clean help

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(INSTALLED) ## The whole story in a terminal, against simulated clouds, in ./hubspoke-demo
	$(BIN)/hubspoke demo --yes

test: lint types ## Lint, types and every test
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(INSTALLED) ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## mypy, strict
	$(BIN)/mypy

format: $(INSTALLED) ## Format and fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED) ## Measure what docs/performance.md holds, beside the Pulumi CLI where it is on PATH; takes an hour
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/engines.py

schema: $(INSTALLED) ## Write the JSON schema of the intent, and the components' for other languages
	$(BIN)/python -m hubspoke.intent.schema
	$(BIN)/python -m hubspoke.hosting

constraints: ## Write constraints.txt from what is installed
	@{ echo "# Every version that tests have seen, direct and transitive. Regenerate: make constraints"; \
	  $(BIN)/pip freeze --exclude hubspoke | sort -f; } > constraints.new && mv constraints.new constraints.txt

clean: ## Remove what `make` made
	rm -rf $(VENV) hubspoke-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "hubspoke needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version). Say: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Installing into $(VENV); the cloud SDKs are large, so the first time takes a minute or two."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $(INSTALLED)

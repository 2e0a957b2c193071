# Every target first sets up .venv if necessary. Only Python 3.11 or later must be installed.
# `make test PYTHON=python3.13` selects another one.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
STAMP := .venv/set-up
PYTHONS := $(or $(PYTHON),python3.11 python3.12 python3.13 python3.14 python3 python)
# The client can be missing: `make generate` creates it.
CLIENT := $(wildcard generated/pyproject.toml)
# Those that take longest come first, so that none is left over at the end.
CHECKS := tests-commands tests-generator tests-client tests-fleet types lint wheels check
# The tests in jobs, so that no processor is idle at the end: the client, what comes with it, the
# commands, everything else.
CLIENT_TESTS := tests/client tests/render
FLEET_TESTS := tests/fake tests/fleet tests/kit
COMMAND_TESTS := tests/bump tests/cli tests/compare tests/diff tests/packs
OTHER_TESTS := $(CLIENT_TESTS) $(FLEET_TESTS) $(COMMAND_TESTS)
# Checks in parallel, with the output of each one together if make supports that.
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
WHOLE := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# uv trusts the system's certificates, like pip and git.
export UV_SYSTEM_CERTS ?= 1

.PHONY: help setup generate demo test tests $(CHECKS) format bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

# ── Set-up ────────────────────────────────────────────────────────────────────────────────────

setup: $(STAMP) ## create .venv with the locked tools, runnersmith and ghrunners in place
	@echo ".venv is ready"

.venv/bin/python:
	@for python in $(PYTHONS); do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "== set-up: .venv with $$($$python -V)"; \
	        $$python -m venv --clear .venv && exit; \
	        rm -rf .venv; exit 1; \
	    fi; \
	done; \
	echo "error: Python 3.11 or later is needed; tried: $(PYTHONS)." >&2; \
	echo "Set its path: make PYTHON=/path/to/python" >&2; \
	exit 1

# pip installs uv from its lines in the lock file, and uv installs the rest.
$(STAMP): requirements.lock pyproject.toml $(CLIENT) | .venv/bin/python
	@echo "== set-up: the packages of requirements.lock"
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes -r .venv/uv.txt
	@$(BIN)/uv pip sync --quiet --python .venv --require-hashes --compile-bytecode requirements.lock
	@$(BIN)/uv pip install --quiet --python .venv --no-deps --no-build-isolation \
	    --editable . $(CLIENT:%/pyproject.toml=--editable %)
	@touch $@

LOCK := env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
    $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
    --custom-compile-command "make lock" $(UPGRADE)

lock: $(STAMP) ## write the lock files from pyproject.toml (newer versions: UPGRADE=--upgrade)
	@$(LOCK) --group dev --output-file requirements.lock pyproject.toml
	@$(LOCK) --output-file tests/bench/peers.lock tests/bench/peers.in

# ── Generation ────────────────────────────────────────────────────────────────────────────────

generate: $(STAMP) ## write generated/ from spec/ and templates/
	@$(BIN)/runnersmith generate
	@echo "Next: \`make demo\` plays a small fleet offline, \`make test\` runs every check;"
	@echo "      generated/README.md is the documentation of the client."

demo: $(STAMP) ## play a day of a small fleet of runners, offline and without a token
	@$(BIN)/python generated/examples/demo.py

format: $(STAMP) ## format the code and apply ruff's fixes
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/black --quiet .

# ── Checks ────────────────────────────────────────────────────────────────────────────────────

test: $(STAMP) ## run every check, one per processor in parallel (JOBS=1: one at a time)
	@$(MAKE) --keep-going --jobs=$(JOBS) $(WHOLE) $(CHECKS)
	@printf '\nevery check passed: $(CHECKS)\n'

define title
	@printf '\n== %s\n' $@
endef

tests: $(STAMP) ## run pytest (PYTEST="tests/client -k walk" sets its arguments)
	@$(BIN)/python -m pytest $(PYTEST)

tests-client: $(STAMP)
	$(title)
	@$(BIN)/python -m pytest $(CLIENT_TESTS)

tests-fleet: $(STAMP)
	$(title)
	@$(BIN)/python -m pytest $(FLEET_TESTS)

tests-commands: $(STAMP)
	$(title)
	@$(BIN)/python -m pytest $(COMMAND_TESTS)

tests-generator: $(STAMP)
	$(title)
	@$(BIN)/python -m pytest $(OTHER_TESTS:%=--ignore=%)

check: $(STAMP) ## compare generated/ with the output of the generator
	$(title)
	@$(BIN)/runnersmith check --from-scratch

lint: $(STAMP) ## run ruff and black, and check the lock file against pyproject.toml
	$(title)
	@$(BIN)/uv pip check --quiet --python .venv
	@$(BIN)/ruff check .
	@$(BIN)/black --check --quiet --diff .

# basedpyright skips folders with a dot, except as a project. --verifytypes uses the first python on
# the path, regardless of the settings.
types: $(STAMP) ## run mypy and basedpyright, and check that every public name is typed
	$(title)
	@$(BIN)/mypy
	@$(BIN)/basedpyright
	@$(BIN)/basedpyright --project .github/scripts
	@for package in runnersmith ghrunners; do \
	    report=$$(PATH="$(CURDIR)/$(BIN):$$PATH" basedpyright --ignoreexternal --verifytypes $$package) || \
	        { echo "$$report"; exit 1; }; \
	    echo "$$package: $$(echo "$$report" | grep '^Type completeness')"; \
	done

wheels: $(STAMP) ## build both wheels and use each in an empty environment
	$(title)
	@$(BIN)/python tests/smoke/wheels.py

bench: $(STAMP) ## measure generator and client, and soak-test the client under faults
	@cd tests && for part in generate client soak; do ../$(BIN)/python -m bench.$$part || exit 1; done

clean: ## remove the output of the other targets, except generated/
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

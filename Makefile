# wf40. `make demo` and `make test` are all that is needed: each sets itself up.
# Needed: make and Python 3.11 or newer (with venv), nothing else.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
SHELL := /bin/bash

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Passed on to pytest: make test ARGS="tests/core -k firms -n 0"
ARGS   ?=
# Distributions of this repository that are installed editable: the core and every plugin.
PLUGINS  := $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
PROJECTS := pyproject.toml $(addsuffix /pyproject.toml,$(PLUGINS))
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check

.PHONY: help setup setup-dev demo demo-reset test check bench screenshots wheels docs translations lock clean

help: ## show what can be made
	@grep -hE '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | expand -t 15

# --- environment ---------------------------------------------------------------------------------
# Stamp files: a second run only compares times of files.

setup: $(VENV)/.projects ## build .venv with .venv/bin/wf40

setup-dev: $(VENV)/.projects $(VENV)/.dev ## the same, with what tests and checks need

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is missing: apt-get install python3 python3-venv, or make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "wf40 needs Python 3.11 or newer; $(PYTHON) is older. Say which one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@echo "building $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements/runtime.txt requirements/build.txt
	@echo "installing the pinned packages ..."
	@$(PIP_INSTALL) --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@touch $@

$(VENV)/.projects: $(VENV)/.runtime $(PROJECTS)
	@$(PIP_INSTALL) --no-deps --no-build-isolation --no-index $(addprefix -e ./,. $(PLUGINS))
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "installing the pinned packages for tests and checks ..."
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	@$(PIP_INSTALL) --require-hashes -r requirements/bench.txt
	@touch $@

# --- use -----------------------------------------------------------------------------------------

demo: setup ## start a fictional town on http://127.0.0.1:8040
	@exec $(BIN)/wf40 demo

demo-reset: setup ## the same from the beginning: deletes the demo's data
	@exec $(BIN)/wf40 demo --reset

# --- quality -------------------------------------------------------------------------------------

# Tests start wf40 in many processes of its own: what one has compiled the next ones read.
test: setup-dev ## the whole test suite, on SQLite and on PostgreSQL
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup-dev ## lint, types, import rules, generated files
	@$(BIN)/python -m tools.check

bench: setup-dev $(VENV)/.bench ## measure speed and memory into docs/figures.md: make bench ARGS="10000 100000"
	@$(BIN)/python -m bench $(ARGS)

screenshots: setup-dev ## the pictures of the README
	@$(BIN)/python -m tools.screenshots

wheels: setup-dev ## build the core and every plugin into dist/
	@rm -rf dist
	@for project in $(addprefix ./,. $(PLUGINS)); do \
		$(BIN)/python -m build --no-isolation --wheel --outdir dist $$project >/dev/null || exit 1; done
	@ls dist

# --- generated files -----------------------------------------------------------------------------

docs: setup-dev ## write the generated pages of docs/
	@$(BIN)/wf40 plugins docs

translations: setup-dev ## take new texts into the English catalogues
	@$(BIN)/python -m tools.translations update

lock: ## pin all packages anew (needs uv)
	@command -v uv >/dev/null || { echo "uv is missing: pip install uv" >&2; exit 1; }
	@tools/lock.sh

clean: ## remove the environment and caches, never the data in var/
	rm -rf $(VENV) dist plugins/*/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

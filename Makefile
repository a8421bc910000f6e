# One command each for a look at everything, for the tests and for learning.
# Every command sets up .venv first; a second run finds it done.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV_VERSION := 0.13.8
LEARN_FOLDER ?= $(HOME)/resnet-course
DEMO_FOLDER ?= build/demo

# The first interpreter on the path that TensorFlow has wheels for.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)

.DEFAULT_GOAL := help
.PHONY: help setup demo site test test-numerical learn build lint lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## install everything into .venv, as pinned in requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11, 3.12 or 3.13 found on the path: install one, or name it with make PYTHON=/path/to/python3.12" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet uv==$(UV_VERSION) || echo "uv cannot be installed here; pip does the same, more slowly"
	@if test -x $(BIN)/uv; then install="$(BIN)/uv pip install --python $(BIN)/python --compile-bytecode"; else install="$(BIN)/python -m pip install"; fi; \
	echo "$$install -r requirements.lock" && \
	$$install --quiet --require-hashes --requirement requirements.lock && \
	$$install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## play the whole course through and write one page that shows it
	$(BIN)/resnet-course demo --output $(DEMO_FOLDER)

site: setup ## build the website: the course in a browser tab, for any file server
	$(BIN)/python -m website --output build/site

test: setup ## run the test suite
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

test-numerical: setup ## run the tests of numbers again, without the processor's own library
	TF_ENABLE_ONEDNN_OPTS=0 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m numerical

learn: setup ## copy the lessons to your own folder and open them in JupyterLab
	$(BIN)/resnet-course learn $(LEARN_FOLDER)

build: setup ## make the notebooks from the percent scripts and the reference solutions
	$(BIN)/resnet-course build

lint: setup ## linters and type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: setup ## pin the newest versions that fit pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --upgrade pyproject.toml --output-file requirements.lock

clean: ## remove the environment and everything built
	rm -rf $(VENV) build

# Everything that is run by hand or by CI. `make` alone lists it.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
BIN := .venv/bin
RUNTIME := .venv/installed-runtime
DEV := .venv/installed-dev
STUDIO := .venv/installed-studio
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 --constraint constraints.txt
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help demo studio test test-all check docs references bench golden wheel clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(RUNTIME)  ## run the default scenario and say where its report and its replay are
	@$(BIN)/galleria run everyday recording=replay --out outputs/demo --overwrite
	@echo "Open outputs/demo/report.html and outputs/demo/replay.html in a browser."

studio: $(STUDIO)  ## open the planner's page in the browser
	@$(BIN)/galleria studio

test: $(DEV)  ## fast tests, two ways: compiled, and without the compiler
	@echo "== 1 of 2: compiled"
	@$(BIN)/python -m sim.precompile
	@$(PYTEST)
	@echo "== 2 of 2: unit tests as plain Python, which checks every index (NUMBA_DISABLE_JIT=1)"
	@NUMBA_DISABLE_JIT=1 $(PYTEST) tests/unit -m "not slow and not compiled and not plain"

test-all: $(DEV)  ## every test, the slow ones too, with new random examples, and compiled once more with every index checked
	@HYPOTHESIS_PROFILE=searching $(PYTEST) -m ""
	@echo "== unit tests compiled with every index checked (NUMBA_BOUNDSCHECK=1)"
	@NUMBA_BOUNDSCHECK=1 $(BIN)/python -m sim.precompile
	@NUMBA_BOUNDSCHECK=1 $(PYTEST) tests/unit -m "not slow and not compiled and not plain"

check: $(DEV)  ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: $(DEV)  ## the documentation site in outputs/site; execute=1 runs the notebooks for it
	@GALLERIA_EXECUTE=$(execute) $(BIN)/python -m sphinx -b html -E -W --keep-going -q -c docs . outputs/site
	@echo "Open outputs/site/index.html in a browser."

references: $(DEV)  ## write the references of scenarios, policies, KPIs, parameters and commands, and the list of modules, anew
	@$(BIN)/python docs/references.py
	@$(BIN)/python tests/architecture/test_documents.py
	@git diff --stat -- docs/reference ARCHITECTURE.md

bench: $(DEV)  ## measure speed and memory against hand-written scripts of the same day
	@$(BIN)/python -m tests.bench

golden: $(DEV)  ## write the golden day's indicators anew; review the difference before committing it
	@GALLERIA_WRITE_GOLDEN=1 $(PYTEST) -n 0 -m "" tests/golden
	@git diff --stat -- tests/golden

wheel: $(DEV)  ## build the wheel into dist/
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	@ls dist/*.whl

clean:  ## remove the environment and what tools left
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found; install one, or say where: make PYTHON=/path/to/python3.11 ..." >&2; exit 2; }
	@echo "Making an environment in .venv with $$($(PYTHON) --version) ..."
	@# Some systems ship Python's venv without pip; then the pip that is there fills it.
	@$(PYTHON) -m venv .venv 2>/dev/null || { $(PYTHON) -m venv --clear --without-pip .venv && \
		$(PYTHON) -m pip --quiet --disable-pip-version-check --python .venv/bin/python install pip; } || { rm -rf .venv; exit 2; }

$(RUNTIME): pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what Galleria needs into .venv (half a minute to a few minutes, once) ..."
	@$(PIP_INSTALL) --editable .
	@touch $@

$(STUDIO): pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what Galleria and the planner's page need into .venv (half a minute to a few minutes, once) ..."
	@$(PIP_INSTALL) --editable '.[studio]'
	@touch $(RUNTIME) $@

$(DEV): pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Galleria and what its tests need into .venv (half a minute to a few minutes, once) ..."
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $(RUNTIME) $(STUDIO) $@

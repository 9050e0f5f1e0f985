# Two commands are all a newcomer needs: `make demo` and `make test`. Both install what is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check -c requirements.lock
PORT ?= 8090
EXAMPLES ?= 200
YEARS ?= 20
KILLS ?= 200
# One worker more than cores: tests with processes wait for them. Who has nothing left takes half of what another has.
# Tests of one file stay together mostly: they copy what the first of them lived (tests/support/lived.py).
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
# Without it every process that a test starts would compile all of Pandu again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: audit demo-days guide coverage help install install-postgres install-dev demo test quick check lint format types imports structure i18n pytest mutants test-pg soak bench lock schema first-tap clean

help: ## print this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## */\1|/' | awk -F'|' '{printf "  make %-16s %s\n", $$1, $$2}'

$(BIN)/python:
	@scripts/make-venv $(PYTHON) $(VENV)

$(VENV)/.installed: pyproject.toml requirements.lock | $(BIN)/python
	$(PIP) -e .
	@touch $@

# The same with an extra of pyproject.toml: demo, postgres, dev.
$(VENV)/.installed-%: pyproject.toml requirements.lock | $(BIN)/python
	$(PIP) -e '.[$*]'
	@touch $@ $(VENV)/.installed

install: $(VENV)/.installed ## make .venv and install Pandu

install-postgres: $(VENV)/.installed-postgres ## the same with what DATABASE_URL=postgresql://... needs

install-dev: $(VENV)/.installed-dev ## the same with what the tests need

demo: $(VENV)/.installed-demo ## open the simulator with an example angkatan and print its address (PORT=8090)
	@$(BIN)/pandu demo --port $(PORT)

test: lint ## everything that can be checked, the slower checks beside the tests; what is skipped is printed with the reason
	@log=$$(mktemp); $(MAKE) --no-print-directory --keep-going imports structure types >$$log 2>&1 & checks=$$!; \
		$(MAKE) --no-print-directory pytest; tests=$$?; \
		wait $$checks; checks=$$?; cat $$log; rm $$log; exit $$((tests | checks))

quick: install-dev ## within a minute: ruff on changed files; units, packs and rules on SQLite
	@{ git diff --name-only --diff-filter=d HEAD; git ls-files --others --exclude-standard; } | grep '\.pyi\?$$' \
		| xargs -r sh -c '$(BIN)/ruff check --force-exclude "$$@" && $(BIN)/ruff format --check --force-exclude "$$@"' ruff
	$(PYTEST) -n $$(getconf _NPROCESSORS_ONLN) tests/unit tests/packs tests/rules -m "not postgres and not slow"  # nothing waits there

check: lint types imports structure

lint: install-dev ## ruff: rules and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: install-dev ## let ruff mend and lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: install-dev ## mypy --strict on rooms and tests
	$(BIN)/mypy bot handlers sop_flows storage simulator tests benchmarks scripts

imports: install-dev ## the straight line: bot -> handlers -> sop_flows -> storage
	$(BIN)/lint-imports --no-cache
	$(BIN)/pandu sop check
	$(BIN)/pandu sop check asrama_bukit_tunas

structure: install-dev ## measure the rooms (circles, arrows, parameters, lines); with TAP=--tap also the files of one "Selesai"
	$(BIN)/python scripts/structure.py $(TAP)

# From Python 3.12 on the interpreter counts statements by itself.
COUNTS_ITSELF := import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")

pytest: install-dev
	@scripts/get-servers
	$(PYTEST)

# Fails below the share of statements that stands in pyproject.toml; `coverage report -m` says which are missing.
coverage: install-dev ## count the statements that the tests run, over all workers
	@scripts/get-servers
	COVERAGE_CORE=$$($(BIN)/python -c '$(COUNTS_ITSELF)') $(PYTEST) --cov --cov-report=

mutants: install-dev ## break the rules in 60 places, one at a time, and print what no test notices (20 minutes)
	$(BIN)/python scripts/mutants.py

test-pg: install-dev ## every test that runs on PostgreSQL, not only the day's sample, and nothing copied
	@scripts/get-servers
	PANDU_EVERYTHING=1 $(PYTEST) -k postgres

i18n: install-dev ## extract message ids, keep the Indonesian, list what is missing
	$(BIN)/python scripts/catalogue.py

soak: install-dev ## what takes long: every test on both databases, a morning of 3,000 officers, a million waiting reminders, a month of kills (KILLS=200), random years (YEARS=20) and stays (EXAMPLES=200), 10,000 odd updates, 60,000 tries to read a name, the restores
	@scripts/get-servers
	PANDU_EVERYTHING=1 $(PYTEST)
	PANDU_SOAK=1 $(BIN)/python -m pytest tests/soak -s --timeout 0
	PANDU_SOAK=1 PANDU_KILLS=$(KILLS) $(BIN)/python -m pytest tests/faults -s --timeout 0
	PANDU_SOAK=1 PANDU_YEARS=$(YEARS) $(BIN)/python -m pytest tests/properties/test_year.py -s --timeout 0
	PANDU_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest tests/properties/test_engine.py -s --timeout 0
	PANDU_SOAK=1 $(BIN)/python -m pytest tests/properties/test_a_storm_of_updates.py tests/access tests/bot/test_backup_command.py -s --timeout 0

bench: install-dev ## what a tap costs beside a bare bot of the same run, as a table (QUICK=1 PART=taps)
	QUICK=$(QUICK) $(BIN)/python -m benchmarks $(PART)

audit: install-dev $(VENV)/.installed-audit ## are the packages what was locked, is something known against them, may they be used?
	$(BIN)/python scripts/audit.py

lock: install-dev ## write requirements.lock anew: the newest versions that pyproject.toml allows
	$(BIN)/python scripts/lock.py

schema: install-dev ## write the JSON Schemas of pack files for editors
	$(BIN)/python scripts/schema.py

demo-days: install-dev ## live the ten days with which the demo begins anew (half a minute), after a change of what is said
	$(BIN)/python scripts/lived_demo.py

guide: install-dev ## do every lesson of the demo's page in Chromium at three widths and take the pictures of docs/panduan.md and README.md (4 minutes)
	@scripts/get-servers
	$(BIN)/python scripts/guide.py

first-tap: install-dev ## clone into an empty folder, start the demo, confirm one step in Chromium, print the seconds
	@scripts/get-servers
	$(BIN)/python scripts/first_tap.py

clean: ## remove .venv and caches (data/ stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage *.egg-info build

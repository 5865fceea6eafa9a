# Everything sets itself up from nothing but python3 and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

# Where it is set, every one of the hundreds of processes that the tests start compiles all modules anew.
unexport PYTHONDONTWRITEBYTECODE

# The Pythons that `make test-pythons` tries if they are installed: names on the PATH, or paths.
PYTHONS ?= python3.11 python3.12 python3.13 python3.14
# Which share of the trials `make crashes` and `make trials` make; another one each time, unless one is given.
SEED := $(or $(SEED),$(shell od -An -N2 -tu2 /dev/urandom | tr -d ' '))
SHARDS := 8
# One more than there are processors, as some tests wait: for a plugin that hangs, or a server.
WORKERS := $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

.PHONY: help bench demo demo-long demo-google npm test test-slow test-long test-all test-pythons test-lowest coverage crashes mutants trials mutation soak nightly lint format docs sentences clean

help:
	@echo "make demo    plays one job interview; make demo-long some weeks of a job search"
	@echo "make demo-google  does so with everything at Google: at an emulator of it, on this machine"
	@echo "make test    runs the tests; make test-slow those that start processes or play weeks; make test-all all"
	@echo "make test-pythons  runs the tests on every Python that is installed and supported"
	@echo "make test-lowest  runs them with the lowest versions of what pyproject.toml depends on"
	@echo "make coverage  runs the tests and sees how much they try of what decides and remembers"
	@echo "make crashes  strikes some 400 runs at points of their own; make trials does so at more, and other trials"
	@echo "make mutants  makes a hundred small mistakes in the engine and the language of rules, others each time"
	@echo "make trials  makes a share of the long trials, another one each time: crashes, mistakes, lives, hostile input"
	@echo "make bench   measures what judging costs, how it grows, and other engines beside it"
	@echo "make mutation  makes all of them, one by one, and names each for which no test fails"
	@echo "make nightly  makes all trials and audits the dependencies; make soak goes on for hours"
	@echo "make lint    checks style, types and the rules of who may import whom"
	@echo "make docs    writes anew what the documentation shows of the command"
	@echo "make sentences  brings the catalogues of translations up to date, and tells what is missing"

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/ready
	@$(BIN)/python examples/demo.py

demo-long: $(VENV)/ready
	@$(BIN)/python examples/demo.py --long

# An emulator of Google, and what checks our stand-in for Google Tasks. Without npm, their tests are skipped.
PACKAGES := emulate@0.11.2 @stoplight/prism-cli@5.14.2 google-discovery-to-swagger@2.1.0
# An independent reader of calendars, and calendars that another one brings with it.
PACKAGES += ical.js@2.2.1 ical@0.8.0

out/npm/ready:
	@mkdir -p out/npm
	@if command -v npm >/dev/null && npm install --silent --no-audit --no-fund --prefix out/npm $(PACKAGES); \
	then touch $@; else echo "npm is not there, or could not install $(PACKAGES): what needs them is left out"; fi

npm: out/npm/ready

demo-google: $(VENV)/ready npm
	@$(BIN)/python examples/google_demo.py

test: $(VENV)/ready npm
	$(BIN)/python -m pytest --numprocesses $(WORKERS) -m "not slow and not long"

test-slow: $(VENV)/ready npm
	$(BIN)/python -m pytest --numprocesses $(WORKERS) -m "slow and not long"

test-long: $(VENV)/ready npm
	$(BIN)/python -m pytest --numprocesses auto -m long --durations 0 --durations-min 10

test-all: test test-slow test-long

# uv, as pip cannot choose the lowest versions.
test-lowest: npm
	$(PYTHON) -m venv --clear out/lowest
	out/lowest/bin/python -m pip install -qq --disable-pip-version-check uv
	out/lowest/bin/uv pip install --quiet --python out/lowest/bin/python --resolution lowest-direct --editable '.[dev,keyring]'
	out/lowest/bin/python -m pytest --numprocesses auto -m "not long"

test-pythons:
	@failed=; for python in $(PYTHONS); do \
	  if version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); then \
	    echo "== Python $$version"; \
	    $(MAKE) --no-print-directory test test-slow PYTHON=$$python VENV=out/python$$version || failed="$$failed $$version"; \
	  else echo "== $$python is not installed: not tried"; fi; \
	done; [ -z "$$failed" ] || { echo "failed on Python$$failed"; exit 1; }

# From Python 3.14 on, coverage measures branches by sys.monitoring, which costs next to nothing; before, by tracing.
coverage: $(VENV)/ready npm
	$(BIN)/python -m pytest --numprocesses auto -m "not long" --cov

crashes: $(VENV)/ready
	@echo "make crashes SEED=$(SEED) strikes at the same points again"
	$(BIN)/python -m tests.trials.faults --points 400 --seed $(SEED)

# The floor lies three standard deviations of such a sample below what is reached, so that chance alone fails nobody;
# that of all mistakes lies higher (`make mutation`, `make nightly`).
mutants: $(VENV)/ready
	@echo "make mutants SEED=$(SEED) makes the same mistakes again"
	$(BIN)/python -m tests.trials.mutation --sample 100 --seed $(SEED) --floor 90

trials: $(VENV)/ready npm
	@echo "make trials SEED=$(SEED) makes the same trials again"
	$(BIN)/python -m tests.trials.faults --points 800 --seed $(SEED)
	$(BIN)/python -m tests.trials.mutation --sample 400 --seed $(SEED) --floor 93
	$(BIN)/python -m tests.trials.simulator --runs 2 --years 0.25 --seed $(SEED)
	$(BIN)/python -m tests.trials.hostile --inputs 400 --seed $(SEED)
	$(BIN)/python -m tests.trials.mail --seed $(SEED)
	$(BIN)/python -m tests.trials.calendars
	$(BIN)/python -m pytest --numprocesses auto -m "long and not whole" --shard $$(($(SEED) % $(SHARDS)))/$(SHARDS)

bench: $(VENV)/ready
	$(BIN)/python benchmarks/engine.py 1000
	$(BIN)/python benchmarks/conditions.py
	$(BIN)/python benchmarks/growth.py
	$(BIN)/python benchmarks/twenty_years.py

mutation: $(VENV)/ready
	$(BIN)/python -m tests.trials.mutation --floor 93

soak: $(VENV)/ready
	$(BIN)/python -m tests.trials.faults --soak
	$(BIN)/python -m tests.trials.simulator --runs 360 --years 0.25
	$(BIN)/python -m tests.trials.simulator --runs 10 --years 1 --seed 10000
	$(BIN)/python -m tests.trials.hostile --inputs 100000

nightly: $(VENV)/ready npm
	@PYTHON=$(abspath $(BIN)/python) SEED=$(SEED) .ci/nightly

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/ready
	$(BIN)/python docs/generate.py

sentences: $(VENV)/ready
	$(BIN)/python docs/sentences.py

clean:
	rm -rf $(VENV) out dist .mypy_cache .ruff_cache .coverage* .hypothesis .import_linter_cache

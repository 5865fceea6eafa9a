# Everything sets itself up from nothing but python3 and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: help demo demo-google npm test test-all test-long test-lowest coverage mutation soak lint format docs clean

help:
	@echo "make demo    plays some weeks of a job search"
	@echo "make demo-google  does so with everything at Google: at an emulator of it, on this machine"
	@echo "make test    runs the tests"
	@echo "make test-all  runs those that take minutes, too; make soak those that take hours"
	@echo "make test-lowest  runs them with the lowest versions of what pyproject.toml depends on"
	@echo "make coverage  runs the tests and sees that they try every branch of what decides and remembers"
	@echo "make mutation  makes small mistakes in the engine, one by one, and sees that a test fails for each"
	@echo "make lint    checks style, types and the rules of who may import whom"
	@echo "make docs    writes anew what the documentation shows of the command"

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/ready
	@$(BIN)/python examples/demo.py

# An emulator of Google, and what checks our stand-in for Google Tasks. Without npm, their tests are skipped.
PACKAGES := emulate@0.11.2 @stoplight/prism-cli@5.14.2 google-discovery-to-swagger@2.1.0

out/npm/ready:
	@mkdir -p out/npm
	@if command -v npm >/dev/null && npm install --silent --no-audit --no-fund --prefix out/npm $(PACKAGES); \
	then touch $@; else echo "npm is not there, or could not install $(PACKAGES): what needs them is left out"; fi

npm: out/npm/ready

demo-google: $(VENV)/ready npm
	@$(BIN)/python examples/google_demo.py

test: $(VENV)/ready npm
	$(BIN)/python -m pytest --numprocesses auto -m "not long"

test-long: $(VENV)/ready npm
	$(BIN)/python -m pytest --numprocesses auto -m long

test-all: test test-long

# uv, as pip cannot choose the lowest versions.
test-lowest: npm
	$(PYTHON) -m venv --clear out/lowest
	out/lowest/bin/python -m pip install -qq --disable-pip-version-check uv
	out/lowest/bin/uv pip install --quiet --python out/lowest/bin/python --resolution lowest-direct --editable '.[dev,keyring]'
	out/lowest/bin/python -m pytest --numprocesses auto -m "not long"

coverage: $(VENV)/ready npm
	$(BIN)/python -m pytest --numprocesses auto -m "not long" --cov

mutation: $(VENV)/ready
	$(BIN)/python -m tests.trials.mutation

soak: $(VENV)/ready
	$(BIN)/python -m tests.trials.faults --soak
	$(BIN)/python -m tests.trials.simulator --runs 50 --years 2
	$(BIN)/python -m tests.trials.hostile --inputs 100000

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

clean:
	rm -rf $(VENV) out dist .mypy_cache .ruff_cache .coverage* .hypothesis .import_linter_cache

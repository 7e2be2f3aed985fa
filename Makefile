# Everything runs in one environment, .venv, which the first target that needs it makes from requirements.lock.
# PYTHON is the interpreter it is made with: make demo PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test test-slow test-all check bench bench-decide docs studies clean .venv

demo: $(READY)
	$(BIN)/baton compare combined separate --replications 8 --workers 2 --html comparison.html

test: $(READY)
	$(BIN)/pytest -n 2 -m "not slow" --cov=sim --cov-report=term:skip-covered

# pytest answers 5 where nothing is marked slow, which is no failure
test-slow: $(READY)
	$(BIN)/pytest -n 2 -m slow || [ $$? -eq 5 ]

test-all: $(READY)
	$(BIN)/pytest -n 2 --cov=sim --cov-report=term:skip-covered

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict sim

bench: $(READY)
	$(BIN)/python -m tests.bench

# what it takes to choose the best of four plans, the textbook way and ours (some minutes the first time)
bench-decide: $(READY)
	$(BIN)/python -m tests.bench.decisions

# Sphinx and its theme are no part of the lock: the first time they are installed from the network.
docs: $(READY)
	$(BIN)/python -c "import furo, myst_parser" 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[docs]"
	$(BIN)/python -m sphinx -q -W --keep-going -b html -d docs/_build/doctrees docs docs/_build/html
	@echo "The handbook is docs/_build/html/index.html"

# The first studies: about half an hour on two cores. Every run is kept, so that what was stopped goes on where it was.
studies: $(READY)
	$(BIN)/baton study $(sort $(wildcard experiments/*.toml)) --workers 2 --store results/runs.sqlite \
		--table experiments/README.md

.venv: $(READY)

# The build tool is in the lock, hence --no-build-isolation: this step asks the network for nothing.
$(READY): .venv/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# The $(if) is read before the recipe starts, so that an old Python is one line and not a failed installation.
.venv/.locked: requirements.lock
	$(if $(filter ok,$(PYTHON_IS)),,$(error Baton needs Python 3.11 or newer, but $(PYTHON) is $(or $(PYTHON_IS),not there). Name another: make PYTHON=python3.12))
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	touch $@

ASK_VERSION := import sys; print("ok" if sys.version_info >= (3, 11) else "%d.%d.%d" % sys.version_info[:3])
PYTHON_IS = $(shell $(PYTHON) -c '$(ASK_VERSION)' 2>/dev/null)

# what make, the tests and the tools leave behind, the environment included
clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov build dist docs/_build comparison.html
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +

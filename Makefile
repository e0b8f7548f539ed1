# Everything runs in .venv, made from the pins of constraints.txt. Python >= 3.11.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
PIN    := pyproject.toml constraints.txt

.PHONY: demo test check format docs bench fuzz train clean

## demo: read samples/ and draw a picture of each reading into demo/
demo: $(VENV)/.base
	$(BIN)/python -m docreader.demo

## test: the whole suite, offline, with doctests
test: $(VENV)/.test
	$(BIN)/python -m pytest -n auto

## check: style, types, layers, documentation
check: $(VENV)/.check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

format: $(VENV)/.check
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.check
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

## bench: time graph operations and the steps of reading, without a data set; benchmarks/README.md lists the rest
bench: $(VENV)/.test
	$(BIN)/python benchmarks/graphs.py
	$(BIN)/python benchmarks/speed.py stages samples

## fuzz: broken images, models, graphs, grammars and records for an hour, or SECONDS; findings go into fuzz/
fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzzing --seconds $(or $(SECONDS),3600)

## train: the readers that ship once more, from DATA (car-a, checks, mnist) into runs/shipped: some three hours on two cores
DATA ?= ../shared/data
train: $(VENV)/.test
	DOCREADER=$(BIN)/docreader PYTHON=$(BIN)/python benchmarks/train_shipped.sh $(DATA) runs/shipped

clean:
	rm -rf $(VENV) docs/_build demo dist build .pytest_cache .mypy_cache .ruff_cache

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "docreader needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V). Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.base: $(VENV)/.python $(PIN)
	$(PIP) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.python $(PIN)
	$(PIP) -e '.[test]'
	@touch $@

$(VENV)/.check: $(VENV)/.python $(PIN)
	$(PIP) -e '.[test,check,docs]'
	@touch $@

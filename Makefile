# The developer's and the newcomer's verbs: make help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := config/demo.yaml
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo -E)

.DEFAULT_GOAL := help
.PHONY: help install demo test test-fast test-faults test-image test-slurm lint format bench bench-scale outputs docs site licences rulegraph clean

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed  ## Make .venv with what the workflow needs (no torch)

demo: $(VENV)/.installed  ## Run the whole workflow on the bundled recordings
	@$(BIN)/python -c 'from pathlib import Path; print() if Path("results/demo/report").exists() else print("Next: Whisper tiny.en weights (71 MB, once), then the demo (about a minute on 2 cores).\n")'
	@$(BIN)/snakescribe run $(DEMO)

test: $(VENV)/.developer  ## Run all tests
	$(BIN)/pytest --numprocesses auto --maxprocesses 2

test-fast: $(VENV)/.developer  ## Run the unit layer only (under a minute), and name its dear tests
	$(BIN)/pytest -m "not slow" --numprocesses auto --dear 1

test-faults: $(VENV)/.developer  ## Kill thirty runs at random moments and run the same command again (20 minutes)
	KILLS=$${KILLS:-30} $(BIN)/pytest tests/workflow/test_kills.py -s

test-image: $(VENV)/.developer  ## Build the Docker image without a daemon and run the demo in it (root; 5 minutes)
	command -v buildah debootstrap >/dev/null || { $(SUDO) apt-get update -qq; $(SUDO) apt-get install -y -qq buildah debootstrap; } >/dev/null
	$(SUDO) $(BIN)/pytest --override-ini addopts=-q tests/image

test-slurm: $(VENV)/.developer  ## Set up a real Slurm here (root, Debian or Ubuntu) and run the workflow on it (12 minutes)
	tests/slurm/cluster.sh $(BIN)/python -m pytest tests/slurm -s
	tests/slurm/cluster.sh --accounting $(BIN)/python -m pytest tests/slurm -s -k shipped

lint: $(VENV)/.developer  ## Check style, types and the workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakefmt --check workflow
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/hadolint Dockerfile
	$(BIN)/shellcheck docker/*.sh tests/image/*.sh
	$(BIN)/deptry scripts
	$(BIN)/snakemake --configfile $(DEMO) --lint

format: $(VENV)/.developer  ## Put the code into its style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakefmt workflow

bench: $(VENV)/.developer  ## Measure acquiring, processing, transcribing beside the peers, scoring, and loading (25 minutes)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements-bench.txt
	$(BIN)/python benchmarks/acquire.py
	$(BIN)/python benchmarks/process.py
	$(BIN)/python benchmarks/transcribe.py
	$(BIN)/python benchmarks/evaluate.py
	$(BIN)/python benchmarks/load.py

bench-scale: $(VENV)/.developer  ## Measure what the workflow costs for 100 to 10,000 recordings, and plan 100,000 (40 minutes)
	$(BIN)/python benchmarks/scale.py --plot docs/images/scale.svg

outputs: $(VENV)/.developer  ## Compare all outputs with those of another checkout: BEFORE=FOLDER (8 minutes)
	@test -n "$(BEFORE)" || { echo "call: make outputs BEFORE=FOLDER (a git worktree of the code before the change)"; exit 1; }
	rm -rf results/outputs
	$(BIN)/python tests/outputs/outputs.py run results/outputs/before --repository "$(BEFORE)" --listing results/outputs/before.txt
	$(BIN)/python tests/outputs/outputs.py run results/outputs/after --listing results/outputs/after.txt
	$(BIN)/python tests/outputs/outputs.py compare results/outputs/before.txt results/outputs/after.txt

docs: $(VENV)/.installed  ## Make the generated parts of the documentation anew
	$(BIN)/snakescribe config schema --write workflow/schemas/config.schema.yaml
	$(BIN)/snakescribe config options --write config/README.md
	$(BIN)/snakescribe config tables --write docs/architecture.md
	$(BIN)/snakescribe evaluate columns --write docs/evaluate.md
	$(BIN)/snakescribe config notices --write docs/notices.md
	$(BIN)/snakescribe db tables --write docs/reference/database.md

site: $(VENV)/.developer  ## Build the documentation as a site, strictly: results/site/index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

licences: $(VENV)/.developer  ## Make the list of the dependencies' licences anew
	$(BIN)/python docs/licences.py

rulegraph: $(VENV)/.installed  ## Draw the picture of the rules anew (Graphviz: apt install graphviz)
	@command -v dot >/dev/null || { echo "this needs Graphviz: apt install graphviz"; exit 1; }
	$(BIN)/snakemake --configfile $(DEMO) --config results=results/rulegraph --quiet all -- results/rulegraph/items.tsv
	$(BIN)/snakemake --configfile $(DEMO) --config results=results/rulegraph --rulegraph -- all export describe library \
		| dot -Tsvg > docs/rulegraph.svg
	rm -rf results/rulegraph

clean:  ## Remove the demo's results
	-$(BIN)/snakescribe db stop $(DEMO)
	rm -rf results/demo

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "snakescribe needs Python 3.11 or newer; call: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "python3 -m venv failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the packages of requirements.txt into $(VENV) (about 380 MB to download, 1.4 GB on disk; no torch) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.developer: requirements-dev.txt requirements-crate.txt requirements-docs.txt requirements-engines.txt requirements-slurm.txt $(VENV)/.installed
	@echo "Installing the developers' packages (torch among them) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements-crate.txt
	@touch $@

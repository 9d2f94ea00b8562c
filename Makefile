# The commands a person types. `make` alone lists them.

PORT ?= 8000
# Material's notice about MkDocs 2, which requirements.in rules out, stays quiet.
export NO_MKDOCS_2_WARNING = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

python = .venv/bin/python
step = sh tests/tools/step.sh

.DEFAULT_GOAL := help
.PHONY: help serve build check post links test prove bench lock schema clean site-packages test-packages

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

serve: site-packages ## show the site on 127.0.0.1:8000 and follow changes (PORT= for another port)
	@$(python) -m mkdocs serve --dev-addr 127.0.0.1:$(PORT)

build: site-packages ## build the site into site/; any warning fails it
	@$(python) -m mkdocs build --strict

check: site-packages ## check content and data without a build
	@PYTHONPATH=hooks $(python) -m portfolio check

# A title may have any sign in it: nothing in it is expanded, and the shell sees it only as the value of a variable.
override TITLE := $(value TITLE)
override SERIES := $(value SERIES)
override CATEGORY := $(value CATEGORY)
override ABOUT := $(value ABOUT)
export TITLE SERIES CATEGORY ABOUT

post: site-packages ## begin a post: TITLE="…" (and SERIES=, CATEGORY=, ABOUT= ids of the record)
	@PYTHONPATH=hooks $(python) -m portfolio post --port $(PORT) \
		--title="$$TITLE" --series="$$SERIES" --category="$$CATEGORY" --about="$$ABOUT"

links: site-packages ## ask other sites whether what is linked to is still there
	@PYTHONPATH=hooks $(python) -m portfolio links

test: test-packages ## lint, types and all tests, in a real browser too
	@$(step) 'Lint' $(python) -m ruff check hooks tests
	@$(step) 'Format' $(python) -m ruff format --check hooks tests
	@$(step) 'Types' $(python) -m mypy hooks tests
	@$(python) -m tests.tools.install_browser
	@$(python) -m pytest

# The long form of two tests that `make test` runs, too. A night's run is said again by its seed.
EXAMPLES ?= 15
STEPS ?= 12
KILLS ?= 25
SEED ?= 0
prove: test-packages ## edit sites at random, kill builds, compare all with builds from nothing (SEED=, EXAMPLES=, STEPS=, KILLS=)
	@echo "make prove SEED=$(SEED) EXAMPLES=$(EXAMPLES) STEPS=$(STEPS) KILLS=$(KILLS)"
	@INCREMENTAL_SEED="$(SEED)" INCREMENTAL_EXAMPLES="$(EXAMPLES)" INCREMENTAL_STEPS="$(STEPS)" INCREMENTAL_KILLS="$(KILLS)" \
		$(python) -m pytest tests/build/test_incremental.py tests/build/test_interrupted.py

# What is not given, tests/bench/__main__.py knows.
bench: test-packages ## build and serve the same blog with others: N= posts, RUNS=, EDITS=, LIMIT= seconds, ONLY=, STEPS=
	@PYTHONPATH=hooks $(python) -m tests.bench $(if $(N),--posts $(N)) $(if $(RUNS),--runs $(RUNS)) $(if $(EDITS),--edits $(EDITS)) \
		$(if $(LIMIT),--limit $(LIMIT)) $(if $(ONLY),--only $(ONLY)) $(if $(STEPS),--steps $(STEPS))

lock: ## compile every requirements.txt from its .in file (UPGRADE=1 for newer versions)
	@sh tests/tools/lock.sh $(if $(UPGRADE),--upgrade)

schema: site-packages ## write the JSON Schemas that editors use, after a change of a model
	@PYTHONPATH=hooks $(python) -m portfolio schema

clean: ## remove everything that the other commands made
	rm -rf .venv site .cache tests/node_modules tests/bench/.cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find hooks tests -type d -name __pycache__ -prune -exec rm -rf {} +

site-packages:
	@sh tests/tools/environment.sh site

test-packages:
	@sh tests/tools/environment.sh tests

# The commands of this project. `make` alone lists them.

PORT ?= 8000
# Turn off Material's notice about MkDocs 2: requirements.in excludes that version.
export NO_MKDOCS_2_WARNING = 1
# Pydantic need not look for plugins in all packages, which takes some milliseconds.
export PYDANTIC_DISABLE_PLUGINS = __all__
export PIP_DISABLE_PIP_VERSION_CHECK = 1

python = .venv/bin/python
step = sh hooks/tools/step.sh
lint_imports = env PYTHONPATH=hooks .venv/bin/lint-imports --cache-dir .cache/import-linter

.DEFAULT_GOAL := help
.PHONY: help serve build check post import lock-urls check-urls links test test-quick coverage prove bench audit lock schema messages clean site-packages test-packages

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

serve: site-packages ## serve the site on 127.0.0.1:8000 and show changes as you save (PORT= for another port)
	@PYTHONPATH=hooks $(python) -m portfolio serve --dev-addr 127.0.0.1:$(PORT)

build: site-packages ## build the site into site/; a warning fails the build
	@PYTHONPATH=hooks $(python) -m portfolio build --strict

check: site-packages ## check content and data without a build (FORMAT=json or github for other programs)
	@PYTHONPATH=hooks $(python) -m portfolio check $(if $(FORMAT),--format $(FORMAT))

# A title may contain any character. Make does not expand it, and the shell sees it only as a variable's value.
override TITLE := $(value TITLE)
override SERIES := $(value SERIES)
override CATEGORY := $(value CATEGORY)
override ABOUT := $(value ABOUT)
export TITLE SERIES CATEGORY ABOUT

post: site-packages ## create a draft post: TITLE="…" (optional: SERIES=, CATEGORY=, ABOUT= ids of the record)
	@PYTHONPATH=hooks $(python) -m portfolio post --port $(PORT) \
		--title="$$TITLE" --series="$$SERIES" --category="$$CATEGORY" --about="$$ABOUT"

# A path, too.
override FROM := $(value FROM)
# Make itself, and some environments, have an AS: the assembler.
override AS := $(if $(filter command,$(origin AS)),$(value AS))
export FROM AS

import: site-packages ## bring the posts, pages and record of another site: FROM=path (optional: DRY_RUN=1, AS=kind)
	@PYTHONPATH=hooks $(python) -m portfolio import $(if $(DRY_RUN),--dry-run) --as="$$AS" -- "$$FROM"

lock-urls: site-packages ## add the URLs of the site to docs/data/urls.lock: a build that loses one of them fails
	@DRAFTS=false $(python) -m mkdocs build --quiet
	@PYTHONPATH=hooks $(python) -m portfolio lock-urls

check-urls: site-packages ## check that the site answers the URLs of docs/data/urls.lock, or FROM= a sitemap, feed, list, folder
	@$(python) -m mkdocs build --quiet
	@PYTHONPATH=hooks $(python) -m portfolio check-urls --from="$$FROM"

links: site-packages ## check links to other sites
	@PYTHONPATH=hooks $(python) -m portfolio links

# On all cores.
pytest = $(python) -m pytest --numprocesses=auto

test: test-packages ## run lint, type checks and the tests, browser tests included
	@$(step) 'Lint' $(python) -m ruff check hooks tests
	@$(step) 'Format' $(python) -m ruff format --check hooks tests
	@$(step) 'Types' $(python) -m mypy hooks tests
	@$(step) 'Layers' $(lint_imports)
	@$(python) -m tests.tools.install_browser
	@$(pytest) -m "not thorough"

test-quick: test-packages ## run only the tests that need no build and no browser
	@$(pytest) tests/unit tests/golden

coverage: test-packages ## run the tests of `make test` and print which lines of hooks/ they do not reach
	@rm -rf .cache/coverage
	@$(python) -m coverage run -m pytest -m "not thorough"
	@$(python) -m coverage combine --quiet
	@$(python) -m coverage report

# The tests marked "thorough", and longer random runs. SEED= repeats a nightly run.
prove: export INCREMENTAL_SEED = $(or $(SEED),0)
prove: export INCREMENTAL_EXAMPLES = $(or $(EXAMPLES),15)
prove: export INCREMENTAL_STEPS = $(or $(STEPS),12)
prove: export INCREMENTAL_KILLS = $(or $(KILLS),25)
prove: export HOOK_ORDERS = 4
prove: export CHECKED_PAGES = $(or $(PAGES),2000)
prove: test-packages ## run thorough tests of builds and the preview (SEED=, EXAMPLES=, STEPS=, KILLS=, PAGES=)
	@echo "make prove SEED=$$INCREMENTAL_SEED EXAMPLES=$$INCREMENTAL_EXAMPLES STEPS=$$INCREMENTAL_STEPS KILLS=$$INCREMENTAL_KILLS PAGES=$$CHECKED_PAGES"
	@$(python) -m tests.tools.install_browser
	@$(pytest) -m thorough
	@$(pytest) tests/build/test_incremental.py tests/build/test_check_agrees.py tests/build/test_hook_list.py

# Defaults are in tests/bench/__main__.py.
bench: test-packages ## compare speed with other generators (N= numbers of posts, RUNS=, EDITS=, LIMIT= seconds, ONLY=, STEPS=)
	@PYTHONPATH=hooks $(python) -m tests.bench $(if $(N),--posts $(N)) $(if $(RUNS),--runs $(RUNS)) $(if $(EDITS),--edits $(EDITS)) \
		$(if $(LIMIT),--limit $(LIMIT)) $(if $(ONLY),--only $(ONLY)) $(if $(STEPS),--steps $(STEPS))

# Defaults, and the names of sites, pages and steps, are in tests/audit/__main__.py.
audit: test-packages ## measure speed, bytes, accessibility and validity of every kind of page (SITES=, PAGES=, ONLY=, RUNS=)
	@$(python) -m tests.tools.install_browser
	@PYTHONPATH=hooks $(python) -m tests.audit $(if $(SITES),--sites "$(SITES)") $(if $(PAGES),--pages "$(PAGES)") \
		$(if $(ONLY),--only "$(ONLY)") $(if $(RUNS),--runs $(RUNS))

lock: ## compile every requirements.txt from its .in file (UPGRADE=1 for newer versions)
	@sh tests/tools/lock.sh $(if $(UPGRADE),--upgrade)

schema: site-packages ## write the JSON Schemas and the reference of keys after a change to a model
	@PYTHONPATH=hooks $(python) -m portfolio schema

messages: site-packages ## collect the texts of code and templates into the catalogues of translations
	@PYTHONPATH=hooks $(python) -m tests.tools.messages

clean: ## remove everything the other commands created
	rm -rf .venv site .cache tests/node_modules tests/bench/.cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find hooks tests -type d -name __pycache__ -prune -exec rm -rf {} +

site-packages:
	@sh hooks/tools/environment.sh site

test-packages:
	@sh hooks/tools/environment.sh tests

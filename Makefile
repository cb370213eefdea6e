# make book   build the site and serve it        make test       prove everything
# make site   build it only                      make notebooks  run the chapters and store their outputs
# make test-browsers   the pages in Firefox ESR and WebKitGTK, too
# make test-course    what a course takes from the book: slides, copies, papers, one file
# make lint   style and types                    make clean      start from nothing
BIN := .venv/bin
PYTHON = $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))" 2>/dev/null && echo $$p && break; done)

# No network, and no cache but beside the tool itself.
DENO = DENO_NO_UPDATE_CHECK=1 DENO_DIR=$(BIN)/deno_cache $(BIN)/deno

COURSE = PYTHONPATH=tools $(BIN)/python -m

.PHONY: book site test test-browsers test-course lint lint-scripts notebooks clean

book: site
	@echo "The book is served at the address below; Ctrl+C stops it."
	@$(BIN)/python -u -m http.server 0 --bind 127.0.0.1 --directory _build/html

site: .venv/ready
	$(BIN)/jupyter-book build . -n -W --keep-going

test: lint
	$(BIN)/python -m pytest -n auto --dist loadfile

# One after the other in each browser, both browsers at once.
test-browsers: .venv/ready
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests/browsers

test-course: .venv/ready
	$(BIN)/python -m pytest -n auto --dist loadfile tests/course

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@$(MAKE) --no-print-directory lint-scripts

lint-scripts:
	$(DENO) fmt --check
	$(DENO) lint --quiet
	$(DENO) check --no-remote --no-npm --quiet seglosses book

notebooks: .venv/ready
	$(BIN)/ruff format book
	$(BIN)/python tools/notebooks.py

# With uv this takes seconds, with pip a minute or two.
.venv/ready: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || command -v uv || { echo "Python 3.11, 3.12 or 3.13 is needed: none is on the PATH."; exit 1; }
	if command -v uv; then uv venv --allow-existing --python ">=3.11,<3.14" .venv && uv pip install --python .venv -r requirements.txt; \
	else $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet -r requirements.txt; fi
	@touch $@

clean:
	rm -rf _build .venv

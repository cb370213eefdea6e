# make book   build the site and serve it        make test       prove everything
# make site   build it only                      make notebooks  run the chapters and store their outputs
# make test-browsers   the pages in Firefox ESR and WebKitGTK, too
# make test-course    what a course takes from the book: slides, copies, papers, one file
# make exit   the site on today's Sphinx, newest releases and no jupyter-book; newest, atlas, links: do they still hold?
# make exam SEED=7      paper, key, page and notebook; CHAPTERS="dice bce", QUESTIONS=6
# make mark SEED=7 FILES="a.txt b.txt"   what was handed in, with verdicts and points
# make handout        worksheets as PDF, one a loss; one with CHAPTER=dice
# make slides         a deck for each chapter; one with CHAPTER=dice; as PDF, too: make slides-pdf
# make student    the book without its answers      make instructor  with all of them open
# make nbgrader   assignments with hidden tests     make otter     the same for Otter
# make dist   the package as PyPI gets it, checked
# make offline        the book in one HTML file, and the site in a zip
# make offline        the book in one HTML file, and the site in a zip; make pdf: the book to print
# make lint   style and types                    make clean      start from nothing
BIN := .venv/bin
PYTHON = $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))" 2>/dev/null && echo $$p && break; done)

# No network, and no cache but beside the tool itself.
DENO = DENO_NO_UPDATE_CHECK=1 DENO_DIR=$(BIN)/deno_cache $(BIN)/deno

COURSE = PYTHONPATH=tools:book/_ext $(BIN)/python -m

.PHONY: book site test test-browsers test-course exit newest atlas links lint lint-scripts notebooks clean handout exam mark slides slides-pdf student instructor nbgrader otter dist offline pdf

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

test-course: .venv/ready .venv-grading/ready
	$(BIN)/python -m pytest -n auto --dist loadfile tests/course

# What .github/workflows/alive.yml asks every month. Each has an environment of its own, with the newest releases.
exit: .venv/ready
	$(PYTHON) -m venv _build/exit/venv
	_build/exit/venv/bin/python -m pip install --quiet --upgrade -r tools/exit/requirements.txt
	_build/exit/venv/bin/python -m sphinx -n -W --keep-going -E -c tools/exit . _build/exit/html
	BOOK_SITE=_build/exit/html $(BIN)/python -m pytest -n auto --dist loadfile tests/site/test_pages.py tests/site/test_embed.py

newest:
	$(PYTHON) -m venv _build/newest
	sed '/^# what those bring along/,$$d; s/^jupyter-book==.*/jupyter-book<2/; s/==.*//' requirements.txt > _build/newest/requirements.txt
	_build/newest/bin/python -m pip install --quiet --upgrade -r _build/newest/requirements.txt -e .[book]
	_build/newest/bin/python -m pytest -n auto --dist loadfile

atlas:
	$(PYTHON) -m venv _build/atlas
	sed 's/==.*//' tools/compare_peers.txt > _build/atlas/requirements.txt
	_build/atlas/bin/python -m pip install --quiet --upgrade -r _build/atlas/requirements.txt -e .
	_build/atlas/bin/python -W ignore tools/convention_atlas.py
	git diff --exit-code -I '"date": ' -I '": "[0-9]' book/data/conventions.json

links: .venv/ready
	$(BIN)/python tools/check_links.py

exam: .venv/ready
	$(COURSE) course.exam "$(SEED)" $(CHAPTERS) $(if $(QUESTIONS),--questions "$(QUESTIONS)")

mark: .venv/ready
	$(COURSE) course.exam.mark "$(SEED)" $(CHAPTERS) $(if $(QUESTIONS),--questions "$(QUESTIONS)") --files $(FILES)

handout: .venv/ready
	$(COURSE) course.handout $(CHAPTER)

slides: .venv/ready
	$(COURSE) course.slides $(CHAPTER)

slides-pdf: .venv/ready
	$(COURSE) course.slides --pdf $(CHAPTER)

student: .venv/ready
	$(COURSE) course.student

instructor: .venv/ready
	$(COURSE) course.instructor

nbgrader: .venv/ready
	$(COURSE) course.grading nbgrader

otter: .venv/ready
	$(COURSE) course.grading otter

dist:
	rm -rf dist
	$(PYTHON) -m venv _build/dist
	_build/dist/bin/python -m pip install --quiet build==1.6.1 twine==7.0.0
	_build/dist/bin/python -m build --outdir dist
	_build/dist/bin/python -m twine check --strict dist/*

offline: site
	$(COURSE) course.offline

pdf: site
	$(COURSE) course.pdf

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@$(MAKE) --no-print-directory lint-scripts

lint-scripts:
	$(DENO) fmt --check
	$(DENO) lint --quiet
	$(DENO) check --no-remote --no-npm --quiet seglosses book tools

notebooks: .venv/ready
	$(BIN)/ruff format book
	$(BIN)/python tools/notebooks.py

# With uv this takes seconds, with pip a minute or two.
.venv/ready: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || command -v uv || { echo "Python 3.11, 3.12 or 3.13 is needed: none is on the PATH."; exit 1; }
	if command -v uv; then uv venv --allow-existing --python ">=3.11,<3.14" .venv && uv pip install --python .venv -r requirements.txt; \
	else $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet -r requirements.txt; fi
	@touch $@

# What grades brings a Jupyter of its own; torch and the package are those of .venv.
SITE = import sysconfig; print(sysconfig.get_path("purelib"))
.venv-grading/ready: tools/course/grading.txt .venv/ready
	$(BIN)/python -m venv --clear .venv-grading
	.venv-grading/bin/python -m pip install --quiet -r tools/course/grading.txt
	echo "import site; site.addsitedir('$$($(BIN)/python -c '$(SITE)')')" > "$$(.venv-grading/bin/python -c '$(SITE)')/book.pth"
	@touch $@

clean:
	rm -rf _build .venv .venv-grading

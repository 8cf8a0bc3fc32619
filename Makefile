PYTHON ?= python3
PORT ?= 8000
JOBS ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count())')

PY = .venv/bin/python
ENV = .venv/.installed
FRAMEWORKS = .venv/.frameworks
NODE = book/node/node_modules/.installed
HUB = hub/node/node_modules/.installed
WASM = tests/pyodide/node_modules/.installed
AXE = tools/audit/node_modules/.axe
AUDIT = tools/audit/node_modules/.installed
SITE = .venv/bin/jupyter-book build . --quiet --nitpick --keep-going
BESIDE = $(PY) tools/lite.py && $(PY) tools/dist.py _build/html/_downloads

help:  ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | \
	  while read -r name text; do printf '  make %-7s %s\n' "$$name" "$$text"; done

book: $(ENV) $(NODE)  ## build the site into _build/html
	@echo "Building the site"
	@$(SITE)
	@$(BESIDE)
	@echo "The book is ready: open _build/html/index.html"

test: $(ENV) $(NODE) $(HUB) $(WASM) $(FRAMEWORKS) $(AXE)  ## check everything: code, notebooks, site
	@echo "== 1 of 5: lint (mend with: $(PY) -m ruff check --fix; $(PY) -m ruff format)"
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	@echo "== 2 of 5: types"
	$(PY) -m mypy
	@echo "== 3 of 5: every cell of every notebook prints what is stored"
	$(PY) -m pytest -q --nbval --nbval-current-env -n $(JOBS) --dist loadfile notebooks book/notation.ipynb
	@echo "== 4 of 5: the site builds without a warning"
	rm -rf _build
	$(SITE) --warningiserror
	$(BESIDE)
	@echo "== 5 of 5: package, chapters, equations and site"
	$(PY) -m pytest -q -n $(JOBS) --dist loadgroup

# The site offers both where they are made, so a release is: make pdf epub book
pdf: $(ENV) $(NODE)  ## print the whole book into _build/paper (a release: make pdf epub book)
	@echo "Building the site"
	@$(SITE)
	@echo "Making the PDF (a minute or two)"
	@$(PY) tools/paper_pdf.py

epub: $(ENV) $(NODE)  ## pack the whole book for e-readers into _build/paper
	@echo "Building the site"
	@$(SITE)
	@echo "Making the EPUB"
	@$(PY) tools/paper_epub.py

serve: book  ## show the site on this machine; PORT=8000
	@echo "Open http://127.0.0.1:$(PORT) (stop with Ctrl-C)"
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

lab: $(ENV)  ## run the chapters and exercises interactively in JupyterLab
	@JUPYTER_CONFIG_PATH=src/softmax_edu/jupyter $(PY) -m jupyterlab --ServerApp.root_dir=.

render: $(ENV) $(FRAMEWORKS)  ## execute the chapters that changed; JOBS=2 at a time
	@$(PY) tools/render.py --jobs $(JOBS)

release: $(ENV)  ## make the course from the exercises: course/ for teachers, pages for the book
	@$(PY) tools/release.py

sample: release  ## let a class of 30 hand in, to try the grading on: see book/grading.md
	@$(PY) tools/sample_class.py ex1_softmax 30

dist: $(ENV)  ## build wheel and sdist of the package, notebooks inside, into _build/dist
	@$(PY) tools/dist.py

offline: book  ## pack site, notebooks and wheels into one zip for places without a network
	@$(PY) tools/offline.py

lock: $(ENV)  ## refresh the pinned versions
	$(PY) -m uv pip compile --upgrade --quiet --universal --python-version 3.11 \
	  --fork-strategy fewest --generate-hashes --no-header --all-extras \
	  --group book --group hub --group test --group tools --output-file requirements.lock pyproject.toml

bench: $(ENV) $(FRAMEWORKS) release  ## measure the package and the grading beside their peers (half an hour)
	@$(PY) -m benchmarks
	@$(PY) -m benchmarks.grading

audit: book $(AUDIT)  ## measure the site: weight, accessibility, HTML, Lighthouse (half an hour)
	@PYTHONPATH=tools $(PY) -m audit $(ARGS)

clean:  ## remove what these commands made, but not course/
	rm -rf .venv _build */node/node_modules tests/pyodide/node_modules tools/audit/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The environment: made anew when the lock changes, so that nothing unlisted lingers.
.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
	  { echo "This book needs Python 3.11 to 3.14, but $(PYTHON) is another or missing."; \
	    echo "Install one and name it, for example: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make environments. On Debian and Ubuntu: sudo apt install python3-venv"; \
	    exit 1; }
	@echo "Making the environment in .venv (once; about a minute)"
	@$(PYTHON) -m venv --clear .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(ENV): .venv/.locked pyproject.toml
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Only chapter 10 needs them, to be rendered or tested; make bench needs PyTorch.
$(FRAMEWORKS): .venv/.locked requirements-frameworks.txt
	@echo "Installing PyTorch and the other frameworks of chapter 10 (once; a minute or two)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-frameworks.txt
	@touch $@

%/node_modules/.installed: %/package-lock.json $(ENV)
	@echo "Fetching the npm packages of $* (once)"
	@$(PY) tools/get_node_packages.py $*
	@touch $@

$(AUDIT): tools/audit/package-lock.json $(ENV)
	@echo "Fetching Lighthouse, axe-core and the HTML validator (once)"
	@$(PY) tools/get_node_packages.py tools/audit
	@touch $@ $(AXE)

# The tests need axe-core only (3 MB); Lighthouse and the HTML validator (200 MB) are for make audit.
$(AXE): tools/audit/package-lock.json $(ENV)
	@$(PY) tools/get_node_packages.py tools/audit --omit=optional
	@touch $@

.DEFAULT_GOAL := help
.PHONY: help book pdf epub test serve lab render release sample dist offline lock bench audit clean

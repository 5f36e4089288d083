# `make` lists the targets; each one does the set-up it needs.
.DEFAULT_GOAL := help
.PHONY: help lab test check unit lessons browser bench book pictures copies solutions lock clean

PYTHON ?= python3
LAB_FLAGS ?=
VENV := .venv
BIN := $(VENV)/bin
# Workers, kernels and the processes that judge answers load the package hundreds of times; compiled, in half the time.
unexport PYTHONDONTWRITEBYTECODE
# It asks for news and updates, and asks the learner whether it may.
NEWS := @jupyterlab/apputils-extension:announcements
PIP := -m pip --disable-pip-version-check --no-input

# The lessons, and one notebook that is none: your_system.
LESSONS := $(sort $(wildcard notebooks/[0-9]*.ipynb notebooks/your_system.ipynb))
SOLUTIONS := $(sort $(wildcard notebooks/solutions/[0-9]*.ipynb notebooks/solutions/your_system.ipynb))
# At most four workers: each nbval worker is a kernel with pandas in it, each browser worker a JupyterLab.
WORKERS := -n auto --maxprocesses 4
PARALLEL := $(WORKERS) --dist loadscope
# What a lesson notes of its learner stays out of this person's notes.
NBVAL := CQRS_LAB_PROGRESS=memory $(BIN)/pytest $(PARALLEL) --nbval-current-env

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# In a folder of the learner's own, so that git can always pull: what they edit there is never written to.
lab: $(VENV)/.installed ## open JupyterLab at the first lesson (LAB_FLAGS=--no-browser: only serve it)
	@$(BIN)/cqrs-lab lessons --to my_lessons
	@$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/my_lessons/00_start_here.ipynb --ServerApp.ip=127.0.0.1 \
	  $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_FLAGS)

test: check unit lessons browser ## test everything

check: $(VENV)/.installed ## ruff and mypy
	$(BIN)/ruff check
	$(BIN)/mypy

# Modules differ much in length, so a worker that is done takes tests from another. A lesson has to stay with one kernel.
unit: $(VENV)/.installed ## the package, its documents and the shape of the repository
	$(BIN)/pytest -rs $(WORKERS) --dist worksteal --ignore tests/browser

lessons: $(VENV)/.installed ## run the learner's copies; run the solutions and compare their outputs
ifeq ($(LESSONS)$(SOLUTIONS),)
	@echo "No lessons in notebooks/ yet: nothing to run."
endif
ifneq ($(LESSONS),)
	$(NBVAL) --nbval-lax $(LESSONS)
endif
ifneq ($(SOLUTIONS),)
	$(NBVAL) --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg $(SOLUTIONS)
endif

# A browser test waits for a kernel a third of its time, so one more worker than there are cores. In the order of the
# files: the lessons take longest, and would come last by the number of tests.
browser: $(VENV)/.installed ## run the lessons in JupyterLab in a real Chromium
	@CQRS_LAB_PROGRESS=memory PYTEST_XDIST_AUTO_NUM_WORKERS=$$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) $(BIN)/pytest $(PARALLEL) --no-loadscope-reorder tests/browser || { code=$$?; \
	  [ $$code -eq 5 ] && echo "No browser tests yet: nothing to run." || exit $$code; }

bench: $(VENV)/.installed ## run the benchmarks: every claim of speed as a ratio, with its limit
	@failed=; for script in $(sort $(wildcard benchmarks/*.py)); do \
	  echo "$$script"; $(BIN)/python "$$script" || failed="$$failed $$script"; done; \
	[ -z "$$failed" ] || { echo "these did not run to their end:$$failed" >&2; exit 1; }

# REPOSITORY=owner/name: where the kit is published; then the first page has a link that starts it on Binder.
book: $(VENV)/.installed ## make a site of the lessons that needs no kernel and no network: build/book/index.html
	$(BIN)/cqrs-lab book --to build/book $(if $(REPOSITORY),--repository $(REPOSITORY)) $(filter-out %/your_system.ipynb,$(SOLUTIONS))

pictures: book ## take README's pictures from the book
	$(BIN)/python -m tests.browser.readme_pictures build/book docs/pictures

copies: $(VENV)/.installed ## make the learner's copies from the solutions
	$(BIN)/cqrs-lab build-lessons --copies-only $(SOLUTIONS)

solutions: $(VENV)/.installed ## run the solutions anew, keep their outputs, and make the copies
	$(BIN)/cqrs-lab build-lessons $(SOLUTIONS)

clean: ## remove .venv and everything that can be made again
	rm -rf $(VENV) .venv-lock build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf

# -- set-up ----------------------------------------------------------------------------------------

# $(call find_python,CANDIDATES): sets $$python to the first that is new enough and can make a venv.
# Debian ships Python without ensurepip, and pyenv leaves names on the PATH that do not run.
define find_python
python=; new_enough=; \
for candidate in $(1); do \
  "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
  new_enough="$$candidate"; \
  if "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then python="$$candidate"; break; fi; \
done; \
if [ -z "$$new_enough" ]; then \
  echo "cqrs-lab needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3.13" >&2; exit 1; \
elif [ -z "$$python" ]; then \
  echo "$$new_enough cannot make a virtual environment: install the module venv (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; \
fi
endef

# $(call try,COMMAND,LOG,LINE): pip's own words go to LOG; the person sees one line.
try = $(1) >>$(2) 2>&1 || { echo "$(3); details: $(2)" >&2; exit 1; }

$(VENV)/.locked: requirements.lock
	@$(call find_python,$(PYTHON) python3.13 python3.12 python3.11); \
	echo "Setting up $(VENV) with $$("$$python" --version); this takes about a minute."; \
	rm -rf $(VENV); mkdir $(VENV); \
	$(call try,"$$python" -m venv $(VENV),$(VENV)/install.log,Cannot make $(VENV)); \
	$(call try,$(BIN)/python $(PIP) install --retries 2 -r $<,$(VENV)/install.log,Cannot install the packages: check the network and run make again)
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml jupyter-config/jupyter_config.json
	@$(call try,$(BIN)/python $(PIP) install --no-deps --no-build-isolation --editable .,$(VENV)/install.log,Cannot install cqrs-lab from pyproject.toml)
	@# An editable install leaves out the data files of pyproject.toml.
	@mkdir -p $(VENV)/etc/jupyter && cp jupyter-config/jupyter_config.json $(VENV)/etc/jupyter/
	@$(call try,$(BIN)/jupyter labextension disable --level=sys_prefix $(NEWS),$(VENV)/install.log,Cannot turn off the news of JupyterLab)
	@$(BIN)/python $(PIP) check >/dev/null || { echo "requirements.lock does not fit pyproject.toml: run make lock" >&2; exit 1; }
	@touch $@

# Decision 0061. From jsonschema 4.25 on, each process that reads or checks a notebook first builds a parser; and soupsieve from
# 3.0.2 on wants Python 3.11.5, which Debian 12 does not have (3.0 and 3.0.1 refuse a selector of nbconvert).
HELD_BACK := jsonschema<4.25 soupsieve<3

# Written with the oldest Python, so that every pin has a version for it.
lock: ## choose the newest allowed versions again and write requirements.lock
	@$(call find_python,python3.11 $(PYTHON)); \
	rm -rf .venv-lock; "$$python" -m venv .venv-lock
	@.venv-lock/bin/python -c 'import tomllib; \
	toml = tomllib.load(open("pyproject.toml", "rb")); \
	extras = toml["project"]["optional-dependencies"].values(); \
	print(*toml["build-system"]["requires"], *toml["project"]["dependencies"], *sum(extras, []), *"$(HELD_BACK)".split(), sep="\n")' \
	  >.venv-lock/wanted.txt
	@.venv-lock/bin/python $(PIP) install --quiet --upgrade -r .venv-lock/wanted.txt
	@.venv-lock/bin/python $(PIP) freeze --all --exclude pip >.venv-lock/frozen.txt
	@grep -E '^[A-Za-z0-9._-]+==[^ ]+$$' .venv-lock/frozen.txt >requirements.lock
	@rm -rf .venv-lock; wc -l requirements.lock

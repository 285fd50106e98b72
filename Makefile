# Two commands: `make demo` runs the main job, `make test` runs the checks. Both install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE := $(shell node --eval 'process.exit(((v) => v[0] > 20 || (v[0] === 20 && v[1] >= 19))(process.versions.node.split(".").map(Number)) ? 0 : 1)' 2>/dev/null && echo node)
NPM_INSTALL = npm install --no-package-lock --no-audit --no-fund --loglevel=error --prefer-offline --fetch-retries=0 --fetch-timeout=20000
CHROMIUM := $(shell command -v chromium 2>/dev/null)
HEADLESS := $(shell command -v chromium-headless-shell 2>/dev/null)
FIREFOX := $(shell command -v firefox-esr 2>/dev/null || command -v firefox 2>/dev/null)
# The versions the project was tested with; `make test-newest` sets this to nothing.
CONSTRAINTS := --constraint constraints.txt
PYTEST = $(BIN)/python -m pytest
# Tests write thousands of small stores, each flushed to the disk. Where a file system in memory has 2 GB free, `make test` has
# them there, which takes half the time; `make test-all` has them where temporary files are by default.
# RocksDB starts some 170 threads for each store that it opens, one after the other: twice as fast where glibc keeps the stacks of 16.
STACKS := GLIBC_TUNABLES=glibc.pthread.stack_cache_size=134217728
IN_MEMORY := $(shell test -w /dev/shm && df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 2000000 {print "TMPDIR=/dev/shm"}')
KERNELS := tests/support/compile_kernels.py
OLDEST := 3.11
# The versions of the other supported Pythons that are found; those that are not are named on standard error.
OTHERS = $(filter-out $(shell $(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'),$(shell $(PYTHON) tests/support/installed_pythons.py))
# Each process has a part of the tests in their order, and takes over from another at the end. There is one more than cores, four
# at most: a test of a page, of a command with a time limit or of a killed process waits for a quarter of its time.
PROCESSES := $(shell cores=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$((cores < 3 ? cores + 1 : 4)))
PARALLEL := -n $(PROCESSES) --dist worksteal
# On Linux the processes of `make test` are forked when the tests are collected (tests/support/forked_run.py): those of pytest-xdist
# each import and collect all of them, ten seconds of a core for each. The kernels are compiled while they are collected.
FORKED := $(if $(filter Linux,$(shell uname -s 2>/dev/null)),KNOCKON_TEST_PROCESSES=$(PROCESSES) KNOCKON_TEST_FIRST=$(KERNELS))
# The environment whose pip installs: its own, or for another Python (`on` below) that of the first.
INSTALLER := $(VENV)
# What is imported is compiled then: compiling all that is installed takes longer than the installing.
PIP = $(INSTALLER)/bin/python -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --no-compile $(CONSTRAINTS)
# uv takes a quarter of the time of pip, or less. Where there is none, where pip has an index of its own, which uv does not know, and where
# uv fails, pip installs.
UV = $(INSTALLER)/bin/uv
install = if [ -x $(UV) ] && ! $(INSTALLER)/bin/python -m pip config list 2>/dev/null | grep -qE '\.(index-url|no-index)=' && \
  $(UV) pip install --quiet --python $(BIN)/python $(CONSTRAINTS) $(1); then :; else $(PIP) $(1); fi
comma := ,
# Some machines set this in every shell. Each of a thousand processes would then compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

# The day that answers are as of where a run is to give the same each time: 1 January 2026.
PINNED_DAY := 1767225600

# What differs most between Pythons: processes and signatures. The short form runs it on each of them, `make test-all` all.
SHORT := tests/worker/test_processes.py tests/cli/test_process.py tests/test_public.py
# Tests wait for pages, for time limits and for processes: what has the idle time, and is done before they are.
LATER := nice -n 10
# So many jobs at a time, unless a make above this one says how many.
jobs = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(1))

.PHONY: demo test test-here test-all page-checks page-tools test-others whole coverage short firefox test-newest test-lowest lowest update lint types kernels quick docs generate goldens page release bench bench-corners bench-kept bench-loads bench-start bench-page bench-what-if bench-server clean

demo: $(VENV)/installed
	@SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$(PINNED_DAY)} $(BIN)/knockon demo

# All but the slow tests, and beside them a short form on the newest other Python that is found, and the page's code, which needs
# no Python: they have what cores the tests leave idle (LATER). `make test-all` runs every test on all Pythons.
test:
	@$(MAKE) --no-print-directory $(call jobs,4) page-tools quick types lint test-others page-checks

test-here: quick types lint

quick: $(VENV)/installed-test headless page-tools $(if $(FORKED),,kernels)
	$(IN_MEMORY) $(STACKS) $(FORKED) $(PYTEST) -m "not slow" $(if $(FORKED),,$(PARALLEL))

# Every test, the slow ones too and laws with many examples, on every supported Python that is found.
test-all: $(VENV)/installed-test chromium lint types page-checks firefox
	@$(MAKE) --no-print-directory kernels ALL=--all
	@$(MAKE) --no-print-directory whole || failed=1; \
	for version in $(OTHERS); do $(MAKE) --no-print-directory whole $(call on,$$version) || failed=1; done; \
	test -z "$$failed"

# The short form on another Python: the newest of those that are found.
test-others: $(VENV)/bin/python
	@$(MAKE) --no-print-directory none $(addprefix short-,$(lastword $(OTHERS)))

.PHONY: none
none:
	@:

short-%:
	@$(MAKE) --no-print-directory short $(call on,$*)

# The environment of another Python: its folder, and what makes it.
on = VENV=.venv-$(1) INSTALLER=$(INSTALLER) PYTHON="$$($(PYTHON) tests/support/installed_pythons.py $(1))"

short: $(VENV)/installed-short
	@$(IN_MEMORY) $(STACKS) $(LATER) $(PYTEST) -q -m "not slow" -p no:cacheprovider $(SHORT) > $(VENV)/short.txt 2>&1; status=$$?; \
	echo "$(VENV):"; cat $(VENV)/short.txt; exit $$status

whole: $(VENV)/installed-test
	KNOCKON_CHROMIUM=$$(command -v chromium) $(PYTEST) -p no:cacheprovider --hypothesis-profile=thorough $(PARALLEL)

# The lines and branches that no test runs, module by module; modules without any are left out. It takes about twice as long as
# `make test`, which does not include it. Of a part: `make coverage TESTED=tests/store`.
TESTED := tests graph
coverage: $(VENV)/installed-test headless
	$(PYTEST) -m "not slow" -q $(PARALLEL) --cov --cov-report=term-missing $(TESTED)

# The tests of the Spark engine, in one process, which starts Spark once (those that kill it start their own). pyspark is an
# archive of 450 MB, so that they are a target of their own; where there is no Java this says so and goes on. The slow ones too:
# `make test-spark SPARK=spark`.
SPARK := spark and not slow
.PHONY: test-spark
test-spark:
ifeq ($(shell command -v java 2>/dev/null)$(JAVA_HOME),)
	@echo "no java: the Spark engine is not tested" >&2
else
	@$(MAKE) --no-print-directory $(VENV)/installed-spark
	$(PYTEST) -m "$(SPARK)" tests/analysis/test_rank_spark.py tests/propagation/engines/test_agreement.py \
		tests/propagation/engines/test_spark.py tests/propagation/engines/test_spark_kills.py tests/test_endurance.py
endif

# The same tests with the newest versions that the ranges in pyproject.toml allow, in an environment of its own.
test-newest:
	rm -rf .venv-newest
	$(MAKE) $(call jobs,2) test-here page-checks VENV=.venv-newest CONSTRAINTS=

# Every test with exactly the lowest versions that the ranges allow, on the oldest supported Python.
test-lowest: chromium
	rm -rf .venv-lowest
	"$$($(PYTHON) tests/support/installed_pythons.py $(OLDEST))" -m venv .venv-lowest
	$(MAKE) lowest VENV=.venv-lowest CONSTRAINTS=

lowest:
	@$(call install,packaging)
	$(BIN)/python tests/support/lowest_versions.py > $(VENV)/lowest.txt
	@$(call install,--requirement $(VENV)/lowest.txt --editable '.[test]')
	@touch $(VENV)/installed-test
	$(MAKE) whole

# Writes constraints.txt anew: the newest versions that the ranges allow. Run it with the oldest supported Python
# (`make update PYTHON=python3.11`), then `make test`.
update:
	rm -rf .venv-update
	$(PYTHON) -m venv .venv-update
	.venv-update/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	{ echo "# Tested versions; \`make update\` writes this file."; \
	  .venv-update/bin/python -m pip freeze --exclude-editable; } > .venv-update/constraints.txt
	mv .venv-update/constraints.txt constraints.txt
	rm -rf .venv-update

# Wheel, source distribution, bill of materials and checksums in dist/, checked; needs a package index. docs: SECURITY.md.
release:
	rm -rf .venv-release
	$(PYTHON) -m venv .venv-release
	.venv-release/bin/python -m pip install --quiet --disable-pip-version-check $(CONSTRAINTS) build cyclonedx-bom
	.venv-release/bin/python deploy/release.py dist

lint: $(VENV)/installed-test
	$(LATER) $(BIN)/ruff check .
	$(LATER) $(BIN)/ruff format --check .

types: $(VENV)/installed-test
	$(LATER) $(BIN)/mypy

# Compiles the kernels before the tests are divided between processes, which would each compile their own.
kernels: $(VENV)/installed-test
	$(BIN)/python $(KERNELS) $(ALL)

# What is made from the models and the data: SHACL shapes, JSON-LD context, prebuilt data sets, the reference pages.
docs generate: $(VENV)/installed-test
	$(BIN)/python -m knockon.rdf.generate
	$(BIN)/python -m knockon.authoring.generate
	$(BIN)/python docs/generate.py
	$(BIN)/python web/generate.py

# Accepts the answers that tests/cli/test_golden.py finds changed; look at `git diff` afterwards.
goldens: $(VENV)/installed-test
	KNOCKON_WRITE_GOLDENS=1 $(PYTEST) -q tests/cli/test_golden.py

# The script and the style of the explorer page, from web/: needs Node.
page:
	cd web && $(NPM_INSTALL) && node build.mjs

# The page's code: what it computes, in Node; its types, style and form, with the tools of web/package.json. Where there is
# no Node, or npm cannot reach its registry, this says so and goes on: the committed bundle is tested without either.
page-checks: page-tools
ifeq ($(NODE),)
	@echo "no node of version 20.19 or later: the page's code is not checked" >&2
else
	$(LATER) node --test tests/js/*.test.js
	@cd web && if npm ls >/dev/null 2>&1; then $(LATER) npm run --silent check; \
	else echo "npm could not install its tools: types, style and form of the page's code are not checked" >&2; fi
endif

# A test of the bundle, too, uses what is installed here, where it is.
page-tools:
ifneq ($(NODE),)
	-@cd web && $(NPM_INSTALL)
endif

# A visit of the explorer page in Firefox, which is driven through its own protocol. Where there is no Firefox or no Node, or npm
# cannot reach its registry, this says so and goes on.
firefox: $(VENV)/installed-test
ifeq ($(and $(NODE),$(FIREFOX)),)
	@echo "no firefox, or no node of version 20.19 or later: the page is not tried in Firefox" >&2
else
	@if (cd web/firefox && $(NPM_INSTALL)); then folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	page=$$(PYTHONPATH=tests $(BIN)/python tests/support/scene_sample.py "$$folder") && \
	node web/firefox/scene.js "$$page" "$(FIREFOX)"; \
	else echo "npm could not install its driver: the page is not tried in Firefox" >&2; fi
endif

# Everything a user waits for, engine beside engine, in one table; `make bench SIZES=10000`, LIMIT: seconds of a cell.
SIZES := 10000,100000,1000000
LIMIT := 300
bench: $(VENV)/installed-test
	$(BIN)/python benchmarks/compare.py --sizes $(SIZES) --limit $(LIMIT)

# The propagation engine alone, in detail: some minutes, and up to 3 GB at a million firms.
bench-propagation: $(VENV)/installed-test
	$(BIN)/python benchmarks/propagation.py

# DebtRank of all firms, ESRI, reach, time to survive, choke points and mitigation of chains, and the bounds of memory: some minutes.
bench-corners: $(VENV)/installed-test
	$(BIN)/python benchmarks/corners.py

# How long questions on store folders take from processes of their own, the first and the second: some minutes.
bench-kept: $(VENV)/installed-test
	$(BIN)/python benchmarks/kept.py

# How long loads of tables take, beside the bare bulk load of the same quads: some minutes.
bench-loads: $(VENV)/installed-test
	$(BIN)/python benchmarks/loads.py

# How long commands take from a cold process: half a minute.
bench-start: $(VENV)/installed-test
	$(BIN)/python benchmarks/cold_start.py

# The explorer page against pyvis as it comes, in Chromium: some ten minutes, most of them waiting for pyvis.
bench-page: $(VENV)/installed-test chromium
	$(BIN)/python benchmarks/explorer.py

# How long the page takes for "What if this fails?": a minute; needs Node.
bench-what-if: $(VENV)/installed-test
	$(BIN)/python benchmarks/what_if.py

# How fast the server answers, beside that of Oxigraph, and how it holds out among hostile clients: a quarter of an hour.
bench-server: $(VENV)/installed-test
	$(BIN)/python benchmarks/server.py
	$(BIN)/python benchmarks/endurance/server.py

# What survives: commands killed 200 times each, and memory over a thousand impacts: an hour or two. benchmarks/endurance/.
.PHONY: endurance
endurance: $(VENV)/installed-test
	$(BIN)/python benchmarks/endurance/kills.py
	$(BIN)/python benchmarks/endurance/memory.py

# The newest pip reads an index in less than half the time of those that come with Python.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(if $(filter-out $(VENV),$(INSTALLER)),--without-pip) $(VENV)
	-@$(if $(filter $(VENV),$(INSTALLER)),$(PIP) uv)
	-@$(call install,--upgrade pip)

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(call install,--editable .)
	@touch $@

$(VENV)/installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(call install,--editable '.[test]')
	@touch $@ $(VENV)/installed

$(VENV)/installed-spark: $(VENV)/installed-test
	@$(call install,--editable '.[test$(comma)spark]')
	@touch $@

# Enough for the short form: no extras, and of the tools only those that run its tests.
$(VENV)/installed-short: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(call install,--editable . griffelib hypothesis pytest)
	@touch $@

# The browser tests of `make test` run in Chromium without its windows, which starts a page in half the time; `make test-all` runs
# them in Chromium itself. Where neither can be had they are skipped, visibly.
.PHONY: headless chromium
headless:
	@$(if $(HEADLESS),,$(call apt,chromium-headless-shell chromium))

chromium:
	@$(if $(CHROMIUM),,$(call apt,chromium))

# Installs the first of some packages that Debian has, where that is possible.
define apt
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
  apt-get update -qq; for package in $(1); do \
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$package >/dev/null && break; done; fi; \
command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || echo "no chromium: browser tests will be skipped" >&2
endef

clean:
	rm -rf $(VENV) .venv-* build dist .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis

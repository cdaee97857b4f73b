# SPDX-License-Identifier: GPL-2.0-or-later
# Every target sets up .venv itself when needed and is quick the second time.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
CORES := $(shell getconf _NPROCESSORS_ONLN)
# A worker for each core and one more, since tests wait at times. Each has neighbouring tests, so that few modules boot
# their machine in two workers.
WORKERS := $(shell expr $(CORES) + 1)
PARALLEL = -n $(WORKERS) --maxprocesses 8 --dist worksteal

.PHONY: run linux test test-linux test-distribution script-pages fuzz sanitize lint bench soak profile man golden screenshots docs build clean

run: build
	@$(VENV)/bin/vptop

# A distribution's kernel as the guest; the package manager gets what is missing.
linux: build
	@$(VENV)/bin/vptop linux

# Tests of a terminal wait most of their time.
test: WORKERS := $(shell expr $(CORES) \* 2 + 1)
test: build
	$(PY) -m pytest $(PARALLEL)

# Distribution kernels as guests: downloads the packages that are missing, or says that it cannot.
test-linux: build
	$(PY) -m tests.linux.kernels
	VPTOP_TEST_LINUX=1 $(PY) -m pytest $(PARALLEL) tests/linux

# Debian from a disk by its own boot loader; builds the image of the SUITE the first time, as root.
SUITE ?= bookworm
test-distribution: build
	VPTOP_TEST_SUITE=$(SUITE) $(PY) -m tests.linux.distribution
	VPTOP_TEST_SUITE=$(SUITE) VPTOP_TEST_DISTRIBUTION=1 $(PY) -m pytest tests/linux/test_distribution.py

# The pages of the script library, with what each prints on its guest.
script-pages: build
	$(PY) -m tests.linux.pages docs/scripts

# Properties with many new examples, and random guests for FUZZ_MINUTES; a failure shows what repeats it.
FUZZ_MINUTES ?= 20
fuzz: build
	VPTOP_FUZZ=1 $(PY) -m pytest tests/engine/vp
	$(PY) -m tests.engine.machine.fuzz --minutes $(FUZZ_MINUTES)

# The core under the address and undefined-behaviour sanitizers of gcc, over the corpus, its own tests and the machine's.
# Not those that do not run the core; random bytes are decoded there as compiled code is.
SANITIZED := core guest vp/corpus vp/oracle probes machine
WITHOUT_CORE := guest/linux/test_programs.py guest/linux/test_kallsyms.py machine/linux/test_compression.py machine/net \
	vp/corpus/test_diagnostic_corpus.py
sanitize: build
	$(PY) -m buildtools sanitized
	VPTOP_CORE=build/sanitized/libvpcore.so LD_PRELOAD=$$(gcc -print-file-name=libasan.so) \
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 \
	$(PY) -m pytest $(PARALLEL) --capture=sys -p no:cacheprovider $(addprefix tests/engine/,$(SANITIZED)) \
	$(addprefix --ignore=tests/engine/,$(WITHOUT_CORE)) \
	--deselect tests/engine/core/test_instruction_lengths.py::test_compiled_code

lint: build
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

bench: build
	$(PY) -m tests.bench

# The dashboard in a terminal for ten minutes: CPU time and memory.
soak: build
	$(PY) -m tests.bench.soak

# Host time by function while the bundled guest runs, boot included.
profile: build
	$(PY) -m tests.bench.profile

# What the views look like, for tests/vptop/ui/test_golden.py: look at the difference before you commit it.
golden: build
	VPTOP_GOLDEN=write $(PY) -m pytest $(PARALLEL) tests/vptop/ui/test_golden.py

screenshots: build
	$(PY) -m vptop.screenshots screenshots

# Man pages and shell completion, below build/pages.
man: build
	$(VENV)/bin/vptop pages build/pages

docs: build
	$(PY) -m engine.vp.reference docs/vp.md
	$(PY) -m engine.emmett.reference docs/emmett docs/emmett.md
	$(PY) -m engine.probes.frame_json docs/frame.schema.json

build: $(STAMP)
	@$(PY) -m buildtools > /dev/null

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("vptop needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -f engine/core/libvpcore.* engine/core/declarations.py engine/machine/bios/bios.bin
	rm -rf engine/guest/bundled
	find . -name __pycache__ -prune -exec rm -rf {} +

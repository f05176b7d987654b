# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_WORKERS ?= 2
PO_FILES := $(wildcard fleet/locale/*/LC_MESSAGES/parclibre.po)
MO_FILES := $(PO_FILES:.po=.mo)
POT_FILE := fleet/locale/parclibre.pot
PIP := $(BIN)/python -m pip --disable-pip-version-check
PIP_COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes \
	--allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.DEFAULT_GOAL := help
.PHONY: help setup tools run test pytest check shape lint types layers licences yaml
.PHONY: format collector bench catalogue lock clean

help: ## Afficher cette aide
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

setup: $(VENV)/.installed $(MO_FILES) ## Installer le programme dans .venv

tools: setup $(VENV)/.tools ## Installer aussi ce qui sert à vérifier et à tester

# `python3 -m venv` needs ensurepip, which Debian keeps in python3-venv.
$(VENV)/.created:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || tools/apt-install python3-venv
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.locked: requirements.txt $(VENV)/.created
	$(PIP) install --quiet --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/.tools: requirements-dev.txt $(VENV)/.installed
	$(PIP) install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

$(VENV)/.installed: pyproject.toml hatch_build.py $(VENV)/.locked
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

%.mo: %.po $(VENV)/.locked
	$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@ --locale=$(word 3,$(subst /, ,$<))

run: setup ## Ouvrir la console du parc
	@$(BIN)/parclibre console

test: check pytest ## Lancer toutes les vérifications et tous les tests possibles ici

pytest: tools ## Lancer les tests seulement
	$(BIN)/pytest --numprocesses=$(PYTEST_WORKERS) --dist=loadgroup -rs

check: shape lint types layers licences yaml ## Vérifier la forme, les types, les couches, les licences

shape: tools
	$(BIN)/ruff format --check

lint: tools
	$(BIN)/ruff check

types: tools
	$(BIN)/mypy

layers: tools
	$(BIN)/lint-imports

licences: tools
	$(BIN)/reuse lint --lines

yaml: tools
	$(BIN)/yamllint --strict .

format: tools ## Remettre en forme le code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

collector: setup ## Écrire dist/parclibre-collect, le collecteur en un seul fichier
	@mkdir -p dist
	install -m 755 reconditioning/collect.py dist/parclibre-collect

bench: tools ## Mesurer les performances sur un parc simulé
	$(BIN)/python -m benchmarks

catalogue: tools ## Mettre à jour les messages à traduire
	$(BIN)/pybabel --quiet extract --omit-header --sort-by-file --no-wrap \
		--add-location=file --add-comments=Translators: \
		--output-file=$(POT_FILE) fleet tui reconditioning
	$(BIN)/pybabel --quiet update --ignore-obsolete --no-wrap --no-fuzzy-matching \
		--domain=parclibre --ignore-pot-creation-date --input-file=$(POT_FILE) --output-dir=fleet/locale

lock: tools ## Recalculer les fichiers de versions figées
	$(PIP_COMPILE) --extra=build --output-file=requirements.txt pyproject.toml
	$(PIP_COMPILE) --extra=dev --extra=image --extra=build --constraint=requirements.txt \
		--output-file=requirements-dev.txt pyproject.toml
	$(PIP_COMPILE) --extra=image --constraint=requirements-dev.txt \
		--output-file=requirements-image.txt pyproject.toml

clean: ## Effacer .venv et tout ce qui se refabrique
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f $(MO_FILES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# make demo · make test · make slow · make lint · make bench       (Windows: see README.md)

PYTHON ?= python3
VENV   ?= .venv
RUN     = $(VENV)/bin/python

.PHONY: demo test slow lint bench clean

demo: $(VENV)/installed
	$(RUN) dp/policy_iteration.py

test: $(VENV)/installed
	$(RUN) -m pytest

slow: $(VENV)/installed
	$(RUN) -m pytest -m slow

lint: $(VENV)/installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

bench: $(VENV)/installed
	$(RUN) -m pip install -q -r benchmarks/requirements.txt
	$(RUN) benchmarks/dp.py
	$(RUN) benchmarks/tabular.py
	$(RUN) benchmarks/peers.py

$(VENV)/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say  make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install -q --upgrade pip
	$(RUN) -m pip install -q -r requirements.txt
	touch $@

clean:
	rm -rf $(VENV) results recordings

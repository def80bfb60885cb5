# make demo · make deep · make test · make slow · make lint · make bench · make figures · make translations · make notebooks   (Windows: see README.md)

PYTHON ?= python3
VENV   ?= .venv
RUN     = $(VENV)/bin/python

.PHONY: demo deep test slow lint bench figures translations notebooks clean

demo: $(VENV)/grid
	$(RUN) dp/policy_iteration.py

deep: $(VENV)/installed
	$(RUN) deep/dqn.py

test: $(VENV)/installed
	@echo "The tests take three to five minutes on two cores."
	$(RUN) -m pytest -n auto --dist loadfile --no-loadscope-reorder

slow: $(VENV)/installed
	@echo "The slow tests train the deep agents: about a quarter of an hour on two cores."
	$(RUN) -m pytest -m slow -n auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

bench: $(VENV)/installed
	$(RUN) -m pip install -q -r benchmarks/requirements.txt
	$(RUN) benchmarks/dp.py
	$(RUN) benchmarks/tabular.py
	$(RUN) benchmarks/peers.py

figures: $(VENV)/grid
	$(RUN) benchmarks/figures.py

translations: $(VENV)/installed
	$(RUN) -m common.translations

notebooks: $(VENV)/grid
	$(RUN) -m exercises notebooks

$(VENV)/grid: requirements-grid.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say  make PYTHON=python3.12 ...")'
	@echo "Setting up $(VENV) for the grids, once ..."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install -q --disable-pip-version-check --no-compile -r requirements-grid.txt
	@touch $@

$(VENV)/installed: $(VENV)/grid requirements.txt
	@echo "Adding Keras, TensorFlow and the tests to $(VENV), once: some minutes and gigabytes ..."
	@$(RUN) -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) results recordings

# Everything on a fresh machine with python3.11+ and make: `make demo`, then `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test slow server setup lint lock clean

demo: setup  ## the whole cycle for 2023Q1 on the sample submissions, into var/demo/
	$(BIN)/duban demo

test: setup  ## every test but the slow ones
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

slow: setup  ## the tests that take minutes: whole servers, a cluster, the year
	$(BIN)/python -m pytest -m slow

server: setup  ## Prefect's page, deployments, a worker and the watcher on this machine, on var/; Ctrl-C ends them
	$(BIN)/duban serve

# compiled ahead: where Python may not write beside the code, every process of a run would compile it anew
setup: $(VENV)/ready
	@$(BIN)/python -m compileall -q duban flows tasks

# --no-deps: the lock names every package, and older pips trip over sqlalchemy[asyncio] when they resolve
$(VENV)/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/pip check
	touch $@

lint: setup
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

lock:  ## anew from pyproject.toml; needs uv
	uv pip compile --universal --generate-hashes --no-strip-extras --extra test --extra bench --quiet pyproject.toml -o requirements.txt

clean:
	rm -rf $(VENV) var build *.egg-info

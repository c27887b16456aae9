# Recipes stay relative, so that a checkout may live under a path with spaces.
.PHONY: up test check days schema nightly bench year lock clean

py := .venv/bin/python -P

up:
	@./bihuan up

test: check
	@$(py) -m pytest

check:
	@./bihuan setup --dev
	@$(py) -m ruff check .
	@$(py) -m mypy
	@$(py) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	@$(py) -m pytest -q tests/test_tidy.py

# What depends on the day, at days that a calendar makes special: about ten minutes.
days:
	@./bihuan setup --dev
	@$(py) tests/days.py

# Writes migrations/schema.sql anew, after a migration.
schema:
	@./bihuan setup --dev
	@BIHUAN_WRITE_SCHEMA=1 $(py) -m pytest -q tests/ledger/store/test_schema.py

# A million random steps over all procedures: about half an hour on one core.
nightly:
	@./bihuan setup --dev
	@BIHUAN_RANDOM_STEPS=1000000 $(py) -m pytest -q -s tests/procedures/test_machine.py

bench:
	@./bihuan setup --dev
	@PYTHONPATH=. $(py) -m bench

# 2025 in twelve minutes, with workers, Temporal and PostgreSQL killed at random; exit code 1 when the recount differs.
year:
	@./bihuan setup --dev
	@PYTHONPATH=. $(py) -m bench.year

# Locks name no host: whoever installs chooses the index, the hashes decide what is accepted.
compile := .venv/tool/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock:
	@test -x .venv/tool/bin/uv || ./bihuan setup
	@$(compile) --group setup --output-file requirements-setup.lock
	@$(compile) pyproject.toml --extra embedded --output-file requirements.lock
	@$(compile) pyproject.toml --constraints requirements.lock --output-file requirements-cluster.lock
	@$(compile) pyproject.toml --extra embedded --group dev --constraints requirements.lock --output-file requirements-dev.lock

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

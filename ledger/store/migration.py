"""Bringing the schema up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from ledger.store.connection import alchemy_url

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Apply every migration that is missing up to `revision`, as the owner. Not from within a running event loop."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = alchemy_url(owner_url)
    command.upgrade(config, revision)

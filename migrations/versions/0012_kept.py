"""What was kept among the settings and must stay has tables of its own; the day in Shanghai is said once."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the SQL beside this file; asyncpg takes several statements only on its own connection."""
    statements = Path(__file__).with_suffix(".sql").read_text()
    driver = op.get_bind().connection.dbapi_connection
    assert driver is not None
    driver.run_async(lambda connection: connection.execute(statements))

"""The same ledger and workers as for keepers."""

from tests.keepers.conftest import client, connection, ledger, working

__all__ = ["client", "connection", "ledger", "working"]

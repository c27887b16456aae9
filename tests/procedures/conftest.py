"""Procedures are also played on a real ledger, and under a Temporal server whose time can be skipped."""

from tests.ledger.conftest import copied, stocked
from tests.workflows.conftest import skipping

__all__ = ["copied", "skipping", "stocked"]

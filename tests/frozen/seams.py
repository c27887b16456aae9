"""Everything of the product's inside that the frozen files are made by, in one place: the rest goes by HTTP, the
command line and SQL, which keep."""

from typing import Any

from fastapi import FastAPI

import api
import log
from cli.__main__ import app as command_line
from domain.case.command import Act, Import, Open
from domain.rules.hat import Actor, Hat
from keepers.courier import Courier
from ledger.audit.rebuild import rebuild
from ledger.audit.verify import verify
from ledger.changes.publish import stock
from ledger.identity.token import create as create_token
from ledger.ledger import Ledger, open_ledger
from ledger.registrar.request import Request, callers_id, case_of, request_hash
from ledger.store.connection import Connection, Writers, connect
from ledger.store.migration import upgrade
from procedures import parse, paths
from samples import read as read_samples
from settings import Settings
from tests.domain.scene import CLAIM_CODE, PHOTO
from tests.ledger.county import Database, create, load_registers, shows, upload
from tests.procedures.script import Script, Step, Wait
from tests.procedures.test_ledger_lives import alone
from tests.procedures.test_lives import KINDS, PROCEDURES, scripts

__all__ = [
    "CLAIM_CODE", "KINDS", "PHOTO", "PROCEDURES", "Act", "Actor", "Connection", "Courier", "Database",
    "Hat", "Import", "Ledger", "Open", "Request", "Script", "Settings", "Step", "Wait", "Writers", "alone",
    "callers_id", "case_of", "command_line", "connect", "create", "create_token", "load_registers", "open_ledger",
    "parse", "paths", "read_samples", "rebuild", "request_hash", "scripts", "shows", "stock", "upgrade",
    "upload", "verify",
]  # fmt: skip


def application(settings: Settings) -> FastAPI:
    """The HTTP surface as it is served, without a line in the log for every request."""
    log.configure("error")
    return api.create(settings)


def description() -> dict[str, Any]:
    """What the API says of itself."""
    return api.create(Settings(database_url="postgresql:///nowhere")).openapi()

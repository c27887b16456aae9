"""Letters between cases as the registrar takes them: every one a command with an id of its own."""

import json
from uuid import UUID

import asyncpg

from domain.case.command import Open, Tell
from domain.rules.hat import Actor, Hat
from ledger.registrar.docket import LETTER, clock_actor
from ledger.registrar.request import Request, Ruling, engines_id, request_hash

WAITING = """
select id, sender, recipient, person, hat, body from letter
where id <> all($1::uuid[]) order by written_at, id limit $2
"""


def letter(row: asyncpg.Record) -> Request:
    """The command that a stored letter is. An opening goes under the rights of whoever asked for it."""
    command = LETTER.validate_json(row["body"])
    role, _, scope = row["hat"].partition("@")
    said = request_hash("letter", str(row["sender"]), row["body"])
    return Request(row["id"], said, command, Actor(row["person"], Hat(role, scope)), row["recipient"])


def answer(row: asyncpg.Record, ruling: Ruling) -> Request:
    """Tells the sender that the letter was declined, and in which words."""
    command: Open | Tell = LETTER.validate_json(row["body"])
    number = command.number if isinstance(command, Tell) else ""
    words = json.loads(ruling.body)["detail"]
    sender: UUID = row["sender"]
    declined = Tell("declined", str(row["recipient"]), number, words)
    said = request_hash("declined", str(row["id"]))
    return Request(engines_id(sender, f"declined/{row['id']}"), said, declined, clock_actor("-"), sender)

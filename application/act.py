"""Opening a case and acting on it: through the registrar, which is the only way to write."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.caller import Caller
from application.declined import UNKNOWN_CASE, Declined
from application.house import House
from application.look import Which, found
from application.submission import Submission
from domain.case.command import Act, Command, Open
from domain.days.instant import Instant
from domain.rules.form import control_free
from domain.rules.refusal import Code, FieldProblem, Refusal
from ledger.registrar.request import Reporter, Request, Ruling

UNKNOWN_ACTION = Refusal(Code.UNKNOWN_ACTION, "本事项没有这一操作")


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported. `fields`: the answers to the procedure's intake form. `reporter_…`: kept apart from the case.

    `occurred_at`: when the matter was seen; `received_at`: when it reached an office, if that was before now.
    """

    procedure: str
    division: str
    title: str
    fields: Mapping[str, Any]
    reporter_name: str | None = None
    reporter_phone: str | None = None
    occurred_at: Instant | None = None
    received_at: Instant | None = None

    @property
    def reporter(self) -> Reporter | None:
        """Who reported, where anything is known of that person."""
        known = self.reporter_name or self.reporter_phone
        return Reporter(self.reporter_name, self.reporter_phone) if known else None


async def open_case(house: House, caller: Caller, submission: Submission, report: Report) -> Ruling:
    """Open a case; the ruling's body is the JSON of a CaseShape as it is stored. Raises Declined."""
    command = Open(
        report.procedure, report.division, report.title, dict(report.fields), report.reporter is not None,
        report.occurred_at, report.received_at,
    )  # fmt: skip
    return await _ruled(house, caller, submission, command, None, report.reporter)


async def act(
    house: House, caller: Caller, submission: Submission, which: Which, action: str, fields: Mapping[str, Any],
    reason: str | None = None, expected_version: int | None = None,
) -> Ruling:  # fmt: skip
    """Take an action on a case; the ruling's body is the JSON of a CaseShape as it is stored. Raises Declined.

    Its `events` are what the action caused, escalations that had come due meanwhile left out. `expected_version`:
    refuse if the case has moved since.
    """
    if not control_free(action):
        raise Declined(UNKNOWN_ACTION)
    case_id = which if isinstance(which, UUID) else await _found(house, which)
    return await _ruled(house, caller, submission, Act(action, dict(fields), reason, expected_version), case_id)


async def _found(house: House, number: str) -> UUID:
    async with house.ledger.reading() as connection:
        return await found(connection, number)


async def _ruled(
    house: House, caller: Caller, submission: Submission, command: Command, case_id: UUID | None,
    reporter: Reporter | None = None,
) -> Ruling:  # fmt: skip
    request = Request(
        submission.command_id(caller), submission.hash(caller), command, caller.actor, case_id, reporter
    )  # fmt: skip
    ruling = await house.ledger.registrar.rule(request)
    house.ruled(ruling.outcome)
    if ruling.refused:
        raise Declined(_refusal(ruling))
    return ruling


def _refusal(ruling: Ruling) -> Refusal:
    """The refusal that a ruling is; the same ruling always gives the same words."""
    if ruling.outcome == Code.CASE_OUTSIDE_SCOPE:
        return UNKNOWN_CASE
    said = json.loads(ruling.body)
    errors = tuple(FieldProblem(each["name"], each["code"], each["detail"]) for each in said.get("errors", ()))
    return Refusal(Code(said["code"]), said["detail"], errors)

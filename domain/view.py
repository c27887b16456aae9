"""The case as others see it: one shape for the API, the command line and the pages."""

from typing import Any

from domain.case import Case
from domain.hat import Actor
from domain.instant import rfc3339
from domain.permission import permitted
from domain.procedure import Procedure


def present(case_id: str, case: Case) -> dict[str, Any]:
    """The case less its `actions`: a function of the state alone, so that replay can be compared."""
    return {
        "case_id": case_id,
        "number": case.number,
        "procedure": {"id": case.procedure.id, "version": case.procedure.version, "sha256": case.procedure.sha256},
        "title": case.title,
        "division": case.division,
        "stage": case.stage,
        "stage_title": case.stage_title,
        "level": case.level,
        "holder": case.holder,
        "version": case.version,
        "closed": case.closed,
        "reopened": case.reopened,
        "escalations": case.escalations,
        "has_reporter": case.has_reporter,
        "occurred_at": rfc3339(case.occurred_at),
        "opened_at": rfc3339(case.opened_at),
        "recorded_at": rfc3339(case.recorded_at),
        "fields": case.fields,
        "cards": {"yellow": case.cards.get("yellow", 0), "red": case.cards.get("red", 0)},
        "clocks": [
            {
                "id": clock.id,
                "title": clock.title,
                "state": clock.state,
                "started_at": rfc3339(clock.started_at),
                "due_at": rfc3339(clock.due_at),
                "internal_due_at": rfc3339(clock.internal_due_at) if clock.internal_due_at else None,
                "provisional": clock.provisional,
                "authority": clock.authority,
                "limit": {"n": clock.limit.n, "unit": str(clock.limit.unit)},
                "fired": list(clock.fired),
            }
            for clock in case.clocks.values()
        ],
    }


def offered(case: Case, procedure: Procedure, actor: Actor, home: str) -> list[dict[str, Any]]:
    """What this actor may do now, each action with its form: a client needs no knowledge of procedures."""
    return [
        {
            "id": action_id,
            "title": action.title,
            "reason_required": action.reason,
            "form": action.shown_form,
        }
        for action_id, action in procedure.actions.items()
        if case.stage in action.from_ and permitted(case, action_id, action, procedure, actor, home) is None
    ]

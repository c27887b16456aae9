"""The registrar's activities."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from prometheus_client import Counter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import wire
from domain.case.command import Open
from domain.days.instant import Instant
from domain.misreading import in_one_line
from domain.rules.form import control_free
from domain.rules.hat import Actor, Hat, Role
from domain.watch import Watch
from ledger.registrar.registrar import Registrar
from ledger.registrar.request import LedgerUnavailable, PoisonedCase, Request, Ruling, callers_id, request_hash
from ledger.store.connection import LOST, Writers

WOKEN = Counter("bihuan_case_woken", "Cases woken by their keepers")
POISONED_AGAIN_AFTER = timedelta(minutes=1)

# The hat whose scope holds the division first: an integration may serve several places.
HAT = """
select h.scope from hat h left join division d on d.code = $2 and d.valid_to is null
cross join (values (today())) as now(day)
where h.person = $1 and h.role = $3 and h.valid_from <= day and (h.valid_to is null or h.valid_to > day)
order by h.scope in (select value from jsonb_each_text(d.lineage)) desc nulls last, h.scope limit 1
"""


def _plain(text: str) -> str:
    if not control_free(text) or not text.isprintable():
        raise ValueError("含有不可用的控制字符")
    return text


Plain = Annotated[str, AfterValidator(_plain)]


class IntakeOpening(BaseModel):
    """What an integration sends: its person id, and a `key` that makes a repeat the same command.

    There is no reporter: Temporal's history is no place for personal data. Unknown keys are refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Plain = Field(min_length=1, max_length=200)
    integration: Plain = Field(min_length=1, max_length=64)
    procedure: Plain = Field(max_length=64)
    division: Plain = Field(max_length=64)
    title: str
    fields: dict[str, Any] = {}
    occurred_at: Instant | None = None


class RegistrarActivities:
    """The registrar as workflows reach it. `open_due`: opens whatever is due of the round with this id."""

    def __init__(self, registrar: Registrar, writers: Writers, open_due: Callable[[str], Awaitable[int]]) -> None:
        self._registrar = registrar
        self._writers = writers
        self._open_due = open_due

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """What a worker hosts."""
        return [self.wake, self.open, self.open_round]

    @activity.defn(name=wire.WAKE)
    async def wake(self, case_id: str) -> Watch:
        """Let happen what is due on a case, and read when to wake it next."""
        try:
            watch = await self._registrar.wake(UUID(case_id))
        except PoisonedCase:
            raise _poisoned() from None
        except LedgerUnavailable:
            raise _unavailable() from None
        WOKEN.inc()
        return watch

    @activity.defn(name=wire.OPEN)
    async def open(self, opening: Any) -> wire.Opened:
        """Open a case under the integration's hat. The same key gets the same ruling, however often."""
        try:
            asked = IntakeOpening.model_validate(opening)
            body = json.dumps(opening, sort_keys=True, ensure_ascii=False).encode()
        except ValidationError as error:
            return wire.Opened("malformed", detail=in_one_line(error.errors(), "输入"))
        except ValueError:  # text that no encoding can carry
            return wire.Opened("malformed", detail="含有无法编码的字符")
        try:
            return await self._open(asked, body)
        except PoisonedCase:
            raise _poisoned() from None
        except (LedgerUnavailable, *LOST):
            raise _unavailable() from None

    @activity.defn(name=wire.OPEN_ROUND)
    async def open_round(self, round_id: str) -> int:
        """Open whatever is due of a round. The worker's own loop does the same, and meeting costs nothing."""
        try:
            return await self._open_due(round_id)
        except (LedgerUnavailable, *LOST):
            raise _unavailable() from None

    async def _open(self, asked: IntakeOpening, body: bytes) -> wire.Opened:
        rows = await self._writers.fetch(HAT, asked.integration, asked.division, Role.INTEGRATION.value)
        if not rows:
            return wire.Opened("unknown_integration", detail="没有这个接入系统，或它没有接入身份")
        hat = Hat(Role.INTEGRATION.value, rows[0]["scope"])
        request = Request(
            command_id=callers_id(asked.integration, asked.key),
            request_hash=request_hash(wire.INTAKE, str(hat), body),
            command=Open(asked.procedure, asked.division, asked.title, asked.fields, occurred_at=asked.occurred_at),
            actor=Actor(asked.integration, hat),
        )
        return _opened(await self._registrar.rule(request))


def _opened(ruling: Ruling) -> wire.Opened:
    answer = json.loads(ruling.body)
    if ruling.refused:
        return wire.Opened(ruling.outcome, version=ruling.version, detail=answer.get("detail"))
    return wire.Opened(ruling.outcome, str(ruling.case_id), answer["number"], ruling.version)


# Nothing of the fault itself goes to Temporal: its words may quote the case. Patrol keeps them in the ledger.
def _poisoned() -> ApplicationError:
    text = "this case cannot be handled by this version; see the table trouble"
    return ApplicationError(text, type=wire.POISONED, next_retry_delay=POISONED_AGAIN_AFTER)


def _unavailable() -> ApplicationError:
    return ApplicationError("the ledger cannot be reached", type=wire.UNAVAILABLE)

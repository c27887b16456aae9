"""The same reads for surfaces that show words: the answer, and what is called how that it refers to by id."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Concatenate, Generic, ParamSpec, TypeVar

from application.history import happened
from application.look import Look, reads
from application.replay import stood
from application.shapes.shape import Shape
from application.show import standing
from domain.rules.procedure import Procedure
from ledger.identity.name import Names, names

__all__ = ["Names", "Worded", "history_in_words", "replay_in_words", "show_in_words"]

P = ParamSpec("P")
Told = TypeVar("Told", bound=Shape)


@dataclass(frozen=True, slots=True)
class Worded(Generic[Told]):
    """An answer about a case; `procedure`: whose titles it is told in; `names`: of persons, divisions and units."""

    answer: Told
    procedure: Procedure
    names: Names


def _worded(
    read: Callable[Concatenate[Look, P], Awaitable[Told]],
) -> Callable[Concatenate[Look, P], Awaitable[Worded[Told]]]:
    async def asked(look: Look, /, *args: P.args, **kwargs: P.kwargs) -> Worded[Told]:
        answer = await read(look, *args, **kwargs)
        known = await names(look.connection, answer.model_dump(mode="json", by_alias=True), at=look.case.opened_at)
        return Worded(answer, await look.procedure(), known)

    return asked


show_in_words = reads("case")(_worded(standing))
history_in_words = reads("history", inside=True)(_worded(happened))
replay_in_words = reads("replay", inside=True)(_worded(stood))

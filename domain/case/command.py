"""Commands: what somebody, or time itself, asks of a case. Imperative; they carry no clock reading of the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.days.instant import Instant

TITLE_LENGTH_MAX = 120


@dataclass(frozen=True, slots=True)
class Open:
    """Open a case of `procedure` in `division`. `occurred_at`: when the matter was seen, never in the future.

    `items`: what a case before it left to it.
    """

    procedure: str
    division: str
    title: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    has_reporter: bool = False
    occurred_at: Instant | None = None
    received_at: Instant | None = None  # when it reached an office, if that was before it was recorded
    parent: str | None = None
    items: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)  # kind → data; the engine's alone


@dataclass(frozen=True, slots=True)
class Act:
    """Take `action` on a case. `expected_version`: the version the person saw, if they want to be held to it."""

    action: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Expire:
    """Let everything that is due happen. Asked by the case's workflow and by Patrol."""


@dataclass(frozen=True, slots=True)
class Tell:
    """What another case has to say: `kind` merged, split_off, declined, linked or child_closed; `other`: its id."""

    kind: str
    other: str
    number: str
    words: str = ""
    item: str | None = None  # the item of the receiving case that this is about


@dataclass(frozen=True, slots=True)
class Rederive:
    """Count every running clock again, by the calendar that is in force."""


@dataclass(frozen=True, slots=True)
class Rebind:
    """Go on under the procedure of this hash. `stages`: where stages are called otherwise there, old → new."""

    sha256: str
    approved_by: str
    stages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    """Take over a matter of another system with its past: opened as of `at`, then `steps`, each at its own instant.

    None stands for now. Each part is decided by what was so then, and everything due in between has happened.
    """

    open: Open
    at: Instant | None = None
    steps: tuple[tuple[Instant | None, Act], ...] = ()


Command = Open | Act | Expire | Tell | Rederive | Rebind | Import


def parts(command: Command) -> tuple[Command, ...]:
    """What is decided one by one: the parts of an import, otherwise the command itself."""
    return (command.open, *(step for _, step in command.steps)) if isinstance(command, Import) else (command,)

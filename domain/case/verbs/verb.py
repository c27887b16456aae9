"""What one shared verb does beyond its form, its stages and its items: one class a verb, one file a class.

A procedure's action names the verb by `effect`. A file in this folder is all that a new verb needs beside its YAML.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from domain.case.act import CheckedAct
from domain.case.consequence import Consequence, Facts
from domain.case.state import Case
from domain.rules.form import FormField
from domain.rules.procedure import Procedure
from domain.rules.refusal import Refusal


class Verb(ABC):
    """One verb. It holds nothing: the same object serves every case.

    `aside`: its answers do not become fields of the case. `asks_case`: its form depends on the case. `ends_hold`: it is
    possible while the case is paused, wherever it leads. `forgets`: fields that are checked and never written down.
    """

    name: ClassVar[str]
    aside: ClassVar[bool] = False
    asks_case: ClassVar[bool] = False
    ends_hold: ClassVar[bool] = False
    forgets: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be. `facts`: the case's, as they will be once this is done."""

    def timely(self, case: Case, title: str) -> Refusal | None:
        """Why the case as it stands does not take the verb now. `title`: what the action is called."""
        return None

    def possible(self, case: Case, procedure: Procedure) -> bool:
        """Whether anything that the form could say would make it possible; what is not possible is not offered."""
        return True

    def options(self, field: FormField, case: Case, procedure: Procedure, person: str) -> Mapping[str, str] | None:
        """What a field of its form offers, where that follows from the case: value → title. None: as its form says."""
        return None

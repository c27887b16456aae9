"""Who asks: a person under a hat, or whoever runs the house."""

from dataclasses import dataclass

from domain.rules.hat import Actor, Hat


@dataclass(frozen=True, slots=True)
class Caller:
    """A person under a hat. `request_id`: by which log and ledger know what was asked, where it has one."""

    person: str
    hat: Hat
    request_id: str | None = None

    @property
    def actor(self) -> Actor:
        """The same to the domain, which knows no requests."""
        return Actor(self.person, self.hat)


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs the house, at its machine and without a token: it wears no hat, and is shown nothing sealed.

    What an operator may do takes one instead of a Caller, so that no surface can do it for anybody else by mistake.
    """


OPERATOR = Operator()

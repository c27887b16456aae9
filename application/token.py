"""Tokens: what binds a person to a hat. They are the operator's to give and to take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.caller import Operator
from application.declined import Declined
from application.house import House
from application.shapes.token import TokenShape, TokensShape
from domain.rules.hat import LEVEL_TITLES, PLACES, ROLE_TITLES, Hat, fits
from domain.rules.refusal import Code, Refusal
from ledger.identity import token as tokens
from ledger.identity.scope import scope_of
from ledger.registers import register

UNKNOWN = Refusal(Code.NOT_FOUND, "没有这样一个有效的令牌")


class Namesakes(Declined):
    """Somebody is called so already: two ids for one person would let them approve their own work.

    `people`: id → hats of those who are.
    """

    def __init__(self, people: Mapping[str, Sequence[Hat]]) -> None:
        super().__init__(Refusal(Code.INVALID_FIELDS, "登记册里已有同名的人"))
        self.people = people


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token, which is shown this once; `hat`: in words, `delegated`: good only on days of absence.

    `misplaced`: what to say where nobody with this hat can do anything at its scope.
    """

    token: str
    person: str
    name: str
    hat: str
    delegated: bool
    misplaced: str | None


async def issue_to_new_person(house: House, operator: Operator, hat: Hat, name: str, sure: bool) -> IssuedToken:
    """A token for somebody who is registered by it; `sure`: also where others are called so. Raises Declined."""
    known = {} if sure else await register.namesakes(house.ledger.writers, name.strip())
    if known:
        raise Namesakes(known)
    return await _issued(house, operator, hat, register.new_person_id(), name.strip())


async def issue(house: House, operator: Operator, hat: Hat, person: str) -> IssuedToken:
    """A token for somebody who is registered. Raises Declined."""
    name = await register.person(house.ledger.writers, person)
    if name is None:
        raise Declined(Refusal(Code.NOT_FOUND, f"登记册里没有编号为 {person} 的人"))
    return await _issued(house, operator, hat, person, name)


async def _issued(house: House, _: Operator, hat: Hat, person: str, name: str) -> IssuedToken:
    writers = house.ledger.writers
    async with house.ledger.reading() as connection:
        scope = await scope_of(connection, hat.scope)
    known = await register.scopes(writers, [hat.scope])
    if scope is None or hat.scope not in known:
        words = f"没有区划或承办单位 {hat.scope}（区划代码 12 位，单位编号如 U-141025-01）"
        raise Declined(Refusal(Code.UNKNOWN_DIVISION, words))
    if await tokens.over(writers, person, hat):
        words = f"{name}（{person}）的这一任职已经结束；重新任职的，先载入任职（register load posts）。"
        raise Declined(Refusal(Code.POST_OVER, words))
    delegated = await tokens.stands_in(writers, person, hat)
    if not delegated:
        await register.load_persons(writers, [register.RegisteredPerson(person, name, (hat,))])
    token = await tokens.create(writers, person, hat, delegated)
    title = f"{known[hat.scope]} {ROLE_TITLES[hat.role]}"
    misplaced = None if fits(hat.role, scope.level) else _misplaced(hat, scope.name)
    return IssuedToken(token, person, name, title, delegated, misplaced)


def _misplaced(hat: Hat, name: str) -> str:
    levels = "、".join(LEVEL_TITLES[level] for level in PLACES[hat.role])
    return f"{ROLE_TITLES[hat.role]}应设在{levels}，{name}不是，这个身份可能办不了事。"


async def issued(house: House, _: Operator) -> TokensShape:
    """Every token by its fingerprint."""
    return TokensShape(
        items=[
            TokenShape(
                fingerprint=each.fingerprint,
                person=each.person,
                name=each.name,
                hat=str(each.hat),
                created_at=each.created_at,
                revoked_at=each.revoked_at,
            )
            for each in await tokens.issued(house.ledger.writers)
        ]
    )


async def revoke(house: House, _: Operator, which: str) -> None:
    """End a token, named by itself or by its fingerprint. Raises Declined."""
    if not await tokens.revoke(house.ledger.writers, which):
        raise Declined(UNKNOWN)

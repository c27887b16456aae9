"""Tokens, by their fingerprints."""

from application.shapes.shape import Moment, Shape


class TokenShape(Shape):
    """A token: `fingerprint` names it and cannot be used in its place."""

    fingerprint: str
    person: str
    name: str
    hat: str
    created_at: Moment
    revoked_at: Moment | None


class TokensShape(Shape):
    """Every token ever created, in order of creation."""

    items: list[TokenShape]

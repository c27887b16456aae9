"""Who holds every open stage everywhere, until when, and who is told."""

from application.shapes.clock import LimitShape
from application.shapes.shape import Moment, Shape


class HolderShape(Shape):
    """Who answers for a post; `basis`: holder, delegate or on_duty."""

    name: str
    basis: str


class PostShape(Shape):
    """A hat, in words as `post`, and who answers for it, whoever does so first before the others."""

    hat: str
    post: str
    people: list[HolderShape]


class ToldShape(PostShape):
    """A post that is told at `at` if the clock began at the instant that was asked for."""

    at: Moment


class HeldStageShape(Shape):
    """One open stage at one village, with one of its clocks under one of its variants; null where it has none.

    `when`: what the case says for this variant to hold, in words, and after which action.
    """

    procedure: str
    procedure_title: str
    division: str
    division_name: str
    stage: str
    stage_title: str
    holder: PostShape | None
    clock: str | None
    clock_title: str | None
    when: str
    limit: LimitShape | None
    limit_text: str | None
    window: bool
    internal_due_at: Moment | None
    due_at: Moment | None
    provisional: bool
    authority: str
    told: list[ToldShape]


class VacancyShape(Shape):
    """A post for which nobody answers; `needed_for`: procedures with stages, in words."""

    hat: str
    post: str
    needed_for: list[str]


class StaffedProcedureShape(Shape):
    """A procedure that is released somewhere; `stages`: how many open ones it has, `rows`: in how many it is told."""

    id: str
    title: str
    stages: int
    rows: int


class HoldersShape(Shape):
    """Everything that was asked for at `at`. `villages`, `stages`, `posts`, `rows`: how many there are of each.

    `items` is empty where only what is unresolved was asked for.
    """

    at: Moment
    procedures: list[StaffedProcedureShape]
    villages: int
    stages: int
    posts: int
    rows: int
    items: list[HeldStageShape]
    unresolved: list[VacancyShape]

"""A case as it stands."""

from application.answering import answering
from application.look import Look, reads
from application.shapes.case import CaseShape
from domain.case.view import offered, shown


async def standing(look: Look) -> CaseShape:
    """The case, the actions that the caller may take now, and for officials who answers for its holder."""
    actor, procedure = look.caller.actor, await look.procedure()
    stands = shown(str(look.case_id), look.case, actor)
    actions = offered(look.case, procedure, actor, look.view.home)
    return CaseShape.model_validate({**stands, "actions": actions, **await answering(look, look.case)})


show = reads("case")(standing)

"""By which weights cases are likely the same: as they hold, set with a reason, and every change."""

from collections.abc import Mapping

from application.caller import Caller, Operator
from application.declined import Declined
from application.house import House
from application.shapes.similar import WeightChangeShape, WeightChangesShape, WeightShape, WeightsShape
from domain.case.similarity import Weights
from domain.rules.refusal import Code, Refusal
from ledger.changes import weights as kept
from ledger.read import similar


async def weights(house: House, _: Operator) -> WeightsShape:
    """What holds now."""
    return _shape(await similar.weights(house.ledger.writers))


async def set_weights(house: House, caller: Caller, given: Mapping[str, str], reason: str) -> WeightsShape:
    """Change the named weights, keep the others: for a county's administrators and heads. Raises Declined."""
    try:
        return _shape(await kept.set_weights(house.ledger.writers, caller.actor, given, reason))
    except kept.NotSet as error:
        raise Declined(Refusal(Code.INVALID_FIELDS, f"{error}\n什么也没有改。")) from None


async def changes(house: House, _: Operator) -> WeightChangesShape:
    """How they came to be what they are."""
    return WeightChangesShape(
        items=[
            WeightChangeShape(
                at=each.at,
                by=each.by,
                hat=each.hat,
                reason=each.reason,
                weights=each.weights.model_dump(),
            )
            for each in await kept.changes(house.ledger.writers)
        ]
    )


def _shape(holding: Weights) -> WeightsShape:
    default = Weights()
    return WeightsShape(
        items=[
            WeightShape(name=name, title=title, value=getattr(holding, name), default=getattr(default, name))
            for name, title in kept.TITLES.items()
        ]
    )

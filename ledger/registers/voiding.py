"""Taking back a wrong row of a register: it stays to be seen as void, with who said so, when and why."""

from collections.abc import Sequence

from domain.rules.form import control_free
from domain.rules.hat import Actor
from ledger.identity.delegation import OWN, covers, own
from ledger.registers.division import RegisterFault
from ledger.registers.register_kind import KINDS, RegisterKind
from ledger.store.connection import Writers

REASON_LENGTH_MAX = 200


async def void(writers: Writers, kind: RegisterKind, key: Sequence[str], actor: Actor, reason: str) -> None:
    """Take back the row that stands under `key` (`kind.key_fields`, as people write them). Raises RegisterFault.

    Kept with it: when, by whom, under which hat and why. Nobody takes back the absence from which he or she acts.
    """
    if not kind.voidable:
        able = "、".join(each.title for each in KINDS.values() if each.voidable)
        raise RegisterFault([f"{kind.title}不能作废（可作废的：{able}）；其他登记以失效日期或更正后的表为准"])
    words = reason.strip()
    if not words or len(words) > REASON_LENGTH_MAX or not control_free(words):
        raise RegisterFault([f"作废理由应为 1 至 {REASON_LENGTH_MAX} 字"])
    try:
        values = kind.key_of(key)
    except ValueError as error:
        raise RegisterFault([str(error)]) from None
    place = values[kind.key.index(kind.at)]
    if not await covers(writers, place, actor):
        raise RegisterFault(["只有本区划或上级的工作身份可以作废"])
    count = len(values)
    async with writers.held() as connection, connection.transaction():
        row = await connection.fetchrow(
            f'select * from "{kind.table}" where {kind.matching} and {kind.stands} for update', *values
        )
        if row is None:
            raise RegisterFault([f"登记册里没有这一条有效的{kind.title}：{' '.join(key)}"])
        if own(dict(row), actor.person):
            raise RegisterFault([OWN])
        await connection.execute(
            f'update "{kind.table}" set voided_at = clock_timestamp(), voided_by = ${count + 1},'
            f" voided_hat = ${count + 2}, voided_why = ${count + 3} where {kind.matching} and {kind.stands}",
            *values, actor.person, str(actor.hat), words,
        )  # fmt: skip

"""Recusal, and the vote counted again without the person (DOMAIN §4)."""

from domain.case.act import CheckedAct, moved
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.event import Event, GateCounted, PersonRecused
from domain.case.verbs.verb import Verb
from domain.rules.hat import Role
from domain.rules.refusal import Code, Refusal
from domain.rules.vote import without

RECUSING = {Role.HEAD, Role.INSPECTOR, Role.COMMITTEE}


class Recuse(Verb):
    """The person takes no part any more; the meeting just held is counted again without him or her (DOMAIN §4).

    Everybody recuses himself or herself; others are recused by who leads, inspects or supervises.
    """

    name = "recuse"
    aside = True

    def decide(self, act: CheckedAct, facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        person, name, vote = (act.fields.get(key) for key in ("person", "name", "vote"))
        if not person and not name:
            return invalid("person", "请写明回避人", "missing_field")
        actor = act.context.actor
        if person != actor.person and actor.hat.role not in RECUSING:
            return Refusal(Code.HAT_NOT_ALLOWED, "本人可以申请自己回避；他人的回避由负责人、监督委员会或纪检监察决定")
        if name and name in act.case.recused_names:
            return invalid("name", f"{name}已经回避", "already_recused")
        if vote is not None and "proof" not in act.fields:
            return invalid("proof", "已参加表决的，须附签到表决记录等凭证", "missing_field")
        recused = PersonRecused(person, name)
        last = max(act.case.tallies.values(), key=lambda tally: tally.version, default=None)
        if vote is None or last is None:
            return Consequence(after=(recused,))
        again = without(act.context.procedure.gates[last.gate], last, vote)
        if min(again.present, again.in_favour, again.opposed) < 0 or again.due < 1:
            return invalid("vote", "与原计票不符：减去此人后人数小于 0")
        if act.case.stage not in (last.stage, last.led_to):
            return Refusal(Code.REVOTE_NEEDED, "表决之后已办理后续手续，应回避的须重新提交表决")
        if again.passed and not last.passed:
            return Refusal(Code.REVOTE_NEEDED, "除去此人后结果由未通过变为通过，须重新表决")
        after: tuple[Event, ...] = (recused, GateCounted(again, again=True))
        if not last.passed or again.passed:
            return Consequence(after=after)
        move = moved(act, last.stage, {**facts, f"gate_{last.gate}": again.result}, None)
        return move if isinstance(move, Refusal) else Consequence(after=after, move=move)

"""Who reported a case."""

from uuid import UUID

from application.declined import Declined
from application.look import Look, reads
from application.shapes.reporter import ReporterShape, SourceShape
from domain.case.sight import knows_reporter
from domain.rules.refusal import Code, Refusal
from ledger.read.reporter import reporters

NOT_REVEALED = Refusal(Code.REPORTER_NOT_REVEALED, "请先办理“查看报告人联系方式”并说明理由")
NOBODY = None, None


@reads("reporter")
async def reporter(look: Look) -> ReporterShape:
    """Who reported: only for whoever has first put the reason on record, by an action that reveals it."""
    if not knows_reporter(look.case, await look.procedure(), look.caller.actor):
        raise Declined(NOT_REVEALED)
    merged = [item.data for item in look.case.items.values() if item.kind == "source"]
    known = await reporters(look.connection, [look.case_id, *(UUID(each["case"]) for each in merged)])
    name, phone = known.get(look.case_id, NOBODY)
    sources = []
    for each in merged:
        theirs, their_phone = known.get(UUID(each["case"]), NOBODY)
        sources.append(SourceShape(case_id=each["case"], number=each["number"], name=theirs, phone=their_phone))
    return ReporterShape(name=name, phone=phone, sources=sources)

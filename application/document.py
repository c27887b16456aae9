"""Documents that were issued in a case: their list, and each as the text that was served."""

from application.declined import Declined
from application.look import Look, reads
from application.shapes.document import DocumentShape, DocumentsShape
from domain.rules.refusal import Code, Refusal
from ledger.read.document import issued

UNKNOWN_DOCUMENT = Refusal(Code.UNKNOWN_DOCUMENT, "没有这份文书")


@reads("documents")
async def documents(look: Look) -> DocumentsShape:
    """The documents of a case in the order of their issue."""
    found = await issued(look.connection, look.case_id, look.case.version)
    return DocumentsShape(
        items=[
            DocumentShape(
                place=each.place,
                document=each.document,
                title=each.title,
                number=each.number,
                version=each.version,
                issued_at=each.issued_at,
            )
            for each in found
        ]
    )


@reads("documents")
async def document(look: Look, place: int | None) -> str:
    """The text of the document at `place` (from 1), as it was served, to print; None is no place."""
    found = await issued(look.connection, look.case_id, look.case.version)
    if place is None or not 1 <= place <= len(found):
        raise Declined(UNKNOWN_DOCUMENT)
    return found[place - 1].text

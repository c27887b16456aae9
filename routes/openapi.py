"""The API's own description. FastAPI describes what goes in and out; here it learns outcomes and refusals' codes.

Each route says them by name; statuses are filled in from api.py.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from application.shapes.problem import ProblemShape
from routes.form import ActingBody, Body, OpeningBody

REF = "#/components/schemas/{model}"
ALWAYS = "internal ledger_unavailable"
BEHIND_TOKEN = "no_token bad_token post_over delegation_over"  # noqa: S105 - codes, not a secret

OUTCOMES, CODES, BODY = "x-outcomes", "x-codes", "x-body"
BODIES = (OpeningBody, ActingBody)  # read by hand: what was sent counts byte for byte
FASTAPIS_OWN = {"HTTPValidationError", "ValidationError"}  # said of every route, never sent by any


def says(codes: str = "", outcomes: str = "ok", body: type[Body] | None = None) -> dict[str, Any]:
    """For a route's decorator: the codes of its refusals, its outcomes, and the shape of its body.

    What an answer's shape leaves unset is left out of it.
    """
    extra = {OUTCOMES: outcomes, CODES: codes, BODY: body.__name__ if body else ""}
    return {"openapi_extra": extra, "response_model_exclude_unset": True}


def describe(app: FastAPI, statuses: Mapping[str, int]) -> dict[str, Any]:
    """The OpenAPI document."""
    document = get_openapi(title=app.title, version=app.version, routes=app.routes, description=app.description)
    read = [(body, "validation") for body in BODIES]
    _, schemas = models_json_schema([*read, (ProblemShape, "serialization")], ref_template=REF)  # type: ignore[list-item]
    known = {**document["components"]["schemas"], **schemas["$defs"]}
    document["components"]["schemas"] = {name: known[name] for name in sorted(known.keys() - FASTAPIS_OWN)}
    for path in document["paths"].values():
        for operation in path.values():
            _fill(operation, statuses)
    return document


def _fill(operation: dict[str, Any], statuses: Mapping[str, int]) -> None:
    outcomes, codes, body = (operation.pop(key) for key in (OUTCOMES, CODES, BODY))
    content = operation["responses"]["200"].get("content", {})
    shape = {"content": content} if any(each["schema"] for each in content.values()) else {}
    responses: dict[str, Any] = {str(statuses[each]): {"description": each, **shape} for each in outcomes.split()}
    codes = f"{codes} {ALWAYS} {BEHIND_TOKEN if operation.get('security') else ''}"
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes.split()):
        by_status[statuses[code]].append(code)
    for status, named in sorted(by_status.items()):
        problem = {
            "description": "、".join(named),
            "content": _content("application/problem+json", ProblemShape.__name__),
        }
        responses.setdefault(str(status), problem)
    operation["responses"] = responses
    if body:
        operation["requestBody"] = {"required": True, "content": _content("application/json", body)}


def _content(media_type: str, model: str) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": REF.format(model=model)}}}

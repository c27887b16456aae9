"""The API's own description: each route says its outcomes, codes and shapes; statuses are filled in from api.py."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from routes import entry, form, notice, reckoning, shape
from routes.notice import Problem

REF = "#/components/schemas/{model}"
ALWAYS = "internal ledger_unavailable"
BEHIND_TOKEN = "no_token bad_token post_over delegation_over"  # noqa: S105 - codes, not a secret

OUTCOMES, CODES, ANSWER, BODY = "x-outcomes", "x-codes", "x-answer", "x-body"
MODELS = {
    name: model
    for module in (form, shape, reckoning, notice, entry)
    for name, model in vars(module).items()
    if isinstance(model, type) and issubclass(model, BaseModel)
}


def says(
    outcomes: str, answer: type[BaseModel] | None, codes: str = "", *, body: type[BaseModel] | None = None
) -> dict[str, Any]:
    """For a route's `openapi_extra`: its outcomes, the shape of its answer and of its body, and its refusals' codes."""
    return {
        OUTCOMES: outcomes,
        CODES: codes,
        ANSWER: answer.__name__ if answer else "",
        BODY: body.__name__ if body else "",
    }


def describe(app: FastAPI, statuses: Mapping[str, int]) -> dict[str, Any]:
    """The OpenAPI document."""
    document = get_openapi(title=app.title, version=app.version, routes=app.routes, description=app.description)
    operations = [each for path in document["paths"].values() for each in path.values()]
    named = {Problem.__name__, *(each[key] for each in operations for key in (ANSWER, BODY))} - {""}
    _, schemas = models_json_schema([(MODELS[name], "validation") for name in sorted(named)], ref_template=REF)
    document["components"]["schemas"] = schemas["$defs"]
    for operation in operations:
        _fill(operation, statuses)
    return document


def _fill(operation: dict[str, Any], statuses: Mapping[str, int]) -> None:
    outcomes, codes, answer, body = (operation.pop(key) for key in (OUTCOMES, CODES, ANSWER, BODY))
    content = {"content": _content("application/json", answer)} if answer else {}
    responses: dict[str, Any] = {str(statuses[each]): {"description": each, **content} for each in outcomes.split()}
    codes = f"{codes} {ALWAYS} {BEHIND_TOKEN if operation.get('security') else ''}"
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes.split()):
        by_status[statuses[code]].append(code)
    for status, named in sorted(by_status.items()):
        problem = {"description": "、".join(named), "content": _content("application/problem+json", Problem.__name__)}
        responses.setdefault(str(status), problem)
    operation["responses"] = responses
    if body:
        operation["requestBody"] = {"required": True, "content": _content("application/json", body)}


def _content(media_type: str, model: str) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": REF.format(model=model)}}}

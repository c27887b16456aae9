"""Reading what clients send: whole and bounded, then strictly; and the key that makes a write one and the same."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, TypeVar
from uuid import uuid4

from fastapi import Depends, Header, Request
from pydantic import ValidationError

from application.declined import Declined
from application.submission import Submission
from domain.rules.refusal import Code, Refusal
from routes.form import Body, problems

SIZE_BYTES_MAX = 2**20
KEY_LENGTH_MAX = 200
BAD_KEY = Refusal(Code.BAD_IDEMPOTENCY_KEY, f"Idempotency-Key 应为 1 至 {KEY_LENGTH_MAX} 个可打印字符")
MALFORMED = Refusal(Code.MALFORMED_JSON, "内容不是合格的 JSON")
TOO_SLOW = Refusal(Code.REQUEST_TIMEOUT, "内容传得太慢，已不再等待，请重试")
PATIENCE_S = 20.0  # for a body, and longer only as long as it comes at this rate: a photo over a village's line
BYTES_PER_S = 64 * 1024

Model = TypeVar("Model", bound=Body)


async def chunks(request: Request, size_max: int) -> AsyncIterator[bytes]:
    """The body as it comes. Raises Declined as soon as it is, or says it will be, larger than `size_max` bytes,
    and when it comes so slowly that somebody seems only to hold the connection.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > size_max:
        raise too_large(size_max)
    size, began, stream = 0, asyncio.get_running_loop().time(), request.stream()
    while True:
        try:
            async with asyncio.timeout_at(began + PATIENCE_S + size / BYTES_PER_S):
                chunk = await anext(stream, None)
        except TimeoutError:
            raise Declined(TOO_SLOW) from None
        if chunk is None:
            return
        size += len(chunk)
        if size > size_max:
            raise too_large(size_max)
        if chunk:
            yield chunk


def too_large(size_max: int) -> Declined:
    """What to raise for a body that is too large."""
    return Declined(Refusal(Code.BODY_TOO_LARGE, f"内容过大，最多 {size_max // 2**20} MiB"))


async def whole(request: Request) -> bytes:
    """The body, at most 1 MiB."""
    return b"".join([chunk async for chunk in chunks(request, SIZE_BYTES_MAX)])


def parsed(model: type[Model], body: bytes) -> Model:
    """The body as `model`. Raises Declined."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise Declined(MALFORMED) from None
        wrong = problems(found)
        words = "；".join(f"{each.name or '内容'}：{each.words}" for each in wrong[:5])
        raise Declined(Refusal(Code.INVALID_BODY, words, wrong)) from None


Key = Annotated[str | None, Header(alias="Idempotency-Key", description="1–200 个可打印字符；重试时原样再发")]


async def submission(request: Request, key: Key = None) -> Submission:
    """The write that this request asks for. Raises Declined."""
    if key is None:
        key = str(uuid4())
    elif not 1 <= len(key) <= KEY_LENGTH_MAX or not key.isprintable():
        raise Declined(BAD_KEY)
    request.state.idempotency_key = key
    return Submission(key, request.method, request.url.path, await whole(request))


TheSubmission = Annotated[Submission, Depends(submission)]

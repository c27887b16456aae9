"""`bihuan case open|act`: writing."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from cli.field import attached, typed
from cli.session import Json, Token, Var, caller, contents, instant, misused, run
from domain.rules.form import FormField
from domain.rules.refusal import Code, Refusal
from settings import VAR

if TYPE_CHECKING:
    from application.caller import Caller
    from application.house import House
    from application.submission import Submission

app = typer.Typer(help="事项：上报、办理、查看。", no_args_is_help=True)

Fields = Annotated[
    list[str], typer.Option("--field", metavar="NAME=VALUE", help="表单一项，可多次；附件可写 名称=@文件")
]
FieldsJson = Annotated[str | None, typer.Option(metavar="JSON", help="表单各项，JSON 对象")]
Key = Annotated[str | None, typer.Option(help="幂等键：同一个键重复执行只办一次")]
CaseId = Annotated[str, typer.Argument(metavar="CASE", help="事项编号（YH-2026-000001）或标识")]


@app.command("open")
def open_(
    division: Annotated[str, typer.Option(metavar="CODE", help="12 位区划代码")],
    title: Annotated[str, typer.Option(help="标题")],
    procedure: Annotated[str, typer.Option(help="办理流程")] = "hazard",
    field: Fields = [],  # noqa: B006 - typer reads it, nobody changes it
    fields_json: FieldsJson = None,
    reporter_name: Annotated[str | None, typer.Option(help="反映人姓名")] = None,
    reporter_phone: Annotated[str | None, typer.Option(help="反映人电话")] = None,
    occurred_at: Annotated[str | None, typer.Option(metavar="TIME", help="发现时间，如 2026-11-23T09:30")] = None,
    received_at: Annotated[str | None, typer.Option(metavar="TIME", help="收到时间（来信来电先到、后登记的）")] = None,
    key: Key = None,
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """上报一个事项。"""
    from application.act import Report, open_case
    from application.form import intake_form

    seen, received, once = instant(occurred_at), instant(received_at), key or str(uuid4())

    async def work(house: "House") -> bytes:
        asking = await caller(house, token)
        fields = await _fields(house, asking, field, fields_json, await intake_form(house, division, procedure))
        report = Report(procedure, division, title, fields, reporter_name, reporter_phone, seen, received)
        asked = _submission(
            once, "open", procedure, division, title, fields, reporter_name, reporter_phone, seen, received
        )
        with _answered(once, json_):
            return (await open_case(house, asking, asked, report)).body

    _tell(run(var, work), json_)


@app.command()
def act(
    case: CaseId,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="操作，如 triage、dispatch（case show 会列出）")],
    field: Fields = [],  # noqa: B006
    fields_json: FieldsJson = None,
    reason: Annotated[str | None, typer.Option(help="理由")] = None,
    expected_version: Annotated[int | None, typer.Option(help="您看到的版次；已有新变化则不办")] = None,
    key: Key = None,
    token: Token = "",
    json_: Json = False,
    var: Var = VAR,
) -> None:
    """对事项采取一个操作。"""
    from application.act import act as acted
    from application.form import action_form

    once = key or str(uuid4())

    async def work(house: "House") -> bytes:
        asking = await caller(house, token)
        fields = await _fields(house, asking, field, fields_json, await action_form(house, asking, case, action))
        asked = _submission(once, f"{case.upper()}/{action}", fields, reason, expected_version)
        with _answered(once, json_):
            return (await acted(house, asking, asked, case, action, fields, reason, expected_version)).body

    _tell(run(var, work), json_)


def _submission(key: str, target: str, *said: Any) -> "Submission":
    """What a repeat under the same key must match: everything that was said."""
    from application.submission import Submission

    return Submission(key, "CLI", target, json.dumps(said, sort_keys=True, default=str).encode())


async def _fields(
    house: "House", asking: "Caller", pairs: Sequence[str], document: str | None, form: Sequence[FormField]
) -> dict[str, Any]:
    """The typed fields, their files stored."""
    try:
        fields = typed(pairs, document, form)
    except ValueError as error:
        raise misused(str(error)) from None
    for name, items in attached(fields, form).items():
        fields[name] = [
            await _stored(house, asking, Path(item[1:])) if item.startswith("@") else item for item in items
        ]
    return fields


async def _stored(house: "House", asking: "Caller", path: Path) -> str:
    from application.declined import Declined
    from application.evidence import keep

    data = contents(path)

    async def whole() -> AsyncIterator[bytes]:
        yield data

    try:
        return (await keep(house, asking, whole())).sha256
    except Declined as declined:
        raise Declined(Refusal(declined.refusal.code, f"附件 {path}：{declined.refusal.words}")) from None


@contextmanager
def _answered(key: str, as_json: bool) -> Iterator[None]:
    """Raises Declined in the words of a command, with what to do where nobody knows whether it was ruled."""
    from application.declined import UNKNOWN_CASE, Declined
    from application.fault import UNREACHABLE

    try:
        yield
    except UNREACHABLE as error:
        words = f"数据库没有应答（{error}），不知道是否办成；请加上 --key {key} 再执行一次"
        raise Declined(Refusal(Code.LEDGER_UNAVAILABLE, words)) from None
    except Declined as declined:
        if as_json:
            typer.echo(_problem(declined.refusal))
        if declined.refusal == UNKNOWN_CASE:  # in the words of every other command
            raise
        code = declined.refusal.code
        raise Declined(Refusal(code, f"不予办理：{declined.refusal.words}（{code}）")) from None


def _problem(refusal: Refusal) -> str:
    problem: dict[str, Any] = {"code": refusal.code, "detail": refusal.words}
    if refusal.errors:
        problem["errors"] = [{"name": each.name, "code": each.code, "detail": each.words} for each in refusal.errors]
    return json.dumps(problem, ensure_ascii=False)


def _tell(body: bytes, as_json: bool) -> None:
    if as_json:
        typer.echo(body.decode())
        return
    answer = json.loads(body)
    typer.echo(
        f"{answer['number']} {answer['title']}：{answer['stage_title']}，"
        f"第 {answer['version']} 版（{answer['case_id']}）"
    )

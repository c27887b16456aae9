"""`bihuan case`: open a case, act on it, look at it."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO
from uuid import UUID, uuid4

import typer

from cli.exit_code import ExitCode, exit_code
from cli.field import attached, typed
from cli.session import CommandFailed, Json, Token, Var, caller, failure, run_house
from domain.case.command import Act, Command, Open
from domain.days.instant import SHANGHAI, Instant
from domain.rules.form import FormField
from settings import VAR

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from application.caller import Caller
    from application.house import House
    from application.submission import Submission
    from ledger.registrar.request import Reporter, Ruling

CHUNK_BYTES = 64 * 1024

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
    from application.rules import intake_form

    report = Report(
        procedure, division, title, {}, reporter_name or None, reporter_phone or None, instant(occurred_at),
        instant(received_at),
    )  # fmt: skip

    async def work(house: "House") -> "Ruling":
        who = await caller(house, token)
        form = await intake_form(house, procedure, division)
        fields = await _fields(house, who, field, fields_json, form)
        asked = replace(report, fields=fields)
        command = Open(
            procedure, division, title, fields, asked.reporter is not None, asked.occurred_at, asked.received_at
        )
        submission = _submission(key, "", command, asked.reporter)
        return await _known(submission, open_case(house, who, submission, asked))

    _tell(run_house(var, work), json_)


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

    from application import act as acting
    from application.rules import action_form

    async def work(house: "House") -> "Ruling":
        who = await caller(house, token)
        form = await action_form(house, who, case, action)
        fields = await _fields(house, who, field, fields_json, form)
        command = Act(action, fields, reason, expected_version)
        submission = _submission(key, case, command)
        ruling = acting.act(house, who, submission, _which(case), action, fields, reason, expected_version)
        return await _known(submission, ruling)

    _tell(run_house(var, work), json_)


def _which(case: str) -> "UUID | str":
    """A case by its id or by its number."""
    try:
        return UUID(case)
    except ValueError:
        return case


async def _fields(
    house: "House", who: "Caller", pairs: Sequence[str], document: str | None, form: Sequence[FormField]
) -> dict[str, Any]:
    """The typed fields, their files stored."""
    fields = typed(pairs, document, form)
    for name, items in attached(fields, form).items():
        fields[name] = [await _stored(house, who, Path(item[1:])) if item.startswith("@") else item for item in items]
    return fields


async def _stored(house: "House", who: "Caller", path: Path) -> str:
    from application.declined import Declined
    from application.evidence import keep

    async def chunks(file: BinaryIO) -> AsyncIterator[bytes]:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk

    try:
        with path.open("rb") as file:
            return (await keep(house, who, chunks(file))).sha256
    except OSError as error:
        raise CommandFailed(f"读不了附件 {path}：{error.strerror}") from None
    except Declined as declined:
        raise CommandFailed(f"附件 {path}：{declined.refusal.words}", exit_code(declined.refusal.code)) from None


def _submission(key: str | None, case: str, command: Command, reporter: "Reporter | None" = None) -> "Submission":
    """The command as one write; without a key of its own it is a new one each time."""
    from application.submission import Submission

    body = {"command": asdict(command), "reporter": asdict(reporter) if reporter else None}
    return Submission(key or str(uuid4()), "CLI", case, json.dumps(body, sort_keys=True, default=str).encode())


async def _known(submission: "Submission", ruling: "Awaitable[Ruling]") -> "Ruling":
    """The ruling; where nobody knows whether there is one, the words say how to find out."""
    from ledger.registrar.request import LedgerUnavailable

    try:
        return await ruling
    except LedgerUnavailable as error:
        words = f"数据库没有应答（{error}），不知道是否办成；请加上 --key {submission.key} 再执行一次"
        raise CommandFailed(words, ExitCode.UNREACHABLE) from None


def _tell(ruling: "Ruling", as_json: bool) -> None:
    answer = json.loads(ruling.body)
    if as_json:
        typer.echo(ruling.body.decode())
    else:
        typer.echo(
            f"{answer['number']} {answer['title']}：{answer['stage_title']}，第 {answer['version']} 版"
            f"（{answer['case_id']}）"
        )


def instant(text: str | None) -> Instant | None:
    """A time without offset is meant in Shanghai."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise failure(f"看不懂的时间：{text}。可写作 2026-11-23T09:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)

"""`bihuan case`: open a case, act on it, look at it."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID, uuid4

import typer

from cli.field import attached, typed
from cli.session import Declined, Token, Var, bearer, failure, run
from domain.case.command import Act, Command, Open
from domain.days.instant import SHANGHAI, Instant
from domain.rules.form import FormField
from settings import VAR

if TYPE_CHECKING:
    from domain.rules.hat import Actor
    from ledger.ledger import Ledger
    from ledger.registrar.request import Reporter, Ruling

CHUNK_BYTES = 64 * 1024

app = typer.Typer(help="事项：上报、办理、查看。", no_args_is_help=True)

Fields = Annotated[
    list[str], typer.Option("--field", metavar="NAME=VALUE", help="表单一项，可多次；附件可写 名称=@文件")
]
FieldsJson = Annotated[str | None, typer.Option(metavar="JSON", help="表单各项，JSON 对象")]
Key = Annotated[str | None, typer.Option(help="幂等键：同一个键重复执行只办一次")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
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
    from ledger.registers.division import county_of
    from ledger.registrar.request import Reporter

    reporter = Reporter(reporter_name, reporter_phone) if reporter_name or reporter_phone else None
    seen, received = instant(occurred_at), instant(received_at)

    async def work(ledger: "Ledger") -> "Ruling":
        actor = await bearer(ledger, token)
        known = (await ledger.library.released(county_of(division))).get(procedure)
        form = known.intake.form if known else []
        fields = await _fields(ledger, actor, field, fields_json, form)
        command = Open(procedure, division, title, fields, reporter is not None, seen, received)
        return await _rule(ledger, actor, command, key, reporter=reporter)

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

    async def work(ledger: "Ledger") -> "Ruling":
        actor = await bearer(ledger, token)
        case_id, form = await _form(ledger, case, action)
        fields = await _fields(ledger, actor, field, fields_json, form)
        command = Act(action, fields, reason, expected_version)
        return await _rule(ledger, actor, command, key, case_id)

    _tell(run(var, work), json_)


async def found(ledger: "Ledger", which: str) -> tuple[UUID, str]:
    """The id of the case of this number or id, and the hash of its procedure. Raises Declined."""
    try:
        case_id = UUID(which)
    except ValueError:
        case_id = None
    rows = await ledger.writers.fetch(
        'select id, procedure_sha256 from "case" where id = $1 or number = $2', case_id, which.upper()
    )
    if not rows:
        raise Declined(f"没有编号为 {which} 的事项")
    return UUID(str(rows[0]["id"])), rows[0]["procedure_sha256"]


async def _form(ledger: "Ledger", which: str, action: str) -> tuple[UUID, Sequence[FormField]]:
    case_id, pinned = await found(ledger, which)
    known = (await ledger.library.procedure(pinned)).actions.get(action)
    return case_id, known.form if known else ()


async def _fields(
    ledger: "Ledger", actor: "Actor", pairs: Sequence[str], document: str | None, form: Sequence[FormField]
) -> dict[str, Any]:
    """The typed fields, their files stored."""
    fields = typed(pairs, document, form)
    for name, items in attached(fields, form).items():
        fields[name] = [
            await _stored(ledger, actor, Path(item[1:])) if item.startswith("@") else item for item in items
        ]
    return fields


async def _stored(ledger: "Ledger", actor: "Actor", path: Path) -> str:
    from ledger.read.evidence import SIZE_BYTES_MAX, NotKept, TooLarge, UnsupportedType, keep
    from settings import Settings

    async def chunks() -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    try:
        return (await keep(ledger.writers, Settings().evidence_dir, chunks(), actor.person)).sha256
    except (OSError, NotKept) as error:
        raise Declined(f"读不了或存不了附件 {path}：{error}") from None
    except UnsupportedType:
        raise Declined(f"附件 {path} 不是图片（PNG、JPEG、WebP）、PDF 或 MP4") from None
    except TooLarge:
        raise Declined(f"附件 {path} 超过 {SIZE_BYTES_MAX // 2**20} MiB") from None


async def _rule(
    ledger: "Ledger", actor: "Actor", command: Command, key: str | None,
    case_id: UUID | None = None, reporter: "Reporter | None" = None,
) -> "Ruling":  # fmt: skip
    from dataclasses import asdict

    from ledger.registrar.request import LedgerUnavailable, Request, callers_id, request_hash

    key = key or str(uuid4())
    body = {"command": asdict(command), "reporter": asdict(reporter) if reporter else None}
    asked = json.dumps(body, sort_keys=True, default=str)
    hashed = request_hash("CLI", str(case_id or ""), str(actor.hat), asked)
    request = Request(callers_id(actor.person, key), hashed, command, actor, case_id, reporter)
    try:
        return await ledger.registrar.rule(request)
    except LedgerUnavailable as error:
        raise Declined(f"数据库没有应答（{error}），不知道是否办成；请加上 --key {key} 再执行一次") from None


def _tell(ruling: "Ruling", as_json: bool) -> None:
    answer = json.loads(ruling.body)
    if as_json:
        typer.echo(ruling.body.decode())
    if ruling.refused:
        raise failure(f"不予办理：{answer['detail']}（{answer['code']}）")
    if not as_json:
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

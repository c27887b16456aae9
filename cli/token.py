"""`bihuan token`: tokens for the interface and the command line."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import CommandFailed, Json, Var, failure, run, show, write_json
from settings import VAR

if TYPE_CHECKING:
    from domain.rules.hat import Hat
    from ledger.ledger import Ledger

app = typer.Typer(help="令牌：把一个人和一个身份绑在一起。", no_args_is_help=True)


@app.command()
def create(
    hat: Annotated[
        str, typer.Option(metavar="ROLE@SCOPE", help="身份，如 dispatcher@141025101000、handler@U-141025-01")
    ],
    person: Annotated[str | None, typer.Option(metavar="ID", help="登记册里的人员编号")] = None,
    name: Annotated[str | None, typer.Option(help="新登记一个人，写姓名")] = None,
    new: Annotated[bool, typer.Option("--new", help="确是另一个同名的人")] = False,
    var: Var = VAR,
) -> None:
    """新建令牌：标准输出只有令牌本身，只显示这一次。"""
    from domain.rules.hat import Hat

    try:
        worn = Hat.parse(hat)
    except ValueError as error:
        raise failure(str(error)) from None
    if (person is None) == (name is None):
        raise failure("请用 --person 指明登记过的人，或用 --name 新登记一个人（二者取一）")

    async def work(ledger: "Ledger") -> tuple[str, str]:
        if name is not None and not new:
            await _unheard_of(ledger, name.strip())
        return await _create(ledger, worn, person, name or "")

    token, words = run(var, work)
    typer.echo(words, err=True)
    typer.echo(token)


async def _unheard_of(ledger: "Ledger", name: str) -> None:
    """Two ids for one person would let them approve their own work. Raises CommandFailed."""
    from ledger.registers import register

    namesakes = await register.namesakes(ledger.writers, name)
    if namesakes:
        known = "\n".join(
            f"  --person {person}（{'、'.join(map(str, hats)) or '尚无身份'}）" for person, hats in namesakes.items()
        )
        raise CommandFailed(
            f"登记册里已有叫“{name}”的人。职责分离按人核对，同一个人不能登记两次。\n"
            f"是同一个人，请用：\n{known}\n确是另一个同名的人，请加 --new。"
        )


async def _create(ledger: "Ledger", hat: "Hat", person: str | None, name: str) -> tuple[str, str]:
    from domain.rules.hat import LEVEL_TITLES, PLACES, ROLE_TITLES, fits
    from ledger.identity import token as tokens
    from ledger.identity.scope import scope_of
    from ledger.registers import register

    async with ledger.reading() as connection:
        scope = await scope_of(connection, hat.scope)
    known = await register.scopes(ledger.writers, [hat.scope])
    if scope is None or hat.scope not in known:
        raise CommandFailed(f"没有区划或承办单位 {hat.scope}（区划代码 12 位，单位编号如 U-141025-01）")
    if not fits(hat.role, scope.level):
        levels = "、".join(LEVEL_TITLES[level] for level in PLACES[hat.role])
        typer.echo(f"注意：{ROLE_TITLES[hat.role]}应设在{levels}，{scope.name}不是，这个身份可能办不了事。", err=True)
    if person is not None:
        found = await register.person(ledger.writers, person)
        if found is None:
            raise CommandFailed(f"登记册里没有编号为 {person} 的人")
        name = found
    person, name = person or register.new_person_id(), name.strip()
    if await tokens.over(ledger.writers, person, hat):
        raise CommandFailed(f"{name}（{person}）的这一任职已经结束；重新任职的，先载入任职（register load posts）。")
    delegated = await tokens.stands_in(ledger.writers, person, hat)
    if not delegated:
        await register.load_persons(ledger.writers, [register.RegisteredPerson(person, name, (hat,))])
    token = await tokens.create(ledger.writers, person, hat, delegated)
    note = "（代理，只在登记的请假期间有效）" if delegated else ""
    return token, f"{name}（{person}）· {known[hat.scope]} {ROLE_TITLES[hat.role]}{note}。令牌只显示这一次："


@app.command("list")
def list_(json_: Json = False, var: Var = VAR) -> None:
    """列出令牌（只有指纹，令牌本身不留存）。"""
    from rich.table import Table

    from domain.days.instant import local
    from ledger.identity.token import issued

    found = run(var, lambda ledger: issued(ledger.writers))
    if json_:
        write_json([{**asdict(each), "hat": str(each.hat)} for each in found])
        return
    table = Table("指纹", "人员", "姓名", "身份", "建于", "状态")
    for each in found:
        made = f"{local(each.created_at):%Y-%m-%d %H:%M}"
        state = f"{local(each.revoked_at):%Y-%m-%d %H:%M} 吊销" if each.revoked_at else "有效"
        table.add_row(each.fingerprint, each.person, each.name, str(each.hat), made, state)
    show(table)


@app.command()
def revoke(
    which: Annotated[str, typer.Argument(metavar="FINGERPRINT|TOKEN", help="指纹（至少 12 位）或令牌本身")],
    var: Var = VAR,
) -> None:
    """吊销令牌，立即生效。"""
    from ledger.identity import token as tokens

    if not run(var, lambda ledger: tokens.revoke(ledger.writers, which)):
        raise failure("没有这样一个有效的令牌")
    typer.echo("已吊销。")

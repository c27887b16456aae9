"""`bihuan token`: tokens for the interface and the command line."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import Json, Var, failure, misused, run, say, show
from settings import VAR

if TYPE_CHECKING:
    from application.house import House
    from application.token import IssuedToken, Namesakes

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
    from application.caller import OPERATOR
    from application.token import Namesakes, issue, issue_to_new_person
    from domain.rules.hat import Hat

    try:
        worn = Hat.parse(hat)
    except ValueError as error:
        raise misused(str(error)) from None
    if (person is None) == (name is None):
        raise misused("请用 --person 指明登记过的人，或用 --name 新登记一个人（二者取一）")

    async def work(house: "House") -> "IssuedToken":
        try:
            if person is not None:
                return await issue(house, OPERATOR, worn, person)
            return await issue_to_new_person(house, OPERATOR, worn, name or "", new)
        except Namesakes as known:
            raise failure(_known(known, (name or "").strip())) from None

    made = run(var, work)
    if made.misplaced:
        typer.echo(f"注意：{made.misplaced}", err=True)
    note = "（代理，只在登记的请假期间有效）" if made.delegated else ""
    typer.echo(f"{made.name}（{made.person}）· {made.hat}{note}。令牌只显示这一次：", err=True)
    typer.echo(made.token)


def _known(namesakes: "Namesakes", name: str) -> str:
    known = "\n".join(
        f"  --person {person}（{'、'.join(map(str, hats)) or '尚无身份'}）" for person, hats in namesakes.people.items()
    )
    return (
        f"登记册里已有叫“{name}”的人。职责分离按人核对，同一个人不能登记两次。\n"
        f"是同一个人，请用：\n{known}\n确是另一个同名的人，请加 --new。"
    )


@app.command("list")
def list_(json_: Json = False, var: Var = VAR) -> None:
    """列出令牌（只有指纹，令牌本身不留存）。"""
    from rich.table import Table

    from application.caller import OPERATOR
    from application.token import issued
    from domain.days.instant import local

    found = run(var, lambda house: issued(house, OPERATOR))
    if json_:
        say(found)
        return
    table = Table("指纹", "人员", "姓名", "身份", "建于", "状态")
    for each in found.items:
        made = f"{local(each.created_at):%Y-%m-%d %H:%M}"
        state = f"{local(each.revoked_at):%Y-%m-%d %H:%M} 吊销" if each.revoked_at else "有效"
        table.add_row(each.fingerprint, each.person, each.name, each.hat, made, state)
    show(table)


@app.command()
def revoke(
    which: Annotated[str, typer.Argument(metavar="FINGERPRINT|TOKEN", help="指纹（至少 12 位）或令牌本身")],
    var: Var = VAR,
) -> None:
    """吊销令牌，立即生效。"""
    from application.caller import OPERATOR
    from application.token import revoke as ended

    run(var, lambda house: ended(house, OPERATOR, which))
    typer.echo("已吊销。")

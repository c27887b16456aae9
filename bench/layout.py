"""The shape of the house, measured: `python -m bench.layout`.

How many modules and rooms an HTTP dispatch of a hazard passes and how often it goes from one to another; modules per
room and their lengths; late imports; and with `--change REV`, which hand-written source files a change has touched.
"""

import argparse
import ast
import asyncio
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import httpx

import log
from api import create
from bench.ground import Ground
from bench.register import PEOPLE, UNIT, VILLAGE, person
from ledger.identity.token import create as create_token
from ledger.store.connection import Writers
from settings import ROOT, Settings

PRODUCT = ("activities", "application", "cli", "domain", "keepers", "ledger", "routes", "web", "workflows")
HAZARD = {"kind": "safety", "place": "村口", "description": "路面塌陷"}
GENERATED = ("docs/procedures/", "tests/frozen/files/", "migrations/schema.sql")


class Passage(Counter[str]):
    """Modules by how often they were entered; `switches` between them."""

    switches = 0
    _last = ""

    def enter(self, frame: FrameType, event: str, _: object) -> None:
        """A profile function: a call into a module of the product; a switch where the call before was in another."""
        name = str(frame.f_globals.get("__name__", ""))
        if event != "call" or name.split(".", maxsplit=1)[0] not in PRODUCT:
            return
        if name != self._last:
            self.switches += 1
            self._last = name
        self[name] += 1


async def dispatch(url: str) -> Passage:
    """What one dispatch passes, asked for over HTTP, with everything warm."""
    with tempfile.TemporaryDirectory() as evidence:
        app = create(Settings(database_url=url, evidence_dir=Path(evidence)))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                writers = Writers(url, 1)
                tokens = {post: await create_token(writers, person(post), hat) for post, hat in PEOPLE.items()}
                await writers.close()
                while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - asked as anybody would
                    await asyncio.sleep(0.05)
                passed = Passage()
                for _ in range(3):  # the third is measured: procedures are read and plans are made by then
                    passed = await _life(client, tokens)
    return passed


async def _life(client: httpx.AsyncClient, tokens: dict[str, str]) -> Passage:
    async def post(path: str, who: str, body: object) -> str:
        headers = {"Authorization": f"Bearer {tokens[who]}"}
        answer = await client.post(path, headers=headers, content=json.dumps(body).encode())
        assert answer.status_code < 300, answer.text
        return str(answer.json()["case_id"])

    opening = {"procedure": "hazard", "division": VILLAGE, "title": "路面塌陷", "fields": HAZARD}
    case = f"/api/cases/{await post('/api/cases', 'reporter', opening)}/actions"
    await post(f"{case}/triage", "dispatcher", {"fields": {"grade": "general"}})
    passed = Passage()
    sys.setprofile(passed.enter)
    try:
        await post(f"{case}/dispatch", "dispatcher", {"fields": {"unit": UNIT}})
    finally:
        sys.setprofile(None)
    return passed


def room(module: str) -> str:
    """The folder that a module stands in, `verbs` with the cases whose verbs they are."""
    return ".".join(module.split(".")[:-1][:2]) or module


def modules() -> dict[str, list[int]]:
    """The lengths of the modules of every room of the product."""
    found: dict[str, list[int]] = {}
    for package in PRODUCT:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.parent.relative_to(ROOT).as_posix()
            found.setdefault(name, []).append(len(path.read_text().splitlines()))
    return found


def late_imports() -> Iterator[str]:
    """Imports inside functions whose line states no reason; the command line imports late so that it starts quickly."""
    for package in PRODUCT:
        for path in sorted((ROOT / package).rglob("*.py")):
            lines = path.read_text().splitlines()
            for function in ast.walk(ast.parse("\n".join(lines))):
                if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                late = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                for node in late if package != "cli" else ():
                    if "#" not in lines[node.lineno - 1]:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}"


def changed(since: str) -> dict[str, list[str]]:
    """The files that differ from `since`, those not yet committed among them, by what they are."""
    diff = ["git", "-C", str(ROOT), "diff", "--name-only", since]
    new = ["git", "-C", str(ROOT), "ls-files", "--others", "--exclude-standard"]
    names = sorted({line for argv in (diff, new) for line in _lines(argv)})
    kinds: dict[str, list[str]] = {"源文件": [], "测试": [], "生成的": [], "文档": []}
    for name in names:
        kind = "生成的" if name.startswith(GENERATED) else "测试" if name.startswith("tests/") else "源文件"
        kinds["文档" if name.endswith(".md") and kind == "源文件" else kind].append(name)
    return kinds


def _lines(argv: list[str]) -> list[str]:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--change", metavar="REV", help="只数相对 REV 改动的文件")
    asked = parser.parse_args()
    if asked.change:
        for kind, names in changed(asked.change).items():
            print(f"{kind} {len(names)}：{'、'.join(names)}")
        return
    log.configure("error")
    with Ground() as ground:
        passed = asyncio.run(dispatch(ground.fresh("layout")))
    rooms = sorted(set(map(room, passed)))
    print(f"一次派单经过 {len(passed)} 个模块、{len(rooms)} 间，模块之间转换 {passed.switches} 次：{'、'.join(rooms)}")
    for name, lengths in modules().items():
        longest = max(lengths)
        print(f"  {name}：{len(lengths)} 个模块，最长 {longest} 行，中位 {sorted(lengths)[len(lengths) // 2]} 行")
    late = list(late_imports())
    print(f"没有写明理由的函数内导入 {len(late)} 处：{'、'.join(late) or '无'}")


if __name__ == "__main__":
    main()

"""What holds for every route: the description, headers, health, registers, pages, failures."""

import asyncio
import json
import re
import socket
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn

import api
import log
from application.shapes.health import ReadyShape
from application.shapes.problem import ProblemShape
from application.shapes.procedure import ProcedurePageShape
from application.shapes.register import DivisionPageShape, UnitPageShape
from domain.rules.refusal import Code
from ledger.changes.publish import stock
from ledger.registrar.request import LedgerUnavailable, PoisonedCase
from procedures import paths
from settings import ROOT, Settings

COUNTY, TOWNSHIP, VILLAGE = "141025000000", "141025101000", "141025101200"
UNIT = "U-141025101-01"
DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")
HANDLER = ("P-handler", f"handler@{UNIT}")
SAFE = {"content-security-policy", "x-content-type-options", "referrer-policy", "x-request-id"}


def test_every_refusal_of_the_domain_has_a_status() -> None:
    assert api.STATUS_OF.keys() == set(Code)
    listed = [code for codes in api.BY_STATUS.values() for code in codes.split()]
    assert len(listed) == len(set(listed))
    assert api.BY_STATUS.keys() == api.TITLES.keys()


def test_every_code_is_used() -> None:
    folders = ("activities", "application", "cli", "domain", "keepers", "ledger", "routes")
    sources = [path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py")]
    used = set(re.findall(r"\bCode\.([A-Z_]+)", "".join([*sources, (ROOT / "api.py").read_text()])))
    assert {code.name for code in Code} - used == set()


async def test_the_description_is_walked(world: Any) -> None:
    """Every operation of the document exists, answers what the document says, and asks for a token if it says so."""
    document = (await world.client.get("/openapi.json")).json()
    assert {"/api/cases", "/api/board", "/api/evidence", "/readyz"} <= document["paths"].keys()
    case_id = (await world.opened())["case_id"]
    given = {
        "case_id": case_id,
        "action": "triage",
        "clock": "triage",
        "sha256": "0" * 64,
        "place": "1",
        "code": VILLAGE,
        "household": "H001",
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            address = path.format(**given)
            bare = await world.client.request(method, address)
            if operation.get("security"):
                assert (bare.status_code, bare.json()["code"]) == (401, "no_token"), path
                bare = await world.client.request(method, address, headers=await world.as_(*DISPATCHER))
            assert str(bare.status_code) in operation["responses"], (path, bare.status_code)
            assert bare.headers.keys() >= SAFE, path
            if bare.status_code >= 400:
                ProblemShape.model_validate(bare.json())
                said = operation["responses"][str(bare.status_code)]["description"]
                assert bare.json()["code"] in said.split("、"), path
    schemas = document["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document))) <= schemas.keys()
    assert schemas["OpeningBody"]["required"] == ["procedure", "division", "title"]


async def test_the_manual_reaches_no_outside_host(world: Any) -> None:
    page = await world.client.get("/docs")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script>" not in page.text
    wanted = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(wanted) == 5
    for address in wanted:
        assert address.startswith("/")
        assert (await world.client.get(address)).status_code == 200
    assert (await world.client.get("/redoc")).status_code == 404


async def test_health_is_told(world: Any) -> None:
    assert (await world.client.get("/healthz")).json() == {"status": "ok"}
    ready = (await world.client.get("/readyz")).json()
    ReadyShape.model_validate(ready)
    assert ready["status"] == "ready"
    assert ready["procedures"]["faults"] == []
    assert {each["id"] for each in ready["procedures"]["released"]} == {path.stem for path in paths()}
    await world.opened()
    metrics = (await world.client.get("/metrics")).text
    assert 'bihuan_rulings_total{outcome="opened"}' in metrics
    assert 'route="/api/cases"' in metrics
    assert VILLAGE not in metrics


async def test_registers_are_read(world: Any) -> None:
    tops = (await world.get("/api/divisions", *DISPATCHER)).json()
    DivisionPageShape.model_validate(tops)
    assert COUNTY in [each["code"] for each in tops["items"]]
    below = (await world.get("/api/divisions", *DISPATCHER, parent=COUNTY)).json()
    assert TOWNSHIP in [each["code"] for each in below["items"]]
    first = (await world.get("/api/divisions", *DISPATCHER, parent=COUNTY, limit=1)).json()
    second = (await world.get("/api/divisions", *DISPATCHER, parent=COUNTY, limit=1, after=first["next"])).json()
    assert [first["items"][0], second["items"][0]] == below["items"][:2]
    for division in (COUNTY, TOWNSHIP):
        units = (await world.get("/api/units", *DISPATCHER, division=division)).json()
        UnitPageShape.model_validate(units)
        assert UNIT in [each["id"] for each in units["items"]]
    assert (await world.get("/api/units", *DISPATCHER, division=VILLAGE)).json()["items"] == []
    procedures = (await world.get("/api/procedures", *DISPATCHER)).json()
    ProcedurePageShape.model_validate(procedures)
    assert [each["id"] for each in procedures["items"]] == sorted(path.stem for path in paths())


async def test_a_person_signs_in_and_sees_the_board(world: Any) -> None:
    case = await world.opened(fields={"emergency": True}, title="<b>桥面塌陷")
    token = (await world.as_(*DISPATCHER))["Authorization"].removeprefix("Bearer ")
    transport = httpx.ASGITransport(world.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as browser:
        assert (await browser.get("/")).headers["location"] == "/sign-in"
        assert (await browser.get("/board/rows")).status_code == 401
        wrong = await browser.post("/sign-in", data={"token": "bh_wrong"})
        assert (wrong.status_code, "令牌无效" in wrong.text) == (401, True)
        elsewhere = {"sec-fetch-site": "cross-site"}
        assert (await browser.post("/sign-in", data={"token": token}, headers=elsewhere)).status_code == 403
        entered = await browser.post("/sign-in", data={"token": token})
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert {"HttpOnly", "SameSite=strict"} <= set(entered.headers["set-cookie"].split("; "))
        page = await browser.get("/")
        assert page.status_code == 200
        assert "北平镇看板" in page.text
        assert "北平镇 调度员" in page.text
        assert case["number"] in page.text
        assert "&lt;b&gt;桥面塌陷" in page.text
        rows = await browser.get("/board/rows", params={"division": VILLAGE})
        assert case["number"] in rows.text
        assert (await browser.get("/", params={"division": "141025102000"})).status_code == 403
        assert (await browser.get("/static/board.css")).status_code == 200
        assert (await browser.post("/api/cases", content=b"{}")).status_code == 401  # the cookie opens no other door
        await browser.post("/sign-out")
        assert (await browser.get("/")).status_code == 307


async def test_a_browser_is_refused_with_a_page(world: Any) -> None:
    token = (await world.as_(*DISPATCHER))["Authorization"].removeprefix("Bearer ")
    browser = {"Accept": "text/html,*/*;q=0.8", "Cookie": f"bihuan_token={token}"}
    for path, status, words in [
        ("/?division=141025102000", 403, "该区划不在您的管辖范围内"),
        ("/nowhere", 404, "没有这个地址"),
        ("/?after=x", 422, "内容不合要求"),
        ("/?division=%3Cb%3E", 422, "&lt;b&gt;"),
    ]:
        page = await world.client.get(path, headers=browser)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert words in page.text
        assert "<b>" not in page.text
        plain = await world.client.get(path, headers=browser | {"Accept": "*/*"})
        assert plain.headers["content-type"] == "application/problem+json"
    api_answer = await world.client.get("/api/nowhere", headers=browser)
    assert api_answer.headers["content-type"] == "application/problem+json"


async def test_a_unit_has_a_board_too(world: Any) -> None:
    headers = await world.as_(*HANDLER)
    token = headers["Authorization"].removeprefix("Bearer ")
    page = await world.client.get("/", headers={"Cookie": f"bihuan_token={token}"})
    assert page.status_code == 200
    assert "北平镇综合行政执法队" in page.text


async def test_an_unknown_outcome_says_so(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(*_: object) -> None:
        raise LedgerUnavailable("gone")

    monkeypatch.setattr(world.ledger.registrar, "rule", lost)
    body = {"procedure": "hazard", "division": VILLAGE, "title": "x"}
    answer = await world.post("/api/cases", "P-grid", f"grid_worker@{VILLAGE}", body, "key-1")
    assert (answer.status_code, answer.json()["code"]) == (503, "ledger_unavailable")
    assert answer.headers["retry-after"]
    assert answer.headers["idempotency-key"] == "key-1"
    assert "Idempotency-Key" in answer.json()["detail"]


async def test_what_nobody_expected_shows_nothing_of_its_inside(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(world.ledger.registrar, "rule", broken)
    body = {"procedure": "hazard", "division": VILLAGE, "title": "x"}
    answer = await world.post("/api/cases", "P-grid", f"grid_worker@{VILLAGE}", body)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.headers.keys() >= SAFE


async def test_an_unreadable_case_is_noted(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = (await world.opened())["case_id"]

    async def poisoned(*_: object) -> None:
        raise PoisonedCase(UUID(case_id), "its state is \0 not what it was")

    with monkeypatch.context() as patch:
        patch.setattr(world.ledger.registrar, "rule", poisoned)
        answer = await world.act(case_id, "triage", *DISPATCHER)
    assert (answer.status_code, answer.json()["code"]) == (500, "case_unreadable")
    rows = await world.ledger.writers.fetch("select words from trouble where case_id = $1", case_id)
    assert len(rows) == 1
    await world.ledger.writers.fetch("delete from trouble where case_id = $1", case_id)


async def test_a_broken_file_is_named_and_the_last_good_version_stays(world: Any, tmp_path: Path) -> None:
    text = (ROOT / "procedures" / "drill.yaml").read_text()
    before = (await world.ledger.library.released())["drill"].sha256
    for broken, words in [
        (text.replace("to: dispatched", "to: nowhere"), "nowhere"),
        (text.replace("version: 1", "version: 1\nversion: 2"), "写了两次"),
        (text.replace("id: drill", "id: other"), "不符"),
        ("stages: [", "YAML"),
        ("", "drill.yaml"),
    ]:
        (tmp_path / "drill.yaml").write_text(broken)
        faults = await stock(world.ledger.library, tmp_path)
        assert faults
        assert all("drill.yaml" in fault for fault in faults)
        assert words in "".join(faults)
        assert (await world.ledger.library.released())["drill"].sha256 == before
    (tmp_path / "drill.yaml").write_text(text.replace("title: 升级演练", "title: off"))
    assert await stock(world.ledger.library, tmp_path) == []
    assert (await world.ledger.library.released())["drill"].title == "off"
    assert await stock(world.ledger.library) == []
    assert (await world.ledger.library.released())["drill"].sha256 == before


async def test_it_is_served_on_a_socket_even_while_the_database_is_away(tmp_path: Path) -> None:
    settings = Settings(database_url=f"postgresql://bihuan@/bihuan?host={tmp_path}&port=5432", evidence_dir=tmp_path)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(api.create(settings), log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            while not server.started:  # noqa: ASYNC110 - it has no event to wait for
                await asyncio.sleep(0.02)
            assert (await client.get("/healthz")).status_code == 200
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.json()["database"]) == (503, {"ok": False})
            asked = await client.get("/api/board", headers={"Authorization": "Bearer bh_x"})
            assert (asked.status_code, asked.json()["code"]) == (503, "ledger_unavailable")
            assert asked.headers["content-type"] == "application/problem+json"
        server.should_exit = True
        async with asyncio.timeout(60):
            await serving


def test_a_server_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda _, **given: told.update(given))
    monkeypatch.setattr("gc.freeze", lambda: None)
    monkeypatch.setattr(api, "load", lambda: Settings(database_url="postgresql:///none", evidence_dir=tmp_path))
    api.main()
    assert (told["limit_concurrency"], told["timeout_keep_alive"]) == (1000, 30)
    log.configure("warning")

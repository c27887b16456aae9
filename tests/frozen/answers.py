"""The scripted lives over HTTP, and what a person would read on the way: every answer, byte for byte."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx

from tests.domain.scene import COUNTY, DISPATCHER, GRID_WORKER, HANDLER, HAZARD, TOWNSHIP, VILLAGE, when
from tests.frozen import seams
from tests.frozen.seams import Script, Step
from tests.frozen.still import Still, constant_salts

INSPECTOR = f"inspector@{COUNTY}"
COUNTY_DISPATCHER = f"dispatcher@{COUNTY}"
WHOLE = {"hazard"}  # of these every life is kept whole; of others the main line, and of the rest the digests


@dataclass
class Journal:
    """What was asked and answered. `whole`: bodies as they came; otherwise their digests."""

    whole: bool
    lines: list[str] = field(default_factory=list)

    def note(self, asked: str, answer: httpx.Response) -> None:
        """One answer: status, type, place, body."""
        place = f" → {answer.headers['location']}" if "location" in answer.headers else ""
        self.lines.append(f"## {asked}")
        self.lines.append(f"{answer.status_code} {answer.headers.get('content-type', '')}{place}")
        body = answer.text
        self.lines.append(body if self.whole else f"sha256 {sha256(body.encode()).hexdigest()} {len(body)}")

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


async def lives(still: Still) -> dict[str, str]:
    """Every script of every procedure, by file name."""
    found = {}
    for name, kind in all_lives():
        journal = Journal(whole=name in WHOLE or kind == "main")
        await _live(still, seams.alone(seams.scripts(name)[kind], kind), f"{name}/{kind}", journal)
        found[f"answers/{name}_{kind}.txt"] = journal.text
    return found


def all_lives() -> Iterator[tuple[str, str]]:
    """The names of the scripts."""
    for name in seams.PROCEDURES:
        yield from ((name, kind) for kind in seams.KINDS)


async def _live(still: Still, script: Script, key: str, journal: Journal) -> None:
    now = when(script.at)
    await still.set(now)
    opening = {"procedure": script.procedure, "division": script.division, "title": script.title}
    body = json.dumps({**opening, "fields": dict(script.fields)}, ensure_ascii=False).encode()
    answer = await still.post("/api/cases", script.hat, script.hat, body, f"{key}/open")
    journal.note(f"POST /api/cases {script.hat}", answer)
    assert answer.status_code == 201, answer.text
    case_id, code = answer.json()["case_id"], answer.json().get("claim_code", "")
    for place, step in enumerate(script.steps):
        if not isinstance(step, Step):
            now = when(step.until) if step.until else now + timedelta(days=step.days, hours=step.hours)
            await wait(still, UUID(case_id), now)
            continue
        answer = await act(still, case_id, step, f"{key}/{place}", code)
        journal.note(f"POST actions/{step.action} {step.person or ''} {step.hat}", answer)
        refused = answer.json().get("code") if answer.status_code >= 400 else None
        assert refused == step.refused, (key, step.action, answer.text)
    await _reads(still, case_id, journal, script.hat)


async def wait(still: Still, case_id: UUID, until: datetime) -> None:
    """Time passes to `until`, and the case's keeper wakes it whenever something is due."""
    while True:
        query = 'select wake_at from "case" where id = $1'
        wake_at = await still.superuser.fetchval(query, case_id)
        if wake_at is None or wake_at > until:
            break
        await still.set(wake_at)
        with constant_salts():
            await still.ledger.registrar.wake(case_id)
    await still.set(until)


async def act(still: Still, case_id: str, step: Step, key: str, code: str) -> httpx.Response:
    fields = {name: code if value == seams.CLAIM_CODE else value for name, value in step.fields.items()}
    body: dict[str, Any] = {"fields": fields} | ({"reason": step.reason} if step.reason else {})
    path = f"/api/cases/{case_id}/actions/{step.action}"
    return await still.post(path, step.person or step.hat, step.hat, json.dumps(body, ensure_ascii=False).encode(), key)


async def _reads(still: Still, case_id: str, journal: Journal, opener: str) -> None:
    """What an inspector, a dispatcher and whoever brought it read of a case."""
    case = f"/api/cases/{case_id}"
    for hat in (INSPECTOR, COUNTY_DISPATCHER, opener):
        for path, query in (
            ("", None), ("/history", None), ("/replay", {"version": 2}), ("/documents", None), ("/documents/1", None),
            ("/similar", None), ("/reporter", None), ("/clocks/handle/explanation", None), ("/list", None),
        ):  # fmt: skip
            answer = await still.get(case + path, hat, hat, query)
            journal.note(f"GET case{path} {query or ''} {hat}", answer)
        shown = await still.get(case, hat, hat)
        for clock in shown.json().get("clocks", [])[:2]:
            path = f"/clocks/{clock['id']}/explanation"
            journal.note(f"GET case{path} {hat}", await still.get(case + path, hat, hat))


async def refusals(still: Still) -> dict[str, str]:
    """Requests that are no good, and the same one twice."""
    await still.set(when("2026-06-01 09:00"))
    journal = Journal(whole=True)
    good = {"procedure": "hazard", "division": VILLAGE, "title": "路边大坑", "fields": HAZARD}

    async def opening(name: str, body: Any, hat: str = GRID_WORKER, key: str | None = None) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = await still.post("/api/cases", hat, hat, raw, key or f"refusal/{name}")
        journal.note(f"POST /api/cases {name}", answer)
        return answer

    case_id = (await opening("good", good, key="twice")).json()["case_id"]
    await opening("again", good, key="twice")
    await opening("other under the same key", {**good, "title": "另一处"}, key="twice")
    await opening("malformed", b"{")
    await opening("unknown key", {**good, "more": 1})
    await opening("no title", {**good, "title": " "})
    await opening("long title", {**good, "title": "长" * 200})
    await opening("unknown procedure", {**good, "procedure": "nothing"})
    await opening("unknown division", {**good, "division": "999999999999"})
    await opening("other township", good, hat="grid_worker@141025102201")
    await opening("future", {**good, "occurred_at": "2030-01-01T00:00:00+08:00"})
    await opening("wrong fields", {**good, "fields": {"kind": "x", "place": 1, "more": ""}})
    for name, action, hat, body in (
        ("unknown action", "nothing", DISPATCHER, {}),
        ("wrong stage", "approve", f"approver@{TOWNSHIP}", {"fields": {"approval_opinion": "好"}}),
        ("wrong hat", "triage", HANDLER, {"fields": {"grade": "general"}}),
        ("missing field", "triage", DISPATCHER, {}),
        ("old version", "triage", DISPATCHER, {"fields": {"grade": "general"}, "expected_version": 7}),
        ("outside", "triage", "dispatcher@141025102000", {"fields": {"grade": "general"}}),
    ):
        path = f"/api/cases/{case_id}/actions/{action}"
        journal.note(f"POST {name}", await still.post(path, hat, hat, json.dumps(body).encode(), f"refusal/{name}"))
    for path in ("/api/cases/nothing", f"/api/cases/{UUID(int=1)}", f"/api/cases/{case_id}/replay",
                 f"/api/cases/{case_id}/replay?version=99", f"/api/cases/{case_id}/clocks/none/explanation",
                 "/api/nothing", "/api/cases?limit=0", "/api/cases?after=x", "/api/board?division=141025102000",
                 "/api/evidence/" + "0" * 64):  # fmt: skip
        journal.note(f"GET {path.replace(case_id, 'case')}", await still.get(path, DISPATCHER, DISPATCHER))
    for headers in ({}, {"Authorization": "Bearer bh_wrong"}):
        journal.note(f"GET with {headers}", await still.client.get("/api/board", headers=headers))
    return {"answers/refusals.txt": journal.text}


async def lists(still: Still) -> dict[str, str]:
    """Lists page by page, the board, and the registers."""
    await still.set(when("2026-06-02 09:00"))
    found = {}
    for hat in (DISPATCHER, COUNTY_DISPATCHER, INSPECTOR, HANDLER, f"resident@{VILLAGE}"):
        journal = Journal(whole=hat in (DISPATCHER, HANDLER))
        for path in ("/api/cases?limit=5", "/api/cases?limit=5&overdue=true", "/api/cases?limit=7&procedure=hazard",
                     "/api/cases?q=样例", "/api/cases?closed=false&stage=signed", "/api/board?limit=5",
                     f"/api/board?division={VILLAGE}"):  # fmt: skip
            after, pages = None, 0
            while pages < 3:
                answer = await still.get(path + (f"&after={after}" if after else ""), hat, hat)
                journal.note(f"GET {path} {pages}", answer)
                after, pages = answer.json().get("next"), pages + 1
                if after is None:
                    break
        similar = f"/api/similar?procedure=hazard&division={VILLAGE}&title=路边大坑&q=路面塌陷&place=村口"
        for path in (similar, "/api/divisions?limit=3", f"/api/divisions?parent={COUNTY}", "/api/units?limit=3",
                     f"/api/units?division={TOWNSHIP}&matter=safety", "/api/duties?limit=3", "/api/procedures",
                     f"/api/divisions/{VILLAGE}/grid", f"/api/divisions/{VILLAGE}/households/H001/contact",
                     f"/api/divisions/{TOWNSHIP}/duty"):  # fmt: skip
            journal.note(f"GET {path}", await still.get(path, hat, hat))
        found[f"answers/lists_{hat.partition('@')[0]}_{hat.rpartition('@')[2]}.txt"] = journal.text
    return found

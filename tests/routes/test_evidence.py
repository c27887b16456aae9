"""Evidence: kept by its content, given only to whom it concerns, and never damaged."""

import hashlib
from typing import Any
from uuid import uuid4

from tests.procedures.direct_line import SAID
from tests.routes.test_discipline import MEMBER, OFFICE, opened, taken

TOWNSHIP = "141025101000"
DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")
HANDLER = ("P-handler", "handler@U-141025101-01")
VILLAGE = "141025101200"
GRID = ("P-grid", f"grid_worker@{VILLAGE}")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


async def test_evidence_is_kept_by_its_content(world: Any) -> None:
    headers = await world.as_(*HANDLER)
    data = PNG + uuid4().bytes
    sha256 = hashlib.sha256(data).hexdigest()
    for _ in range(2):
        stored = await world.client.post("/api/evidence", headers=headers, content=data)
        assert stored.status_code == 201
        assert stored.json() == {"sha256": sha256, "size": len(data), "type": "image/png"}
    fetched = await world.client.get(f"/api/evidence/{sha256}", headers=headers)
    assert fetched.content == data
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert fetched.headers["content-security-policy"].startswith("sandbox")
    assert (fetched.headers["content-type"], fetched.headers["x-content-type-options"]) == ("image/png", "nosniff")
    folder = world.app.state.house.evidence_dir
    assert not list(folder.glob("incoming-*"))
    for body, status, code in [
        (b"<html>", 415, "unsupported_type"),
        (b"", 415, "unsupported_type"),
        (b"<svg onload=x>" * 9, 415, "unsupported_type"),
        (PNG + bytes(20 * 2**20), 413, "body_too_large"),
    ]:  # fmt: skip
        refused = await world.client.post("/api/evidence", headers=headers, content=body)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    for name in ("f" * 64, "..%2f..%2fetc%2fpasswd", "x"):
        missing = await world.client.get(f"/api/evidence/{name}", headers=headers)
        assert missing.status_code == 404
    assert not list(folder.glob("incoming-*"))


async def test_evidence_is_given_to_its_uploader_and_to_who_sees_its_case(world: Any) -> None:
    sha256, other = await world.picture(*GRID), await world.picture(*GRID)
    case_id = (await world.opened(fields={"photos": [sha256], "description": other}))["case_id"]
    stranger = ("P-stranger", "dispatcher@141025102000")
    of_case = f"/api/cases/{case_id}/evidence"
    for path, who, status in [
        (f"/api/evidence/{sha256}", GRID, 200),
        (f"/api/evidence/{sha256}", DISPATCHER, 404),
        (f"{of_case}/{sha256}", DISPATCHER, 200),
        (f"{of_case}/{sha256}", stranger, 404),
        (f"{of_case}/{other}", DISPATCHER, 404),
        (f"{of_case}/x", DISPATCHER, 404),
        (f"/api/cases/{uuid4()}/evidence/{sha256}", DISPATCHER, 404),
    ]:
        answer = await world.get(path, *who)
        assert answer.status_code == status, path
        assert status == 200 or answer.json()["code"] == "unknown_evidence"
    file = world.app.state.house.evidence_dir / sha256[:2] / sha256
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"?")
    for path, who in [(f"/api/evidence/{sha256}", GRID), (f"{of_case}/{sha256}", DISPATCHER)]:
        assert (await world.get(path, *who)).json()["code"] == "evidence_damaged"
    file.unlink()
    assert (await world.get(f"{of_case}/{sha256}", *DISPATCHER)).status_code == 500
    file.write_bytes(whole)


async def test_a_second_upload_of_the_same_bytes_is_answered_like_a_first(world: Any) -> None:
    data = PNG + uuid4().bytes
    sha256 = hashlib.sha256(data).hexdigest()
    answers = []
    for who in (GRID, HANDLER):
        assert (await world.get(f"/api/evidence/{sha256}", *who)).status_code == 404
        answers.append(await world.post("/api/evidence", *who, data))
        assert (await world.get(f"/api/evidence/{sha256}", *who)).content == data
    first, second = answers
    assert (first.status_code, first.content) == (second.status_code, second.content) == (201, second.content)
    assert {*first.headers} == {*second.headers}
    for who in (GRID, HANDLER):
        body = {"procedure": "hazard", "division": VILLAGE, "title": "路边大坑"}
        fields = {"kind": "safety", "place": "村口", "description": "坑", "photos": [sha256]}
        clerk = who if who == GRID else ("P-handler", GRID[1])  # the person counts, whatever the hat
        named = await world.post("/api/cases", *clerk, body | {"fields": fields})
        assert named.status_code == 201, (who, named.text)


async def test_a_sealed_file_is_not_read_through_a_case_of_ones_own(world: Any) -> None:
    """Neither by naming it, nor by writing its hash down: the answers are those for a file that is not there."""
    sealed = (await opened(world, "direct_line", MEMBER, SAID, "样例·附件"))["case_id"]
    photo, nothing = await world.picture(*OFFICE), hashlib.sha256(uuid4().bytes).hexdigest()
    await taken(world, sealed, "accept", OFFICE)
    await taken(world, sealed, "talk", OFFICE, talk="已谈话", talk_files=[photo])
    assert (await world.get(f"/api/cases/{sealed}/evidence/{photo}", *OFFICE)).status_code == 200
    said = []
    for sha256 in (photo, nothing):
        body = {"procedure": "hazard", "division": VILLAGE, "title": "路边大坑"}
        fields = {"kind": "safety", "place": "村口", "description": "坑", "photos": [sha256]}
        refused = await world.post("/api/cases", *GRID, body | {"fields": fields})
        fields = {"addition": "附", "addition_files": [sha256]}
        by_sealed = await world.act(sealed, "supplement", *MEMBER, fields=fields)
        written = (await world.opened(fields={"description": sha256}))["case_id"]
        read = await world.get(f"/api/cases/{written}/evidence/{sha256}", *GRID)
        own = await world.get(f"/api/evidence/{sha256}", *GRID)
        answers = [refused, by_sealed, read, own]
        assert [answer.status_code for answer in answers] == [422, 422, 404, 404]
        said.append([answer.text.replace(sha256, "") for answer in answers])
    assert said[0] == said[1]


async def test_a_colleague_names_a_file_of_the_case_again(world: Any) -> None:
    photo = await world.picture(*GRID)
    case_id = (await world.opened(fields={"photos": [photo]}))["case_id"]
    await world.act(case_id, "triage", *DISPATCHER, fields={"grade": "general"})
    await world.act(case_id, "dispatch", *DISPATCHER, fields={"unit": "U-141025101-01"})
    await world.act(case_id, "sign", *HANDLER)
    again = await world.act(case_id, "submit", *HANDLER, fields={"result": "已修", "evidence": [photo]})
    assert again.status_code == 200, again.text
    other = (await world.opened())["case_id"]
    for name in ("triage", "dispatch"):
        fields = {"grade": "general"} if name == "triage" else {"unit": "U-141025101-01"}
        await world.act(other, name, *DISPATCHER, fields=fields)
    await world.act(other, "sign", *HANDLER)
    refused = await world.act(other, "submit", *HANDLER, fields={"result": "已修", "evidence": [photo]})
    assert refused.json()["errors"][0]["code"] == "unknown_evidence"

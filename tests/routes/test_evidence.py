"""Evidence: kept by its content, given only to whom it concerns, and never damaged."""

import hashlib
from typing import Any
from uuid import uuid4

TOWNSHIP = "141025101000"
DISPATCHER = ("P-dispatcher", f"dispatcher@{TOWNSHIP}")
HANDLER = ("P-handler", "handler@U-141025101-01")
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
    sha256, other = await world.picture(), await world.picture()
    case_id = (await world.opened(fields={"photos": [sha256], "description": f"又见 {other}"}))["case_id"]
    stranger = ("P-stranger", "dispatcher@141025102000")
    of_case = f"/api/cases/{case_id}/evidence"
    for path, who, status in [
        (f"/api/evidence/{sha256}", HANDLER, 200),
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
    for path, who in [(f"/api/evidence/{sha256}", HANDLER), (f"{of_case}/{sha256}", DISPATCHER)]:
        assert (await world.get(path, *who)).json()["code"] == "evidence_damaged"
    file.unlink()
    assert (await world.get(f"{of_case}/{sha256}", *DISPATCHER)).status_code == 500
    file.write_bytes(whole)

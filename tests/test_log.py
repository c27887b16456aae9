"""What the log says, and what it never does."""

import json
import subprocess
import sys

from settings import ROOT

RAISING = """
import log, structlog
log.configure("info")
def signing_in(token):
    raise RuntimeError("unexpected")
try:
    signing_in("bh_secret_of_somebody")
except RuntimeError:
    structlog.get_logger("http").exception("unhandled", path="/")
"""


def test_an_exception_is_told_by_its_place_and_not_by_its_values() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", RAISING], cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True)  # fmt: skip
    (line,) = done.stderr.splitlines()
    (exception,) = json.loads(line)["exception"]
    assert exception["exc_value"] == "unexpected"
    assert [frame["name"] for frame in exception["frames"]] == ["<module>", "signing_in"]
    assert "bh_secret_of_somebody" not in line.replace('signing_in("bh_secret', "")

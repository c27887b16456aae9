"""A small year: twelve days in half a minute, with real processes killed on the way."""

import subprocess
import sys

from settings import ROOT

ASKED = ["--days", "12", "--minutes", "0.5", "--hazards", "40", "--kills", "5", "--seed", "7"]


def test_twelve_days_with_deaths_are_counted_exactly() -> None:
    argv = [sys.executable, "-m", "bench.year", *ASKED]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    agendas, disclosures = "村民民事民办日：79 件，应为 79 件", "村务公开（按季）：79 件，应为 79 件"
    for words in (agendas, disclosures, "隐患：40 件，应为 40 件"):
        assert words in done.stdout

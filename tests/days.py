"""`make days`: the tests that depend on what day it is, at days that a calendar makes special. See `tests/moment.py`.

One line a day: the instant, what it is, how many passed and failed. Ends with 1 when any failed.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What reads the clock of PostgreSQL, and the lives under the time-skipping server. The domain's tests hand it every
# instant; what waits for Temporal's own timers runs in real time and in seconds.
PARTS = (
    "tests/ledger",
    "tests/routes",
    "tests/cli",
    "tests/web",
    "tests/samples",
    "tests/procedures/test_ledger_lives.py",
)
DAYS = (
    ("2026-11-28T10:00:00+08:00", "星期六"),
    ("2026-11-29T10:00:00+08:00", "星期日"),
    ("2026-02-14T10:00:00+08:00", "调休上班的星期六，春节前夕"),
    ("2026-09-30T16:00:00+08:00", "国庆节前夕"),
    ("2026-12-31T10:00:00+08:00", "12 月 31 日，次年日历尚未公布"),
    ("2028-02-29T10:00:00+08:00", "2 月 29 日，日历之外"),
    ("2026-03-04T23:59:20+08:00", "上海午夜前一分钟"),
    ("2026-03-05T07:59:20+08:00", "UTC 午夜前一分钟"),
    ("2027-03-05T10:00:00+08:00", "已公布的日历之外"),
    ("2026-08-31T23:59:20+08:00", "月末上海午夜前一分钟"),
)
COUNT = re.compile(r"(\d+) (passed|failed|error|errors|skipped)\b")
PARALLEL = 2


def run(day: tuple[str, str]) -> tuple[bool, str]:
    """Whether everything passed at this instant, and the line to print, with the names of what failed."""
    at, name = day
    began = time.monotonic()
    argv = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", *PARTS]
    done = subprocess.run(
        argv, cwd=ROOT, env=os.environ | {"BIHUAN_TEST_NOW": at}, capture_output=True, text=True, check=False
    )
    counts = "，".join(f"{count} {word}" for count, word in COUNT.findall(done.stdout.splitlines()[-1]))
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    line = f"{at}  {name}：{counts or '没有跑成'}（{time.monotonic() - began:.0f} 秒）"
    return done.returncode == 0, "\n".join([line, *(f"    {each[:200]}" for each in failed)])


def main() -> int:
    """Every day, or those whose instants contain the words given."""
    chosen = [day for day in DAYS if not sys.argv[1:] or any(word in day[0] for word in sys.argv[1:])]
    with ThreadPoolExecutor(PARALLEL) as pool:
        results = []
        for passed, line in pool.map(run, chosen):
            print(line, flush=True)
            results.append(passed)
    print(f"{sum(results)} of {len(results)} days passed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())

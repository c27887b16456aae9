"""`python -m bench`: every figure beside its target, from one run. Themes add rows: see `THEMES`."""

import argparse
import gc
import importlib
import os
import sys
import time
from collections.abc import AsyncIterator
from typing import Protocol, cast

import uvloop

from bench import machine
from bench.ground import Ground
from bench.row import FULL, QUICK, FigureRow, Pace

# A theme is a module of this package with TITLE, TEMPORAL (whether it needs one) and `measure`.
THEMES = ("command", "update", "whole", "replay", "board")


class Theme(Protocol):
    """What a theme's module has."""

    TITLE: str
    TEMPORAL: bool

    def measure(self, ground: Ground, pace: Pace) -> AsyncIterator[FigureRow]:
        """The theme's rows, each as soon as it is known."""


def themed(name: str) -> Theme:
    """The theme's module."""
    return cast(Theme, importlib.import_module(f"bench.{name}"))


async def run(ground: Ground, names: list[str], pace: Pace) -> int:
    """Print the rows of these themes; how many themes failed. One that fails does not hold up the others."""
    failed = 0
    for name in names:
        theme = themed(name)
        began = time.perf_counter()
        print(f"\n{theme.TITLE}", flush=True)
        try:
            async for row in theme.measure(ground, pace):
                print("\n".join(row.lines), flush=True)
        except Exception as error:
            failed += 1
            print(f"  未能测得：{type(error).__name__}: {error}", flush=True)
            if len(names) == 1:
                raise
        print(f"  （{name}：用时 {time.perf_counter() - began:.0f} 秒）", flush=True)
    return failed


def main() -> int:
    """Exit code 1 when a figure could not be taken; a target that is not reached is a finding, not a failure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="并排测量，每行给出中位数与最小–最大值")
    parser.add_argument("--quick", action="store_true", help="一分钟内的粗测")
    parser.add_argument("--only", action="append", metavar="NAME", choices=THEMES, help=f"只测：{'、'.join(THEMES)}")
    chosen = parser.parse_args()
    pace, names = QUICK if chosen.quick else FULL, chosen.only or list(THEMES)
    with Ground() as ground:
        print("\n".join(machine.described(ground.state.root)))
        print(f"每组 {pace.rounds} 轮，轮流进行（A B A B）；数据库、流程引擎与压测程序同在这台机器上")
        if any(themed(name).TEMPORAL for name in names):
            ground.start_temporal()
        gc.freeze()  # as the API does
        failed = uvloop.run(run(ground, names, pace))
        print(f"\n结束时负载 {os.getloadavg()[0]:.2f}")
    return min(1, failed)


if __name__ == "__main__":
    sys.exit(main())

"""The machine that a figure was taken on: figures without it mean nothing."""

import os
import platform
import statistics
import time
from pathlib import Path

SYNCS = 60
PAGE = bytes(8192)


def described(directory: Path) -> list[str]:
    """Cores, memory, processor, kernel, and what a write to disk costs in `directory`."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    waits = sync_seconds(directory)
    return [
        f"机器：{cores} 核，内存 {memory:.1f} GiB，{_processor()}，Linux {platform.release()}，"
        f"Python {platform.python_version()}",
        f"磁盘：写 8 KiB 并 fdatasync 中位 {statistics.median(waits) * 1000:.2f} ms"
        f"（{min(waits) * 1000:.2f}–{max(waits) * 1000:.2f}），文件系统 {_filesystem(directory)}；"
        f"开始时负载 {os.getloadavg()[0]:.2f}",
    ]


def sync_seconds(directory: Path, count: int = SYNCS) -> list[float]:
    """How long one page takes to reach the disk, `count` times."""
    path, taken = directory / "sync", []
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(descriptor, PAGE * count, 0)
        os.fsync(descriptor)  # as WAL: overwriting space that is there already
        for place in range(count):
            began = time.perf_counter()
            os.pwrite(descriptor, PAGE, place * len(PAGE))
            os.fdatasync(descriptor)
            taken.append(time.perf_counter() - began)
    finally:
        os.close(descriptor)
        path.unlink()
    return taken


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _filesystem(directory: Path) -> str:
    """The type of the file system that `directory` is on."""
    best, kind = "", "?"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, point, found, *_ = line.split()
        inside = directory.resolve().is_relative_to(point)
        if inside and len(point) >= len(best):
            best, kind = point, found
    return kind

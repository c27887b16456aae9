"""The directory that holds everything an instance keeps: its layout, its modes, its lock."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

LAYOUT = {"postgres", "postgres.new", "temporal.db", "log", "run", "evidence", "accounts.json", "lock"}
NOBODYS = {"lost+found"}  # on every fresh volume
# Where a server's own package is missing.
MISSING = (
    "要在一台机器上运行全部，请运行 ./bihuan setup（按集群节点准备的环境不带数据库和流程引擎）；"
    "要用已有的数据库和 Temporal，请设置 BIHUAN_DATABASE_URL、BIHUAN_OWNER_URL 和 TEMPORAL_ADDRESS。"
)


class Trouble(Exception):
    """What stops a start, in words for the person at the terminal."""


@dataclass(frozen=True)
class State:
    """Layout below `root`; every directory is 0700, for the database trusts whoever reaches its socket."""

    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def temporal(self) -> Path:
        return self.root / "temporal.db"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def evidence(self) -> Path:
        """The files that cases name by their hash."""
        return self.root / "evidence"

    @property
    def accounts(self) -> Path:
        """The sample accounts with their tokens."""
        return self.root / "accounts.json"

    @property
    def environment(self) -> Path:
        """Where other commands find the addresses of the running instance (`settings.load`)."""
        return self.run / "environment"

    def prepare(self) -> None:
        """Makes the directories. Raises Trouble when that is not possible, or the directory is somebody else's."""
        try:
            if not self._ours():
                raise Trouble(f"目录 {self.root} 不为空，又不是闭环的状态目录，不会动它。请用 --var 另选一个空目录。")
            for directory in (self.root, self.log, self.run):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                directory.chmod(0o700)
        except OSError as error:
            raise Trouble(f"无法使用状态目录 {self.root}：{error.strerror}") from error

    def _ours(self) -> bool:
        """Whether nothing stands at `root`, or what a start has left there. A `log` alone many directories have."""
        if not self.root.exists():
            return True
        if (self.root / "lock").is_file() or (self.postgres / "PG_VERSION").is_file():
            return True
        return {path.name for path in self.root.iterdir()} <= LAYOUT | NOBODYS

    def lock(self) -> int:
        """Holds the state for this process until it ends. Raises Trouble when another process has it.

        The descriptor is closed by every exec, so children never keep the lock of a killed parent.
        """
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 20, 0).decode().strip()
            os.close(descriptor)
            text = (
                f"状态目录 {self.root} 正由另一个 bihuan up 使用（进程 {holder or '未知'}）。"
                "请先停止它，或用 --var 另选目录。"
            )
            raise Trouble(text) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        return descriptor

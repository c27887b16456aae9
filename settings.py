"""What the processes are told from outside: BIHUAN_* variables. `temporalio.envconfig` reads TEMPORAL_*."""

import os
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
VAR = ROOT / "var"
VERSION = "0.1.0"  # as in pyproject.toml; a test compares


class NotConfigured(Exception):
    """No database is named and no instance runs; the words are for the person at the terminal."""


class Settings(BaseSettings):
    """`database_url` is the application role's, `owner_url` the schema owner's (migrations, rebuilds), both
    `postgresql://role@host/bihuan` or `postgresql://role@/bihuan?host=/directory&port=5432`."""

    model_config = SettingsConfigDict(env_prefix="BIHUAN_", frozen=True)

    database_url: str
    owner_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    evidence_dir: Path = VAR / "evidence"
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def load(var: Path = VAR) -> Settings:
    """Settings from the environment, completed by what the instance running on `var` has noted there.

    The note also completes the environment itself, so that Temporal's own loading finds the same instance.
    Raises NotConfigured.
    """
    noted = read(var / "run" / "environment")
    if {"TEMPORAL_ADDRESS", "TEMPORAL_PROFILE"} & os.environ.keys():
        noted = {name: value for name, value in noted.items() if not name.startswith("TEMPORAL_")}
    for name, value in noted.items():
        os.environ.setdefault(name, value)
    try:
        return Settings()
    except ValidationError as error:
        wrong = ["BIHUAN_" + str(each["loc"][0]).upper() for each in error.errors()]
        raise NotConfigured(_wanting(var, wrong)) from error


def _wanting(var: Path, wrong: list[str]) -> str:
    """What is wrong, and what to do about it."""
    if wrong != ["BIHUAN_DATABASE_URL"]:
        return f"设置缺失或有误：{'、'.join(wrong)}。请先运行 ./bihuan up，或设置这些环境变量。"
    if not var.is_dir():
        found = f"没有状态目录 {var}"
    elif not (var / "run").is_dir():
        found = f"{var} 不是状态目录"
    else:
        found = f"{var} 上没有正在运行的系统"
    return (
        f"{found}。请先运行 ./bihuan up；它用了别的目录的，用 --var 或 BIHUAN_VAR 指明同一个目录。"
        "数据库另设的，设置 BIHUAN_DATABASE_URL。"
    )


def read(note: Path) -> dict[str, str]:
    """NAME=value lines; nothing when there is no such file."""
    try:
        lines = note.read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write(note: Path, variables: dict[str, str]) -> None:
    """The counterpart of `read`, in one step and for the owner's eyes only."""
    new = note.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    new.replace(note)

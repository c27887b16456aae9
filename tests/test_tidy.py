"""Habits that no other tool checks (STYLE.md). Each failure names the place."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from procedures import paths
from settings import ROOT

MODULE_LINES_MAX = 300
FUNCTION_LINES_MAX = 60
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "service", "services", "common", "misc"}
SOURCE = {".py", ".toml", ".ini", ".cfg", ".sql", ".html", ".css", ".js", ".sh", ".lock", ".mako", ""}

# Written in parts, so that this file passes its own test.
MACHINE_PATH = re.compile("(?<![\\w.}/-])/" + "(home|root|work|Users|tmp|mnt|private)/" + r"[\w.-]")
REGISTRY = re.compile(
    "pypi" + r"\.org|python" + "hosted|registry" + r"\.npm|npm" + "mirror|go" + "proxy|crates" + r"\.io"
)
OUTSIDE = re.compile("https?:" + r"//([^/\s\"'`)<>\\]+)")
NAMED = r"www\.w3\.org$|json-schema\.org$"  # names of vocabularies, never asked
HERE = re.compile(r"(\{|%s|127\.0\.0\.1|localhost|\[::1\]|[\w.-]*\.?example\b|test\b)|" + NAMED)


# GLOSSARY.md: one word per term. Written in parts, so that this file passes its own test.
OTHER_WORDS = {
    "账" + "本": "台账", "重" + "放": "回放", "开" + "案": "上报", "未" + "了结": "在办", "工作" + "台": "看板",
    "持" + "有": "责任岗位", "内部" + "预警": "内部到期",
}  # fmt: skip


def tracked() -> list[Path]:
    """The project's own files: what git knows or would add; without git, what is not made by tools."""
    argv = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        made = (".venv", "var", "node_modules", "__pycache__")
        return [path for path in ROOT.rglob("*") if path.is_file() and not set(path.parts) & set(made)]
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


FILES = tracked()
SOURCES = [path for path in FILES if path.suffix in SOURCE and path.name != ".gitignore"]
MODULES = [path for path in FILES if path.suffix == ".py"]
DEVELOPMENT = {"bench", "tests"}
BUILDERS = {"calendars/build.py"}  # run by hand; what they write is kept
LOCKS = sorted(ROOT.glob("*.lock"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def matches(pattern: re.Pattern[str], paths: list[Path]) -> Iterator[tuple[str, re.Match[str]]]:
    for path in paths:
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            for found in pattern.finditer(line):
                yield f"{name(path)}:{number}: {found.group()}", found


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(place, imported module) for every import statement, wherever it stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((f"{name(path)}:{node.lineno}", alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield f"{name(path)}:{node.lineno}", node.module


def package(requirement: str) -> str:
    """The name of a package as registries compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ]", requirement)[0]).lower()


def imports_under(*packages: str) -> Iterator[tuple[str, str]]:
    for path in MODULES:
        if name(path).split("/")[0] in packages:
            yield from ((place, module.split(".")[0]) for place, module in imports(path))


def test_no_path_of_one_machine() -> None:
    assert [place for place, _ in matches(MACHINE_PATH, FILES)] == []


def test_every_term_has_one_word() -> None:
    assert [place for place, _ in matches(re.compile("|".join(OTHER_WORDS)), FILES)] == []
    glossary = (ROOT / "GLOSSARY.md").read_text()
    assert [word for word in OTHER_WORDS.values() if f"| {word} |" not in glossary] == []


def test_no_registry_is_named() -> None:
    assert [place for place, _ in matches(REGISTRY, FILES)] == []


def test_source_reaches_no_outside_host() -> None:
    found = matches(OUTSIDE, SOURCES)
    assert [place for place, match in found if not HERE.match(match.group(1))] == []


def test_locks_name_no_host_and_hash_everything() -> None:
    assert {path.name for path in LOCKS} >= {
        "requirements.lock",
        "requirements-cluster.lock",
        "requirements-dev.lock",
        "requirements-setup.lock",
    }
    for path in LOCKS:
        entries = re.split(r"\n(?! )", path.read_text().strip())
        wrong = [entry for entry in entries if not re.match(r"[\w.-]+==\S+[\s\S]* --hash=sha256:", entry)]
        assert (path.name, wrong) == (path.name, [])
        assert "://" not in path.read_text()


def test_development_uses_the_versions_of_the_product() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.MULTILINE))

    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()
    assert pins("requirements-cluster.lock") - pins("requirements.lock") == set()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for wanted, lock in (
        (project["project"]["dependencies"], "requirements.lock"),
        (project["project"]["dependencies"], "requirements-cluster.lock"),
        (project["project"]["optional-dependencies"]["embedded"], "requirements.lock"),
        (project["dependency-groups"]["dev"], "requirements-dev.lock"),
        (project["dependency-groups"]["setup"], "requirements-setup.lock"),
    ):
        names = {package(each) for each in wanted}
        locked = set(re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        assert names - locked == set(), lock
    cluster = (ROOT / "requirements-cluster.lock").read_text()
    assert [each for each in project["project"]["optional-dependencies"]["embedded"] if f"{each}==" in cluster] == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module_and_its_functions_are_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MODULE_LINES_MAX
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {each.name: (each.end_lineno or each.lineno) - each.lineno + 1 for each in functions}
    assert {each: length for each, length in lengths.items() if length > FUNCTION_LINES_MAX} == {}


def test_every_import_is_declared() -> None:
    """What only comes along with another package may be gone with its next release."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    product = {package(each) for each in project["project"]["dependencies"]}
    development = product | {package(each) for each in project["dependency-groups"]["dev"]}
    own = {name(path.with_suffix("")).split("/")[0] for path in MODULES}
    brought = packages_distributions()
    wrong = []
    for path in MODULES:
        allowed = development if name(path).split("/")[0] in DEVELOPMENT or name(path) in BUILDERS else product
        for place, module in imports(path):
            top = module.split(".")[0]
            known = top in own or top in sys.stdlib_module_names
            if not known and not allowed & {package(each) for each in brought.get(top, ())}:
                wrong.append(f"{place}: {module}")
    assert wrong == []


def test_modules_have_telling_names() -> None:
    # The lives of a procedure are called after it, whatever it is called.
    called = {path: {each.stem for each in paths()} if path.parent.name == "procedures" else set() for path in MODULES}
    parts = [(path, set(re.split(r"[/_]", name(path.with_suffix("")))) - called[path]) for path in MODULES]
    assert [name(path) for path, words in parts if words & VAGUE] == []


def test_tests_are_no_package() -> None:
    assert [name(path) for path in FILES if path.name == "__init__.py" and name(path).startswith("tests/")] == []


def test_domain_imports_the_standard_library_and_pydantic_only() -> None:
    allowed = sys.stdlib_module_names | {"domain", "pydantic", "pydantic_core"}
    assert [found for found in imports_under("domain") if found[1] not in allowed] == []


def test_workflows_know_neither_database_nor_http() -> None:
    barred = {"sqlalchemy", "asyncpg", "fastapi", "starlette", "httpx", "ledger", "settings"}
    assert [found for found in imports_under("workflows") if found[1] in barred] == []


def test_nothing_imports_what_assembles_it() -> None:
    packages = (
        "domain",
        "ledger",
        "activities",
        "application",
        "keepers",
        "workflows",
        "routes",
        "web",
        "embedded",
        "calendars",
        "cli",
    )
    assert [found for found in imports_under(*packages) if found[1] in {"api", "worker"}] == []


NAMED_FILE = re.compile(r"`([\w./-]+/[\w.-]+\.(?:py|yaml|md|sql|lock|toml|png|json))`|\]\(([\w./-]+)\)")


def test_documents_name_files_that_exist() -> None:
    missing = []
    for document in (path for path in FILES if path.suffix == ".md" and path.name != "CHANGELOG.md"):
        for match in NAMED_FILE.finditer(document.read_text(encoding="utf-8")):
            named = match[1] or match[2]
            if "ID" not in named and "YEAR" not in named and "THING" not in named:
                places = (ROOT / named, document.parent / named)
                missing += [] if any(place.exists() for place in places) else [f"{document.relative_to(ROOT)}: {named}"]
    assert not missing

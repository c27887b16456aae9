from pathlib import Path

import pytest

from embedded.state import State, Trouble


def test_directories_are_private(tmp_path: Path) -> None:
    state = State(tmp_path / "var")
    state.prepare()
    assert {path.stat().st_mode & 0o777 for path in (state.root, state.run, state.log)} == {0o700}


def test_second_instance_is_refused_by_name_of_the_first(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.lock()
    with pytest.raises(Trouble, match=r"正由另一个 bihuan up 使用（进程 \d+）"):
        state.lock()


def test_unusable_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="无法使用状态目录"):
        State(tmp_path / "file").prepare()


def test_a_directory_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    State(tmp_path).prepare()
    (tmp_path / "thesis.doc").write_text("")
    tmp_path.chmod(0o755)
    with pytest.raises(Trouble, match="不为空"):
        State(tmp_path).prepare()
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    State(tmp_path).lock()
    State(tmp_path).prepare()

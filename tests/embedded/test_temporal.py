from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from embedded import temporal as server
from embedded.state import State
from embedded.supervisor import Supervisor


async def test_an_operator_can_search_by_procedure_and_division(temporal: str) -> None:
    client = await Client.connect(temporal)
    answer = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
    assert answer.custom_attributes["BihuanProcedure"] == keyword
    assert answer.custom_attributes["BihuanDivision"] == keyword


def test_server_comes_back_on_its_state_and_listens_on_loopback_only(tmp_path: Path) -> None:
    state, port = State(tmp_path), server.free_port()
    state.prepare()
    for _ in range(2):
        child = server.child(state, port, server.free_port())
        with Supervisor() as supervisor:
            supervisor.start(child)
            supervisor.wait(child, lambda: server.listening(port), 30)
            assert child.pid
            assert _listens_at(child.pid) == {"0100007F"}
    assert (tmp_path / "temporal.db").exists()


def test_taken_port_is_not_chosen(temporal: str) -> None:
    taken = int(temporal.rsplit(":", 1)[1])
    assert server.free_port(taken) != taken


def _listens_at(pid: int) -> set[str]:
    """The local addresses, in the kernel's hexadecimal, of the process's listening TCP sockets."""
    own = {link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    rows = [row.split() for table in tables if table.exists() for row in table.read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own}

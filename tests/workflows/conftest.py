"""The server whose time can be skipped."""

import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    program = shutil.which("temporal-test-server", path=str(Path(sys.executable).parent))
    assert program
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=program) as environment:
        yield environment

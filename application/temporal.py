"""Whether Temporal answers, for whoever operates the house. Nothing here waits for it or needs it."""

import asyncio
from functools import cache

from application.shapes.health import TemporalShape

PATIENCE_SECONDS = 0.5


async def temporal() -> TemporalShape:
    """Whether something listens where Temporal is configured to be."""
    address = await asyncio.to_thread(_address)
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except (OSError, TimeoutError, ValueError):
        return TemporalShape(address=address, ok=False)
    writer.close()
    return TemporalShape(address=address, ok=True)


@cache
def _address() -> str:
    from temporalio.envconfig import ClientConfig  # late: an import of half a second that intake does not need

    try:
        return ClientConfig.load_client_connect_config().get("target_host") or "localhost:7233"
    except (RuntimeError, ValueError, OSError):
        return "localhost:7233"

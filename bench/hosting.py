"""A client and a worker for the figures about Temporal, with the settings of the product's own worker."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from temporalio.client import Client
from temporalio.service import GrpcCompression
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from bench.ground import Ground

TASK_QUEUE = "bench"


async def connected(ground: Ground) -> Client:
    """A client of the ground's own server."""
    return await Client.connect(ground.temporal_address, grpc_compression=GrpcCompression.NONE)


@asynccontextmanager
async def hosted(
    client: Client, workflows: Sequence[type], activities: Sequence[Callable[..., Any]] = ()
) -> AsyncIterator[None]:
    """A worker in this process."""
    worker = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=workflows,
        activities=activities,
        max_cached_workflows=10_000,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
    )
    async with worker:
        yield

"""The worker: hosts workflows, activities, relay, roll call, courier, Patrol. `python -m worker`; ends on SIGTERM.

Patrol is at work before the Temporal SDK is even loaded, so that a restart is no reason for lateness.
"""

import asyncio
import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

import structlog
import uvloop
from prometheus_client import start_http_server
from pydantic_settings import BaseSettings, SettingsConfigDict

import log
import procedures
import settings
from domain.days.instant import Instant
from domain.rules.procedure import ProcedureFault
from domain.rules.round import Round
from keepers.calendar_watch import LOOK_SECONDS, CalendarWatch
from keepers.courier import Courier
from keepers.patrol import Patrol
from keepers.reach import Reach
from keepers.rounds import Rounds
from keepers.runner import Keeper, forever, keep
from ledger.registrar.registrar import Registrar
from ledger.store.connection import Writers
from ledger.store.library import Library

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.worker import Worker

CONNECTIONS = 6
UNVERSIONED = "bihuan"
DRAIN_WITHIN = timedelta(seconds=3)
STOP_SECONDS = 4.5
RECONNECT_SECONDS = 1.0
CACHED_WORKFLOWS = 10_000  # a cache smaller than the live cases costs half of the throughput
STICKY_WITHIN = timedelta(seconds=1)  # after a kill another worker takes over at once
LOADED_LATER = (
    "temporalio.envconfig",
    "keepers.relay",
    "keepers.roll_call",
    "workflows.case",
    "activities.schedule",
    "workflows.intake",
    "workflows.round",
)

logger = structlog.get_logger("worker")


class WorkerSettings(BaseSettings):
    """BIHUAN_WORKER_*: `metrics_port` on loopback (default none); `deployment`, `build`: versioning."""

    model_config = SettingsConfigDict(env_prefix="BIHUAN_WORKER_", frozen=True)

    metrics_port: int | None = None
    deployment: str | None = None
    build: str | None = None


async def connect() -> "Client":
    """A client by TEMPORAL_* variables or profile. Raises RuntimeError, RPCError while no server answers."""
    from temporalio.client import Client
    from temporalio.envconfig import ClientConfig
    from temporalio.service import GrpcCompression

    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "127.0.0.1:7233")
    near = config["target_host"].startswith(("127.", "localhost", "[::1]"))
    return await Client.connect(**config, grpc_compression=GrpcCompression.NONE if near else GrpcCompression.GZIP)


def hosted(client: "Client", registrar: Registrar, writers: Writers, rounds: Rounds, own: WorkerSettings) -> "Worker":
    """The Temporal worker. Versioned only when both names are given: a plain server gives others no tasks."""
    from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
    from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

    from activities import wire
    from activities.registrar import RegistrarActivities
    from workflows.case import CaseWorkflow
    from workflows.intake import IntakeWorkflow
    from workflows.round import RoundWorkflow

    deployment = None
    if own.deployment and own.build:
        deployment = WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(own.deployment, own.build),
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,  # keepers live for months
        )
    return Worker(
        client,
        task_queue=wire.TASK_QUEUE,
        workflows=[CaseWorkflow, IntakeWorkflow, RoundWorkflow],
        activities=RegistrarActivities(registrar, writers, rounds.open).activities,
        max_cached_workflows=CACHED_WORKFLOWS,
        sticky_queue_schedule_to_start_timeout=STICKY_WITHIN,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        graceful_shutdown_timeout=DRAIN_WITHIN,
        deployment_config=deployment,
        # The SDK's own default hashes every loaded module, for most of a second in which Patrol would stand still.
        build_id=None if deployment else UNVERSIONED,
    )


async def schedules_kept(client: "Client", rounds: Rounds) -> None:
    """Temporal knows when the rounds are due. A server that will not have schedules leaves that to the loop."""
    from temporalio.service import RPCError

    from activities.schedule import keep

    try:
        await keep(client, rounds.rounds)
    except RPCError as error:
        logger.warning("schedules_not_kept", error=str(error)[:200])


async def keep_with_temporal(
    registrar: Registrar, writers: Writers, rounds: Rounds, own: WorkerSettings, reach: Reach
) -> NoReturn:
    """Everything that needs Temporal: waits for it, survives its restarts, begins anew whatever happens."""
    for name in LOADED_LATER:
        await asyncio.to_thread(importlib.import_module, name)
    from keepers.relay import Relay
    from keepers.roll_call import RollCall

    while True:
        try:
            client = await connect()
            worker = hosted(client, registrar, writers, rounds, own)
            logger.info("temporal_connected", namespace=client.namespace)
            await schedules_kept(client, rounds)
            async with asyncio.TaskGroup() as group:
                roll_call = RollCall(client, writers, reach)
                group.create_task(forever(roll_call.name, roll_call.work), name=roll_call.name)
                group.create_task(keep(Relay(client), writers.url), name=Relay.name)
                group.create_task(worker.run(), name="temporal worker")
        except ExceptionGroup:
            logger.exception("temporal_side_failed")
        except Exception as error:
            logger.warning("temporal_away", error=str(error)[:200])
        reach.away()
        await asyncio.sleep(RECONNECT_SECONDS)


def on_file() -> list[Round]:
    """The rounds of the house; one whose file is broken is left out, which the log tells."""
    found = []
    for path in procedures.paths(procedures.ROUNDS):
        try:
            found.append(procedures.round_in(path))
        except ProcedureFault as error:
            logger.error("round_not_read", file=path.name, error=str(error)[:500])
    return found


async def serve(
    url: str, own: WorkerSettings, stop: asyncio.Event, clock: Callable[[Instant], Instant] = lambda at: at
) -> bool:
    """Work until `stop` is set, then let activities finish. False when not everything ended in time.

    `clock`: what PostgreSQL's reading counts as, for all who ask what time it is; only trials replace it.
    """
    reach, writers = Reach(), Writers(url, CONNECTIONS)
    library = Library(writers)
    registrar = Registrar(writers, library, clock)
    rounds = Rounds(on_file(), registrar, writers, clock)
    calendar = CalendarWatch(registrar, writers, library)
    keepers: tuple[Keeper, ...] = (Patrol(registrar, reach.patience, clock), Courier(registrar), rounds)
    parts = [asyncio.create_task(keep(keeper, url), name=keeper.name) for keeper in keepers]
    parts += [
        asyncio.create_task(forever(calendar.name, calendar.look, LOOK_SECONDS), name=calendar.name),
        asyncio.create_task(keep_with_temporal(registrar, writers, rounds, own, reach), name="temporal side"),
    ]
    logger.info("worker_started", pid=os.getpid())
    await stop.wait()
    for part in parts:
        part.cancel()
    _, running = await asyncio.wait(parts, timeout=STOP_SECONDS)
    logger.info("worker_stopped", still_running=[part.get_name() for part in running])
    if not running:
        await writers.close()
    return not running


async def main(clock: Callable[[Instant], Instant] = lambda at: at) -> None:
    """Ends after SIGTERM or SIGINT."""
    given = settings.load()
    log.configure(given.log_level)
    own = WorkerSettings()
    if own.metrics_port is not None:
        start_http_server(own.metrics_port, addr="127.0.0.1")
    gc.freeze()  # what is loaded stays: looking it through again and again would hold everything up
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if not await serve(given.database_url, own, stop, clock):
        os._exit(1)  # a server that is away must not keep us; what is unfinished is repeated elsewhere


if __name__ == "__main__":
    try:
        uvloop.run(main())
    except settings.NotConfigured as error:
        sys.exit(str(error))

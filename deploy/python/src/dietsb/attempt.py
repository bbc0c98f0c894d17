"""The beginning and the end of an attempt, on the process that speaks with the selector."""

from __future__ import annotations

import atexit
import dataclasses
import logging
import platform
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from dietsb import arguments
from dietsb.chain import Stamped
from dietsb.errors import Cancelled, DietsbError, Fenced, require
from dietsb.feed import PolicyFeed
from dietsb.kafka import Connection
from dietsb.news import RunNews, is_over, known_run
from dietsb.plan import Settings
from dietsb.policy import Policy
from dietsb.report import order_of
from dietsb.sequencer import Sequencer
from dietsb.stamps import Stamps
from dietsb.state import same
from dietsb.wire import batch_losses_pb2, run_events_pb2, selector_policies_pb2, training_orders_pb2

LOG = logging.getLogger("dietsb")


def _versions() -> str:
    """Returns the versions of what trains, for people."""
    torch = sys.modules.get("torch")
    parts = [f"dietsb {version('dietsb')}", *([f"torch {torch.__version__}"] if torch else []), f"Python {platform.python_version()}"]
    return ", ".join(parts)


@dataclasses.dataclass(frozen=True)
class Opening:
    """What an attempt begins with.

    Attributes:
        wanted: settings of the run; its id is empty if none was given, its policy holds only if ``policy`` is not None.
        policy: that was given.
        identity: of the training set.
        model_name: shown with the run.
        learning_rate: of the first step.
        tags: of the run.
        saved: state to go on from; None = from the beginning.
        processes: of the run.
    """

    wanted: Settings
    policy: Policy | None
    identity: training_orders_pb2.DatasetIdentity
    model_name: str
    learning_rate: float
    tags: tuple[str, ...]
    saved: dict[str, Any] | None
    processes: int


class Attempt:
    """An attempt of a run.

    Args:
        opening: what it begins with.
        kafka: addresses of the brokers.
        kafka_settings: further settings of librdkafka.

    Raises:
        InvalidArgument: if an argument does not fit the state, or the run is known.
        Cancelled: if the run was cancelled before it was resumed.
        Unavailable: if Kafka cannot be reached.
    """

    def __init__(self, opening: Opening, kafka: str | None, kafka_settings: Mapping[str, Any] | None) -> None:
        self.is_over = False
        self._connection = Connection(kafka, kafka_settings)
        saved, wanted, policy = opening.saved, opening.wanted, opening.policy
        run_id, resumed = self._run_id(wanted.run_id or None, saved)
        if run_id is None:
            run_id = arguments.id_of(opening.identity.name, policy.kind if policy else "run")
        feed = PolicyFeed(self._connection, run_id)
        first = policy or (_policy(saved["policy"]) if saved else feed.for_new_runs())
        arguments.check_first_policy(first, wanted.batch_size, opening.processes)
        self.settings = dataclasses.replace(wanted, run_id=run_id, first_policy=first)
        if saved is not None:
            for field in ("seed", "epochs", "batch_size", "window", "examples"):
                same(field, getattr(self.settings, field), saved[field])
        self.sequencer = self._sequencer(opening, feed)
        self.news = RunNews(self._connection, self._event(opening, resumed))
        self.sequencer.listen(self.news, resumed)
        self.news.begin()
        atexit.register(self._at_exit)
        LOG.info("run %s begins as attempt %d", run_id, self.sequencer.log.attempt)

    def _run_id(self, given: str | None, saved: dict[str, Any] | None) -> tuple[str | None, int]:
        """Returns the id of the run, if it has one, and how often it was resumed after its end."""
        if saved is not None:
            run_id = same("run_id", given or saved["run_id"], saved["run_id"])
            known, cancelled = known_run(self._connection, run_id)
            resumed = 0 if known is None else known.resumed + (1 if is_over(known) else 0)
            if cancelled is not None and cancelled >= resumed:
                raise Cancelled(f"run {run_id} was cancelled before it was resumed")
            return run_id, resumed
        if given is not None:
            known, _ = known_run(self._connection, given)
            require(known is None, "run_id", f"{given}, which is known", "a new one, or that of a run whose state= is given")
        return given, 0

    def _sequencer(self, opening: Opening, feed: PolicyFeed) -> Sequencer:
        settings, saved = self.settings, opening.saved
        stamped: list[Stamped] = []
        if saved is not None:
            place = (saved["epoch"], saved["announced"]) if saved["in_epoch"] else (saved["epoch"] + 1, -1)
            place = (saved["epoch"] + 1, 0) if saved["opened_next"] else place
            stamped = Stamps.read(self._connection, settings.run_id, saved["sequencer"]["attempt"]).after(*place)
        opened = batch_losses_pb2.AttemptOpened(
            dataset=opening.identity,
            model=opening.model_name,
            seed=settings.seed,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            window=settings.window,
            reads_parts=True,
            reads_spans=True,
        )
        return Sequencer(self._connection, settings, opened, feed, stamped)

    def _event(self, opening: Opening, resumed: int) -> run_events_pb2.Run:
        saved = opening.saved
        event = run_events_pb2.Run()
        if saved is not None:
            event.ParseFromString(saved["run"])
            event.resumed_from.CopyFrom(run_events_pb2.Barrier(attempt=event.attempt, epoch=max(1, saved["epoch"]), batch=saved["done"]))
        else:
            now = int(time.time() * 1000)
            order = order_of(self.settings, opening.identity.name, opening.model_name, opening.learning_rate, opening.tags)
            event.CopyFrom(run_events_pb2.Run(order=order, dataset=opening.identity, bit_identical=True, started_millis=now))
            event.queued_millis = now
        event.attempt = self.sequencer.log.attempt
        event.state = run_events_pb2.Run.RUNNING
        event.resumed = resumed
        event.trained_with = _versions()
        event.ClearField("reason")
        event.ClearField("ended_millis")
        return event

    # ---- the end

    def complete(self) -> None:
        """Ends the run as completed unless it is over."""
        accuracy = self.news.run.accuracy if self.news.run.HasField("accuracy") else None
        self._end(run_events_pb2.Run.COMPLETED, "", "completed", accuracy)

    def cancel(self, reason: str) -> None:
        """Ends the run as cancelled unless it is over."""
        self._end(run_events_pb2.Run.CANCELLED, reason, "cancelled")

    def fail(self, reason: str) -> None:
        """Ends the run as failed unless it is over."""
        self._end(run_events_pb2.Run.FAILED, reason, reason)

    def detach(self) -> None:
        """Leaves the run as it is. Nothing more is written."""
        if not self.is_over:
            self._leave()
            self.news.release()
            self.sequencer.close(None)
            self._connection.close()

    def ended_by(self, error: BaseException) -> None:
        """Ends the run as an error of its loop says, unless it is over."""
        if isinstance(error, Fenced):
            if not self.is_over:
                self._leave()
                self.sequencer.close(None)
        elif isinstance(error, (Cancelled, KeyboardInterrupt)):
            self.cancel(str(error) or "interrupted")
        else:
            text = str(error) if isinstance(error, DietsbError) else f"{type(error).__name__}: {error}"
            self.fail(text or type(error).__name__)

    def _end(self, state: int, reason: str, closing: str, accuracy: float | None = None) -> None:
        if self.is_over:
            return
        self._leave()
        self.sequencer.close(closing, accuracy)
        if not self.news.end(state, reason):
            LOG.warning("the end of run %s could not be stored: the broker does not answer", self.settings.run_id)

    def _leave(self) -> None:
        self.is_over = True
        atexit.unregister(self._at_exit)

    def _at_exit(self) -> None:
        error = getattr(sys, "last_value", None)
        if isinstance(error, BaseException):
            self.ended_by(error)
        else:
            self.fail("its process ended before its last epoch")


def _policy(serialized: bytes) -> Policy:
    return Policy.from_wire(selector_policies_pb2.Policy.FromString(serialized))

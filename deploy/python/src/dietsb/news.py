"""Writes the course of a run to topic run-events, from which the control room, ``dietsb runs`` and the alerts know it."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaException, Message
from google.protobuf.message import DecodeError

from dietsb.kafka import EVENTS, Connection
from dietsb.wire import run_events_pb2 as wire

#: Most items of a list in one message.
PART = 256
#: Longest reason of a failure, in characters.
LONGEST_REASON = 4_000
#: Seconds between two positions of a run that goes on, and between two signs of life of one that stands.
BETWEEN_POSITIONS = 0.5
BETWEEN_SIGNS = 15.0

LISTS = ("policies", "epochs", "kept_per_class")
_KEYS = {"policies": "policies", "epochs": "epochs", "kept_per_class": "classes"}


def known_run(connection: Connection, run_id: str) -> tuple[wire.Run | None, int | None]:
    """Returns the newest event of a run, and for which resumption its cancellation was requested; None without."""
    newest: list[wire.Run] = []
    cancelled: list[int] = []
    prefix = run_id.encode() + b"/"

    def read(message: Message) -> None:
        key, value = message.key(), message.value()
        if key is None or value is None or not bytes(key).startswith(prefix):
            return
        try:
            event = wire.RunEvent.FromString(bytes(value))
        except DecodeError:
            return
        if event.HasField("run") and (not newest or _replaces(event.run, newest[-1])):
            newest.append(event.run)
        elif event.HasField("cancel_requested"):
            cancelled.append(event.cancel_requested.resumed)

    connection.read_whole(EVENTS, 0, read)
    return (newest[-1] if newest else None, max(cancelled) if cancelled else None)


def is_over(run: wire.Run) -> bool:
    """Returns whether a run has ended."""
    return run.state in (wire.Run.COMPLETED, wire.Run.FAILED, wire.Run.CANCELLED)


def _replaces(run: wire.Run, other: wire.Run) -> bool:
    if run.attempt != other.attempt:
        return bool(run.attempt > other.attempt)
    if run.resumed != other.resumed:
        return bool(run.resumed > other.resumed)
    return is_over(run) or not is_over(other)


class RunNews:
    """Publishes the run of one attempt: while it goes on only what is new, and the whole run once when it is over. Thread-safe.

    Args:
        connection: to Kafka.
        run: the run at the beginning of the attempt, with its whole lists.
    """

    def __init__(self, connection: Connection, run: wire.Run) -> None:
        self.run = run
        self._connection = connection
        self._key = f"{run.order.run_id}/{run.attempt}"
        self._take = wire.Take(run_id=run.order.run_id, id=secrets.token_hex(8), resumed=run.resumed)
        self._lock = threading.RLock()
        self._written = dict.fromkeys(LISTS, 0)
        self._passing: list[str] = []
        self._last = 0.0

    def begin(self) -> None:
        """Publishes that this process trains the run."""
        self.take()
        self.publish()

    def take(self) -> None:
        """Publishes whether this process holds the run; written again as the answer to a request to cancel it."""
        self._write(f"{self._take.run_id}/taken/{self._take.id}", wire.RunEvent(take=self._take))

    def publish(self) -> None:
        """Publishes the new items of the lists, and the run."""
        with self._lock:
            head = wire.Run()
            head.CopyFrom(self.run)
            for name in LISTS:
                items = getattr(self.run, name)
                for first in range(self._written[name], len(items), PART):
                    self._write_part(f"{self._key}/now/{_KEYS[name]}/{first}", name, items, first, passing=True)
                self._written[name] = len(items)
                head.ClearField(name)
                setattr(head, f"{name}_in_parts", len(items))
            self._write(self._key, wire.RunEvent(run=head))
            self._last = time.monotonic()

    def replace_classes(self, classes: list[wire.ClassCount]) -> None:
        """Sets how many examples of each class the diet keeps."""
        with self._lock:
            if list(self.run.kept_per_class) != classes:
                del self.run.kept_per_class[:]
                self.run.kept_per_class.extend(classes)
                self._written["kept_per_class"] = 0

    def at(self, position: wire.Position | None) -> None:
        """Publishes where the run is, about twice a second; None = where it was, as a sign of life."""
        with self._lock:
            since = time.monotonic() - self._last
            if position is not None:
                self.run.position.CopyFrom(position)
            if since < (BETWEEN_POSITIONS if position is not None else BETWEEN_SIGNS):
                return
            beat = wire.Beat(run_id=self.run.order.run_id, attempt=self.run.attempt, position=self.run.position)
            key = f"{self._key}/beat"
            self._note_passing(key)
            self._write(key, wire.RunEvent(beat=beat))
            self._last = time.monotonic()

    def end(self, state: int, reason: str, seconds: float = 30.0) -> bool:
        """Publishes the whole run as it ended, and deletes what was written only while it went on.

        Args:
            state: COMPLETED, FAILED or CANCELLED.
            reason: why it failed or was cancelled.
            seconds: to wait until it is stored.

        Returns:
            Whether it is stored.
        """
        with self._lock:
            run = self.run
            run.state = state  # type: ignore[assignment]
            run.reason = reason if len(reason) <= LONGEST_REASON else reason[:LONGEST_REASON] + "..."
            run.ended_millis = int(time.time() * 1000)
            head = wire.Run()
            head.CopyFrom(run)
            for name in LISTS:
                items = getattr(run, name)
                complete = len(items) - len(items) % PART
                for first in range(0, complete, PART):
                    self._write_part(f"{self._key}/{_KEYS[name]}/{first}", name, items, first, passing=False)
                del getattr(head, name)[:complete]
                setattr(head, f"{name}_in_parts", complete)
            self._write(self._key, wire.RunEvent(run=head))
            self._take.over = True
            self.take()
            if self._connection.producer.flush(seconds) > 0:
                return False
            for key in reversed(self._passing):
                self._produce(key, None)
            return bool(self._connection.producer.flush(seconds) == 0)

    def release(self) -> None:
        """Publishes that this process no longer holds the run, which goes on elsewhere."""
        with self._lock:
            self._take.over = True
            self.take()

    def _write_part(self, key: str, name: str, items: Any, first: int, passing: bool) -> None:
        part = wire.RunPart(run_id=self.run.order.run_id, attempt=self.run.attempt, first=first)
        getattr(part, name).extend(items[first : first + PART])
        if passing:
            self._note_passing(key)
        self._write(key, wire.RunEvent(part=part))

    def _note_passing(self, key: str) -> None:
        if key not in self._passing:
            self._passing.append(key)

    def _write(self, key: str, event: wire.RunEvent) -> None:
        self._produce(key, event.SerializeToString())

    def _produce(self, key: str, value: bytes | None) -> None:
        # Training does not depend on being watched: what the broker refuses is lost.
        with contextlib.suppress(KafkaException):
            self._connection.write(EVENTS, key, value)


def cancel_listener(run_id: str, resumed: int, news: RunNews, cancelled: Callable[[str], None]) -> Callable[[Message], None]:
    """Returns what reads events of topic run-events, and reports a request to cancel the run."""
    key = f"{run_id}/cancel".encode()

    def read(message: Message) -> None:
        if message.key() != key or message.value() is None:
            return
        try:
            request = wire.RunEvent.FromString(bytes(message.value() or b"")).cancel_requested
        except DecodeError:
            return
        if request.run_id == run_id and request.resumed >= resumed:
            news.take()
            cancelled(request.who)

    return read

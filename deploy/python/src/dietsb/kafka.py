"""Connections to Kafka: where the topics of a run are, a writer, and readers without a consumer group."""

from __future__ import annotations

import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import TopicMetadata

from dietsb.errors import Unavailable, require

LOSSES = "batch-losses"
MASKS = "backprop-masks"
POLICIES = "selector-policies"
EVENTS = "run-events"
ERRORS = "prediction-errors"
SCORES = "el2n-scores"
DEAD_LETTERS = "dead-letters"

#: Seconds in which a broker has to answer at the start.
REACHABLE = 30.0


def java_hash(text: str) -> int:
    """Returns the hash code that Java gives a string, as a signed 32-bit integer."""
    value = 0
    units = text.encode("utf-16-be")
    for i in range(0, len(units), 2):
        value = (31 * value + int.from_bytes(units[i : i + 2], "big")) & 0xFFFFFFFF
    return value - (1 << 32) if value >= 1 << 31 else value


def home_login() -> Path:
    """Returns where ``deploy/dietsb up`` keeps the login of its broker."""
    return Path(os.environ.get("DIETSB_HOME") or Path.home() / ".dietsb") / "kafka.properties"


def _is_local(server: str) -> bool:
    """Whether this ``host:port`` is of this machine."""
    host = server.strip().rpartition(":")[0].strip("[]")
    return host == "localhost" or host == "::1" or host.startswith("127.")


def login_of_home() -> dict[str, str]:
    """Returns the login that ``deploy/dietsb up`` made in DIETSB_HOME, or else ~/.dietsb; nothing if there is none.

    Raises:
        Unavailable: if the file of the login cannot be read.
    """
    file = home_login()
    if not file.exists():
        return {}
    try:
        lines = [line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines() if "=" in line and line[:1] != "#"]
    except OSError as failed:
        raise Unavailable(f"the login of Kafka cannot be read: {failed}") from failed
    given = {name.strip(): value.strip().replace("\\", "") for name, value in lines}
    jaas = dict(re.findall(r'(username|password)="([^"]*)"', given.get("sasl.jaas.config", "")))
    settings: dict[str, str] = {name: given[name] for name in given if name in ("security.protocol", "sasl.mechanism")}
    return {**settings, **{f"sasl.{name}": value for name, value in jaas.items()}}


class Connection:
    """Connection settings, checked against the broker.

    What the names of topics at the broker begin with is the value of DIETSB_PREFIX, as of the services; other places omit it.

    Args:
        kafka: ``host:port`` of the brokers, separated by commas; None = the value of DIETSB_KAFKA, or else ``localhost:9092``.
        settings: further settings of librdkafka, for example for TLS and SASL; None = for a broker of this machine the login of the
            system that ``deploy/dietsb up`` starts, if there is one.

    Raises:
        InvalidArgument: if no topic's name can begin with DIETSB_PREFIX.
        Unavailable: if no broker answers, refuses the login, or a topic does not exist.
    """

    def __init__(self, kafka: str | None = None, settings: Mapping[str, Any] | None = None) -> None:
        self._prefix = os.environ.get("DIETSB_PREFIX", "")
        named = re.fullmatch(r"[a-zA-Z0-9._-]{0,100}", self._prefix) is not None
        require(named, "DIETSB_PREFIX", f'"{self._prefix}"', "up to 100 of [a-zA-Z0-9._-]")
        self.servers = kafka or os.environ.get("DIETSB_KAFKA") or "localhost:9092"
        login = login_of_home() if settings is None and all(map(_is_local, self.servers.split(","))) else {}
        self._login = (
            f"the login in {home_login()}" if login else "a client without a login" if settings is None else "these kafka_settings"
        )
        self._settings: dict[str, Any] = {
            "bootstrap.servers": self.servers,
            "log_level": 2,
            "topic.metadata.refresh.interval.ms": 60_000,
            "reconnect.backoff.max.ms": 1_000,
            **(settings or login),
        }
        self._partitions: dict[str, int] = {}
        # What the connection to a broker failed with, the newest last.
        self._errors: deque[KafkaError] = deque(maxlen=16)
        self.producer = Producer(
            {
                **self._settings,
                "enable.idempotence": True,
                # A message is not kept back for others to join it, and is not given up while the broker is away.
                "linger.ms": 0,
                "message.timeout.ms": 0,
                "message.max.bytes": 1_048_576,
                "error_cb": self._errors.append,
            }
        )
        self._lookup()

    def _lookup(self) -> None:
        self._known = self._topics()
        self.require_topics(LOSSES, MASKS, POLICIES, EVENTS)

    def require_topics(self, *names: str) -> None:
        """Requires topics that existed when the connection was made.

        Raises:
            Unavailable: if one did not.
        """
        for name in names:
            topic = self._known.get(self.at(name))
            if topic is None or topic.error is not None or not topic.partitions:
                raise Unavailable(f"topic {self.at(name)} does not exist at {self.servers}: start the services first")
            self._partitions[name] = len(topic.partitions)

    def _topics(self) -> dict[str, TopicMetadata]:
        """Returns the topics of the broker by their names. A login that is refused is not tried for long."""
        last_moment = time.monotonic() + REACHABLE
        while True:
            try:
                topics: dict[str, TopicMetadata] = self.producer.list_topics(timeout=2.0).topics
                return topics
            except KafkaException as failed:
                self.producer.poll(0)
                reasons = [one for one in self._errors if one.code() != KafkaError._ALL_BROKERS_DOWN] or [failed.args[0]]
                if any(one.code() == KafkaError._AUTHENTICATION for one in reasons):
                    raise Unavailable(
                        f"the Kafka broker at {self.servers} refuses {self._login} ({reasons[-1].str()});"
                        " allowed are its own, in kafka_settings= or in kafka.properties of DIETSB_HOME"
                    ) from failed
                if time.monotonic() > last_moment:
                    raise Unavailable(
                        f"no Kafka broker answers at {self.servers} within {REACHABLE:.0f} s to {self._login}"
                        f" ({reasons[-1].str()}); name the broker with kafka= or DIETSB_KAFKA, and its login with kafka_settings="
                    ) from failed

    def at(self, topic: str) -> str:
        """Returns the name of a topic at the broker."""
        return self._prefix + topic

    def topic_of(self, message: Message) -> str:
        """Returns the topic of a message, without the prefix."""
        return (message.topic() or "").removeprefix(self._prefix)

    def partition_of(self, run_id: str) -> int:
        """Returns the partition of batch-losses and backprop-masks that a run uses."""
        partitions: int = self._partitions[LOSSES]
        return java_hash(run_id) % partitions

    def consumer(self, ends: bool = False) -> Consumer:
        """Returns a consumer that partitions are assigned to by hand.

        Args:
            ends: whether it reports the end of a partition.
        """
        return Consumer(
            {
                **self._settings,
                # Needed by the library, and never joined.
                "group.id": "dietsb-python",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 10 if ends else 1_000,
                "enable.partition.eof": ends,
            }
        )

    def end_of(self, topic: str, partition: int) -> int:
        """Returns the offset of the next message of a partition."""
        consumer = self.consumer()
        try:
            _, high = consumer.get_watermark_offsets(TopicPartition(self.at(topic), partition), timeout=REACHABLE, cached=False)
            return int(high)
        except KafkaException as failed:
            raise Unavailable(f"topic {topic} cannot be read at {self.servers}: {failed.args[0].str()}") from failed
        finally:
            consumer.close()

    def read_whole(self, topic: str, partition: int, read: Callable[[Message], None], first: int = 0) -> int:
        """Reads a partition up to its present end.

        Args:
            topic: to read.
            partition: of it.
            read: receives each message.
            first: offset to begin at; what is deleted before it is passed over.

        Returns:
            The offset of the next message.
        """
        consumer = self.consumer(ends=True)
        next_offset = first
        try:
            consumer.assign([TopicPartition(self.at(topic), partition, first if first > 0 else OFFSET_BEGINNING)])
            while True:
                # A request for many messages would wait for all of them.
                first_message = consumer.poll(1.0)
                for message in [] if first_message is None else [first_message, *consumer.consume(1_000, timeout=0)]:
                    error = message.error()
                    if error is None:
                        next_offset = int(message.offset()) + 1
                        read(message)
                    elif error.code() == KafkaError._PARTITION_EOF:
                        return max(next_offset, int(message.offset()))
                    else:
                        _raise_if_fatal(error, topic)
        finally:
            consumer.close()

    def write(self, topic: str, key: str, value: bytes | None, **more: Any) -> None:
        """Writes a message; waits while the writer holds as much as it may because the broker has been away for long.

        Args:
            topic: to write to.
            key: of the message.
            value: of the message; None deletes what a compacted topic has under the key.
            more: ``partition`` and ``on_delivery``, as of the library's producer.

        Raises:
            KafkaException: if the message can never be stored.
        """
        while True:
            try:
                self.producer.produce(self.at(topic), value, key=key, **more)
                return
            except BufferError:
                self.producer.poll(1.0)

    def close(self, seconds: float = 30.0) -> int:
        """Waits until everything is written; returns the number of messages that were not."""
        return int(self.producer.flush(seconds))


def _raise_if_fatal(error: KafkaError, topic: str) -> None:
    # Without a right to the group, which is never joined, the library reports GROUP_AUTHORIZATION_FAILED and reads on.
    if error.code() in (
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError._AUTHENTICATION,
    ):
        raise Unavailable(f"topic {topic} cannot be read: {error.str()}")


class Listener:
    """Reads partitions from given offsets on a thread of its own.

    Args:
        connection: to Kafka.
        places: topic, partition and first offset of each.
        receive: receives the messages that arrived together, at least once a second; the list may be empty.
        failed: receives why nothing can be read any more.
    """

    def __init__(
        self,
        connection: Connection,
        places: list[tuple[str, int, int]],
        receive: Callable[[list[Message]], None],
        failed: Callable[[str], None],
    ) -> None:
        self._consumer = connection.consumer()
        self._consumer.assign([TopicPartition(connection.at(topic), partition, offset) for topic, partition, offset in places])
        self._receive = receive
        self._failed = failed
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read_on, name="dietsb-listener", daemon=True)
        self._thread.start()

    def _read_on(self) -> None:
        try:
            while not self._closing.is_set():
                first = self._consumer.poll(0.25)
                messages = [] if first is None else [first, *self._consumer.consume(500, timeout=0)]
                usable = []
                for message in messages:
                    error = message.error()
                    if error is None:
                        usable.append(message)
                    else:
                        _raise_if_fatal(error, message.topic() or "")
                self._receive(usable)
        except Exception as failed:  # the training thread must learn of it, whatever it is
            self._failed(str(failed))
        finally:
            self._consumer.close()

    def close(self) -> None:
        """Stops reading."""
        self._closing.set()
        if self._thread is not threading.current_thread():
            self._thread.join(10)

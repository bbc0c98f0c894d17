"""Writes one attempt of a run to topic batch-losses."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from confluent_kafka import KafkaError, KafkaException, Message

from dietsb.errors import Unavailable
from dietsb.kafka import LOSSES, REACHABLE, Connection
from dietsb.policy import Policy
from dietsb.wire import backprop_masks_pb2, training_orders_pb2
from dietsb.wire import batch_losses_pb2 as wire

Indices = npt.NDArray[np.int64]
Losses = npt.NDArray[np.float32]

#: Most examples of several batches, or steps, in a message, because a broker accepts none above 1 MB.
MOST_EXAMPLES = 100_000

ON_TIMEOUT = {
    "whole": training_orders_pb2.TrainingOrder.WHOLE,
    "random": training_orders_pb2.TrainingOrder.RANDOM_AT_LAST_KEEP,
    "wait": training_orders_pb2.TrainingOrder.WAIT,
}


@dataclasses.dataclass(frozen=True)
class Announcement:
    """The announcement of a batch that is about to be trained.

    Attributes:
        epoch: from 1.
        batch: from 0, within the epoch.
        revision: of the policy that judges the batch.
        policy: set in the first message of a revision.
        indices: [B] places in the unpruned training set.
        losses: [B] cross-entropy in nats, in the order of indices; None without a selection pass.
        whole: whether the batch is trained whole, whatever the policy.
    """

    epoch: int
    batch: int
    revision: int
    policy: Policy | None
    indices: Indices
    losses: Losses | None
    whole: bool


class LossLog:
    """The log of one attempt, which suffices to recompute every mask of its run.

    It remembers what it wrote since the last barrier, so that a later attempt can write the same again.
    """

    def __init__(self, connection: Connection, run_id: str, opened: wire.AttemptOpened, refused: Callable[[str], None]) -> None:
        """Writes AttemptOpened and waits until it is stored; its offset is the number of the attempt.

        Args:
            connection: to Kafka.
            run_id: of the run.
            opened: what the attempt says of itself.
            refused: receives the reason if Kafka will never store a message.

        Raises:
            Unavailable: if the message cannot be stored in time.
        """
        self._connection = connection
        self._run_id = run_id
        self._partition = connection.partition_of(run_id)
        self._opened = opened
        self._refused = refused
        self._unsent: list[wire.TimedOut] = []
        self._steps: list[wire.TrainedLosses] = []
        self._since_barrier: list[bytes] = []
        self.takes_spans = False
        self.attempt = self._open(wire.LossMessage(run_id=run_id, attempt_opened=opened))

    def _open(self, message: wire.LossMessage) -> int:
        stored = threading.Event()
        outcome: list[int | KafkaError] = []

        def delivered(error: KafkaError | None, place: Message) -> None:
            outcome.append(error if error is not None else int(place.offset() or 0))
            stored.set()

        self._produce(message.SerializeToString(), delivered)
        self._connection.producer.flush(REACHABLE)
        if not stored.is_set():
            raise Unavailable(f"the broker did not store the begin of run {self._run_id} within {REACHABLE:.0f} s")
        if not isinstance(outcome[0], int):
            raise Unavailable(f"cannot write to topic {LOSSES}: {outcome[0].str()}")
        return outcome[0]

    def open_epoch(self, epoch: int, revision: int, policy: Policy | None, whole: bool) -> None:
        """Opens an epoch, which requests its mask."""
        opened = wire.EpochOpened(epoch=epoch, revision=revision, whole=whole)
        if policy is not None:
            opened.policy.CopyFrom(policy.to_wire())
        self._send(wire.LossMessage(epoch_opened=opened))

    def announce(self, batches: Sequence[Announcement]) -> None:
        """Announces consecutive batches of one revision; several only without losses, and if the selector takes spans."""
        messages = [_batch(one) for one in batches]
        messages[0].timed_out.extend(self._take_unsent())
        if len(messages) == 1:
            self._send(wire.LossMessage(batch_losses=messages[0]))
        else:
            self._send(wire.LossMessage(batch_span=wire.BatchSpan(batches=messages)))

    def trained(self, epoch: int, indices: Indices, losses: Losses) -> None:
        """Reports the losses of a training step; no answer follows."""
        step = wire.TrainedLosses(epoch=epoch, indices=indices.tolist(), losses=losses.tolist())
        if not self.takes_spans:
            self._send(wire.LossMessage(trained_losses=step))
            return
        examples = sum(len(one.indices) for one in self._steps)
        if len(self._steps) >= self._opened.window or examples + len(indices) > MOST_EXAMPLES:
            self._send_steps()
        self._steps.append(step)

    def _send_steps(self) -> None:
        steps, self._steps = self._steps, []
        if len(steps) == 1:
            self._write(wire.LossMessage(trained_losses=steps[0]))
        elif steps:
            self._write(wire.LossMessage(trained_steps=wire.TrainedSteps(steps=steps)))

    def request_state(self, epoch: int, batch: int) -> None:
        """Requests the selector's state at a barrier.

        Args:
            epoch: from 1.
            batch: number of batches of the epoch that are done.
        """
        self._send(wire.LossMessage(state_requested=wire.StateRequested(epoch=epoch, batch=batch)), remembered=False)

    def give_state(self, parts: Sequence[backprop_masks_pb2.SelectorState]) -> None:
        """Writes the selector's state as it was received: the log suffices from here on, without earlier messages."""
        for part in parts:
            self._send(wire.LossMessage(state_given=wire.StateGiven(opened=self._opened, state=part)), remembered=False)
        self._since_barrier.clear()

    def since_barrier(self) -> bytes:
        """Returns what was written since the last barrier, as :func:`joined` messages."""
        self._send_steps()
        return joined(self._since_barrier)

    def write_again(self, written: bytes) -> None:
        """Writes what an earlier attempt wrote since the barrier that this one resumed from."""
        for message in split(written):
            self._send(wire.LossMessage.FromString(message))

    def timed_out(self, epoch: int, batch: int, on_timeout: str) -> None:
        """Notes a batch whose mask timed out; sent with the next announcement, or with the end."""
        self._unsent.append(wire.TimedOut(epoch=epoch, batch=batch, done=ON_TIMEOUT[on_timeout]))

    def _take_unsent(self) -> list[wire.TimedOut]:
        unsent, self._unsent = self._unsent, []
        return unsent

    def close(self, reason: str, accuracy: float | None = None) -> None:
        """Ends the attempt.

        Args:
            reason: ``completed``, or why it ended early.
            accuracy: of the last evaluation, in [0, 1].
        """
        closed = wire.AttemptClosed(reason=reason, timed_out=self._take_unsent())
        if accuracy is not None:
            closed.accuracy = accuracy
        self._send(wire.LossMessage(attempt_closed=closed), remembered=False)

    def _send(self, message: wire.LossMessage, remembered: bool = True) -> None:
        """Writes a message, behind the steps before it."""
        self._send_steps()
        self._write(message, remembered)

    def _write(self, message: wire.LossMessage, remembered: bool = True) -> None:
        message.run_id = self._run_id
        message.attempt = self.attempt
        value = message.SerializeToString()
        if remembered:
            self._since_barrier.append(value)
        self._produce(value, self._delivered)
        self._connection.producer.poll(0)

    def _produce(self, value: bytes, delivered: Callable[[KafkaError | None, Message], None]) -> None:
        try:
            self._connection.write(LOSSES, self._run_id, value, partition=self._partition, on_delivery=delivered)
        except KafkaException as failed:
            self._refused(f"a message to topic {LOSSES} cannot be stored: {failed.args[0].str()}")

    def _delivered(self, error: KafkaError | None, place: Message) -> None:
        if error is not None and not error.retriable():
            self._refused(f"a message to topic {LOSSES} cannot be stored: {error.str()}")


def _batch(one: Announcement) -> wire.BatchLosses:
    batch = wire.BatchLosses(epoch=one.epoch, batch=one.batch, revision=one.revision, whole=one.whole, indices=one.indices.tolist())
    if one.losses is not None:
        batch.losses.extend(one.losses.tolist())
    if one.policy is not None:
        batch.policy.CopyFrom(one.policy.to_wire())
    return batch


def joined(messages: Sequence[bytes]) -> bytes:
    """Returns messages behind one another, each behind its length of 4 bytes, little-endian."""
    return b"".join(len(one).to_bytes(4, "little") + one for one in messages)


def split(messages: bytes) -> list[bytes]:
    """Returns the messages that were :func:`joined`."""
    found = []
    place = 0
    while place < len(messages):
        end = place + 4 + int.from_bytes(messages[place : place + 4], "little")
        found.append(messages[place + 4 : end])
        place = end
    return found

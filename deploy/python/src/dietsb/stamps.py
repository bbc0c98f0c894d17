"""The policy revisions that earlier attempts of a run stamped on epochs and batches."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from dietsb.chain import Stamped
from dietsb.kafka import LOSSES, Connection
from dietsb.policy import Policy
from dietsb.wire import batch_losses_pb2 as wire
from dietsb.wire import selector_policies_pb2


class Stamps:
    """Stamps of the attempts from a given one on.

    A later attempt stamps the same revisions as far as they got, so that it trains what they would have trained. Messages that an attempt
    wrote after a later one was opened are ignored.
    """

    def __init__(self) -> None:
        self._revisions: dict[tuple[int, int], int] = {}
        self._policies: dict[int, selector_policies_pb2.Policy] = {}
        self._attempt = -1

    @staticmethod
    def read(connection: Connection, run_id: str, attempt: int) -> Stamps:
        """Reads the stamps of a run up to the present end of the log.

        Args:
            connection: to Kafka.
            run_id: of the run.
            attempt: the attempt that wrote the checkpoint; earlier messages do not matter.
        """
        stamps = Stamps()
        key = run_id.encode()
        connection.read_whole(
            LOSSES,
            connection.partition_of(run_id),
            lambda message: stamps._read(message.value(), message.offset() or 0) if message.key() == key else None,
            attempt,
        )
        return stamps

    def _read(self, value: bytes | None, offset: int) -> None:
        try:
            self.add(wire.LossMessage.FromString(value or b""), offset)
        except DecodeError:
            return

    def add(self, message: wire.LossMessage, offset: int) -> None:
        """Adds the stamps of a message at an offset."""
        event = message.WhichOneof("event")
        if event == "attempt_opened":
            self._attempt = offset
        elif message.attempt != self._attempt:
            return
        elif event == "epoch_opened":
            self._note((message.epoch_opened.epoch, -1), message.epoch_opened)
        elif event == "batch_losses":
            self._note((message.batch_losses.epoch, message.batch_losses.batch), message.batch_losses)
        elif event == "batch_span":
            for batch in message.batch_span.batches:
                self._note((batch.epoch, batch.batch), batch)

    def _note(self, place: tuple[int, int], message: wire.EpochOpened | wire.BatchLosses) -> None:
        self._revisions[place] = message.revision
        if message.HasField("policy"):
            self._policies[message.revision] = message.policy

    def after(self, epoch: int, batch: int) -> list[Stamped]:
        """Returns the stamps from a place on, in order, one for each epoch that is opened and each batch that is announced.

        Args:
            epoch: from 1.
            batch: from 0; -1 = the opening of the epoch.
        """
        stamped = []
        for place in sorted(place for place in self._revisions if place >= (epoch, batch)):
            policy = self._policies.get(self._revisions[place])
            if policy is None:
                break
            stamped.append(Stamped(self._revisions[place], Policy.from_wire(policy)))
        return stamped

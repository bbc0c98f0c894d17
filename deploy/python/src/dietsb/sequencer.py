"""One attempt of a run: announces epochs and batches, stamps the policy in force, and waits for the selector's masks.

It needs no PyTorch. With window W, up to W batches are under way at the same time, and the same work is done in the same order in every
run, so that weights do not depend on how long a mask travels.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import numpy as np
import numpy.typing as npt
from confluent_kafka import Message
from google.protobuf.message import DecodeError

from dietsb import duties
from dietsb.chain import Stamped
from dietsb.errors import Cancelled, InvalidArgument, Refused
from dietsb.feed import PolicyFeed
from dietsb.inbox import LONGEST_WAIT, BatchMask, EpochMask, MaskInbox
from dietsb.kafka import EVENTS, MASKS, POLICIES, Connection, Listener
from dietsb.losslog import MOST_EXAMPLES, Announcement, LossLog, joined, split
from dietsb.news import RunNews, cancel_listener
from dietsb.plan import Announced, EpochPlan, Indices, Losses, Plan, Settings
from dietsb.policy import Policy
from dietsb.random_stream import RandomStream
from dietsb.tally import EpochTally
from dietsb.wire import backprop_masks_pb2, batch_losses_pb2, run_events_pb2, selector_policies_pb2

LOG = logging.getLogger("dietsb")

#: Seconds after which a question is asked again, at most: longer than a selector takes to take over from another.
ASK_AGAIN = 30.0
#: Most figures that wait to be measured.
MOST_MEASURED = 1_000


class Sequencer:
    """The attempt. All methods are called on the training thread.

    Args:
        connection: to Kafka.
        settings: of the run.
        opened: what AttemptOpened says of the attempt.
        policies: read whole up to now.
        stamped: what earlier attempts stamped after the place that this one begins at.
    """

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        opened: batch_losses_pb2.AttemptOpened,
        policies: PolicyFeed,
        stamped: list[Stamped],
    ) -> None:
        self.settings = settings
        self.inbox = MaskInbox(self._round_trip)
        self.placed: list[tuple[Stamped, int, int]] = []
        self._round_trips: list[float] = []
        self._kept: list[float] = []
        self._connection = connection
        self._policies = policies
        self._timeouts = RandomStream("timeout", settings.seed)
        self._shuffles = RandomStream("shuffle", settings.seed)
        self._masks_from = connection.end_of(MASKS, connection.partition_of(settings.run_id))
        self._stamped = list(reversed(stamped))
        self.log = LossLog(connection, settings.run_id, opened, self._message_refused)
        self._listener: Listener | None = None
        self._sent_revision = -1
        self._placed_revision = -1
        self._placed_in_epoch = 0
        self._opened: tuple[Stamped, bool] | None = None
        self._spans = False
        self._held: list[Plan] = []
        self._selector_state: list[backprop_masks_pb2.SelectorState] = []
        self.alone = False
        self.last_keep = 1.0

    def listen(self, news: RunNews | None, resumed: int) -> None:
        """Begins to read masks, changes of the policy and requests to cancel the run."""
        run_id = self.settings.run_id
        partition = self._connection.partition_of(run_id)
        key = run_id.encode()
        places = [(MASKS, partition, self._masks_from), (POLICIES, 0, self._policies.next_offset)]
        events = None
        if news is not None:
            places.append((EVENTS, 0, self._connection.end_of(EVENTS, 0)))
            events = cancel_listener(run_id, resumed, news, self._cancelled)

        def receive(messages: list[Message]) -> None:
            answers = []
            for message in messages:
                topic = self._connection.topic_of(message)
                if topic == MASKS and message.key() == key:
                    answer = _mask_message(bytes(message.value() or b""))
                    if answer is not None and answer.attempt == self.log.attempt:
                        answers.append(answer)
                elif topic == POLICIES:
                    self._policies.read(message)
                elif topic == EVENTS and events is not None:
                    events(message)
            if answers:
                for flaw in self.inbox.offer(answers):
                    LOG.warning("an answer of the selector cannot be used: %s", flaw)
            self._connection.producer.poll(0)
            if news is not None:
                news.at(None)

        self._listener = Listener(self._connection, places, receive, self._unreadable)

    def _round_trip(self, seconds: float) -> None:
        if len(self._round_trips) < MOST_MEASURED:
            self._round_trips.append(seconds)

    def measured(self) -> tuple[list[float], list[float], int]:
        """Returns the share that each mask selected and the seconds that each took, since the last call, and the masks dropped so far."""
        kept, self._kept = self._kept, []
        round_trips, self._round_trips = self._round_trips, []
        return kept, round_trips, self.inbox.dropped

    def _message_refused(self, reason: str) -> None:
        self.inbox.end(Refused(reason))

    def _cancelled(self, who: str) -> None:
        self.inbox.end(Cancelled(f"run {self.settings.run_id} was cancelled by {who or 'somebody'}"))

    def _unreadable(self, reason: str) -> None:
        self.inbox.end(Refused(f"masks can no longer be read: {reason}"))

    # ---- epochs

    def open_epoch(self, epoch: int) -> Stamped:
        """Opens an epoch, which requests its mask; returns its policy."""
        progress = (epoch - 1) / self.settings.epochs
        stamped = self._at(epoch, progress)
        whole = duties.trains_epoch_whole(stamped.policy, progress)
        self._opened = (stamped, whole)
        self.inbox.expect_epoch(epoch, stamped.revision, self.settings.examples)
        self.log.open_epoch(epoch, stamped.revision, self._unsent(stamped), whole)
        return stamped

    def _at(self, epoch: int, progress: float) -> Stamped:
        if self._stamped:
            return self._stamped.pop()
        return self._policies.at(epoch, progress, self.settings.first_policy)

    def await_epoch(self, epoch: int, tally: EpochTally) -> EpochPlan:
        """Waits for the mask of the epoch that was opened, without a time-out: a diet is never skipped."""
        assert self._opened is not None
        stamped, whole = self._opened
        started = time.monotonic()

        def again() -> None:
            self._log_waiting(f"epoch {epoch}", started)
            self.log.open_epoch(epoch, stamped.revision, stamped.policy, whole)

        mask = self.inbox.await_epoch(epoch, self._ask_again_after(), again)
        plan = self._epoch_plan(epoch, mask)
        tally.kept = len(plan.kept)
        tally.batches = plan.count
        return plan

    def _epoch_plan(self, epoch: int, mask: EpochMask) -> EpochPlan:
        self._spans = mask.takes_spans
        self.log.takes_spans = mask.takes_spans
        kept = np.arange(self.settings.examples, dtype=np.int64) if mask.kept is None else np.flatnonzero(mask.kept).astype(np.int64)
        shuffled = self._shuffles.shuffled(kept, epoch)
        return EpochPlan(epoch, kept, shuffled, mask.weights, self.settings.batch_size)

    @property
    def opened_policy(self) -> Policy:
        """Policy of the epoch that was opened last."""
        assert self._opened is not None
        return self._opened[0].policy

    # ---- batches

    def plan(self, epoch: EpochPlan, batch: int) -> Plan:
        """Plans a batch: fixes its policy."""
        progress = (epoch.number - 1 + batch / epoch.count) / self.settings.epochs
        return self.plan_of(epoch.number, batch, progress, epoch.indices(batch))

    def plan_of(self, epoch: int, batch: int, progress: float, indices: Indices) -> Plan:
        """Plans a batch of given examples."""
        stamped = self._at(epoch, progress)
        policy = stamped.policy
        if stamped.revision != self._placed_revision:
            self._placed_revision = stamped.revision
            self._placed_in_epoch = epoch
            self.placed.append((stamped, epoch, batch))
        whole = duties.trains_whole(policy, epoch, progress, batch)
        selects_from = max(self._placed_in_epoch, policy.own_epochs + 1)
        wanted = duties.wants_selection_pass(policy, epoch - selects_from)
        return Plan(batch, progress, stamped, indices, whole, wanted and not self.alone and not whole)

    def announce(self, tally: EpochTally, plan: Plan, losses: Losses | None) -> Announced:
        """Announces a batch, or holds it back to announce it in a span.

        Args:
            tally: of the epoch.
            plan: of the batch.
            losses: [B] of its selection pass, in nats; None without one.

        Raises:
            InvalidArgument: if a loss is not finite, or negative.
        """
        if losses is not None:
            _check_losses("losses", losses, len(plan.indices))
        stamped = plan.stamped
        free = self._spans and duties.is_free_of_losses(stamped.policy, plan.whole)
        fits = not self._held or (
            self._held[0].stamped.revision == stamped.revision
            and sum(len(one.indices) for one in self._held) + len(plan.indices) <= MOST_EXAMPLES
        )
        if not free or not fits:
            self._announce_held(tally.epoch)
        if free:
            self._held.append(plan)
        else:
            self.log.announce([self._announcement(tally.epoch, plan, losses)])
        tally.announced(len(plan.indices), stamped.revision, losses, stamped.policy.selection_scale)
        return Announced(plan, losses)

    def announce_in_time(self, epoch: int, in_flight: int) -> None:
        """Announces the batches that are held back if at most a quarter of a window is under way."""
        if in_flight - len(self._held) <= self.settings.window // 4:
            self._announce_held(epoch)

    def _announce_held(self, epoch: int) -> None:
        if self._held:
            held, self._held = self._held, []
            self.log.announce([self._announcement(epoch, plan, None) for plan in held])

    def _announcement(self, epoch: int, plan: Plan, losses: Losses | None) -> Announcement:
        stamped = plan.stamped
        self.inbox.expect_batch(epoch, plan.batch, stamped.revision, len(plan.indices))
        return Announcement(epoch, plan.batch, stamped.revision, self._unsent(stamped), plan.indices, losses, plan.whole)

    def _unsent(self, stamped: Stamped) -> Policy | None:
        """Returns the policy if this is the first message with its revision."""
        if stamped.revision == self._sent_revision:
            return None
        self._sent_revision = stamped.revision
        return stamped.policy

    def await_mask(self, tally: EpochTally, announced: Announced) -> BatchMask:
        """Waits for the mask of a batch; returns what replaces it on a time-out."""
        plan = announced.plan
        started = time.monotonic()
        if self.settings.on_timeout == "wait":
            mask: BatchMask | None = self.inbox.await_batch(
                tally.epoch, plan.batch, self._ask_again_after(), lambda: self._again(tally.epoch, announced, started)
            )
        else:
            mask = self.inbox.batch(tally.epoch, plan.batch, 0.0 if self.alone else self.settings.mask_timeout)
        tally.mask_wait_seconds += time.monotonic() - started
        size = len(plan.indices)
        if mask is not None:
            self.alone = False
            if not plan.whole:
                self.last_keep = int(np.count_nonzero(mask.selected)) / size
            tally.masked(mask.selected, announced.losses)
            if len(self._kept) < MOST_MEASURED:
                self._kept.append(int(np.count_nonzero(mask.selected)) / size)
            return mask
        if not self.alone:
            LOG.warning(
                "no mask came for epoch %d, batch %d of run %s within %.0f s: it is trained as on_timeout=%r says",
                tally.epoch,
                plan.batch,
                self.settings.run_id,
                self.settings.mask_timeout,
                self.settings.on_timeout,
            )
        self.alone = True
        tally.mask_timeouts += 1
        self.log.timed_out(tally.epoch, plan.batch, self.settings.on_timeout)
        selected = np.ones(size, np.bool_)
        if self.settings.on_timeout == "random" and not plan.whole:
            selected = self._at_random(tally.epoch, plan.batch, size)
        tally.masked(selected, announced.losses)
        return BatchMask(tally.epoch, plan.batch, plan.stamped.revision, selected, None)

    def _again(self, epoch: int, announced: Announced, started: float) -> None:
        plan = announced.plan
        self._log_waiting(f"epoch {epoch}, batch {plan.batch}", started)
        self.log.announce(
            [
                Announcement(
                    epoch,
                    plan.batch,
                    plan.stamped.revision,
                    plan.stamped.policy,
                    plan.indices,
                    announced.losses,
                    plan.whole,
                )
            ]
        )

    def _at_random(self, epoch: int, batch: int, size: int) -> npt.NDArray[np.bool_]:
        places = self._timeouts.shuffled(np.arange(size, dtype=np.int64), (epoch << 32) | batch)
        selected = np.zeros(size, np.bool_)
        selected[places[: max(1, int(self.last_keep * size + 0.5 + 1e-9))]] = True
        return selected

    def trained(self, epoch: int, indices: Indices, losses: Losses) -> None:
        """Reports the losses of a training step, for policies that judge by them.

        Raises:
            InvalidArgument: if a loss is not finite, or negative.
        """
        _check_losses("losses", losses, len(indices))
        self.log.trained(epoch, indices, losses)

    def _ask_again_after(self) -> float:
        return min(self.settings.mask_timeout, ASK_AGAIN)

    def _log_waiting(self, what: str, started: float) -> None:
        LOG.warning(
            "run %s has waited %.0f s for the selector's answer to %s; it asks again",
            self.settings.run_id,
            time.monotonic() - started,
            what,
        )

    # ---- barriers and resumption

    def barrier(self, tally: EpochTally, batch: int) -> bool:
        """Requests the selector's state, at a place where no batch is under way, and writes it back into the log.

        Args:
            tally: of the epoch.
            batch: number of batches of the epoch that are done.

        Returns:
            Whether the selector has answered in time. The run goes on without.
        """
        waits = self.settings.on_timeout == "wait" and not self.alone
        wait = self._ask_again_after() if waits else 0.0 if self.alone else self.settings.mask_timeout
        started = time.monotonic()
        while True:
            self.inbox.expect_state(tally.epoch, batch)
            self.log.request_state(tally.epoch, batch)
            parts = self.inbox.state(wait)
            if parts is not None or not waits:
                break
            self._log_waiting(f"the barrier at epoch {tally.epoch}, batch {batch}", started)
            wait = min(LONGEST_WAIT, 2 * wait)
        tally.mask_wait_seconds += time.monotonic() - started
        if parts is None:
            LOG.warning("no barrier at epoch %d, batch %d: the selector does not answer", tally.epoch, batch)
            return False
        self._selector_state = parts
        self.log.give_state(parts)
        self._sent_revision = -1
        return True

    def last_barrier(self, tally: EpochTally, batch: int) -> None:
        """Requests the selector's state at the end of the run, where a run that goes on elsewhere is fenced."""
        self.inbox.expect_state(tally.epoch, batch)
        self.log.request_state(tally.epoch, batch)
        self.inbox.state(0.0 if self.alone else self.settings.mask_timeout)

    def state(self, in_flight: list[Announced], upcoming: Plan | None) -> dict[str, Any]:
        """Returns what a later attempt needs to go on exactly here.

        Args:
            in_flight: batches between their announcement and their step slots.
            upcoming: a planned batch whose selection pass is due after this step; None = none.
        """
        held = len(self._held)
        return {
            "attempt": self.log.attempt,
            "selector_state": joined([part.SerializeToString() for part in self._selector_state]),
            "log": self.log.since_barrier(),
            "sent_revision": self._sent_revision,
            "placed_revision": self._placed_revision,
            "placed_in_epoch": self._placed_in_epoch,
            "last_keep": self.last_keep,
            "opened": None
            if self._opened is None
            else {
                "revision": self._opened[0].revision,
                "policy": self._opened[0].policy.to_wire().SerializeToString(),
                "whole": self._opened[1],
            },
            "upcoming": None if upcoming is None else {"revision": upcoming.stamped.revision, "policy": _serialized(upcoming)},
            "held": held,
            "in_flight": [
                {
                    "batch": one.plan.batch,
                    "progress": one.plan.progress,
                    "revision": one.plan.stamped.revision,
                    "policy": one.plan.stamped.policy.to_wire().SerializeToString(),
                    "whole": one.plan.whole,
                    "selection_pass": one.plan.selection_pass,
                    "size": len(one.plan.indices),
                    "losses": one.losses,
                }
                for one in in_flight
            ],
        }

    def resume(self, state: dict[str, Any], epoch: int) -> None:
        """Writes into the log what the selector needs of earlier attempts, and expects the masks that were under way.

        Args:
            state: of an earlier attempt, from :meth:`state`.
            epoch: the epoch that is open.
        """
        self._selector_state = [backprop_masks_pb2.SelectorState.FromString(part) for part in split(state["selector_state"])]
        self.log.give_state(self._selector_state)
        self._sent_revision = state["sent_revision"]
        self._placed_revision = state["placed_revision"]
        self._placed_in_epoch = state["placed_in_epoch"]
        self.last_keep = state["last_keep"]
        opened = state["opened"]
        if opened is not None:
            stamped = Stamped(opened["revision"], _policy(opened["policy"]))
            self._opened = (stamped, opened["whole"])
            self.inbox.expect_epoch(epoch, stamped.revision, self.settings.examples)
        for one in state["in_flight"][: len(state["in_flight"]) - state["held"]]:
            self.inbox.expect_batch(epoch, one["batch"], one["revision"], one["size"])
        self.log.write_again(state["log"])
        upcoming = state["upcoming"]
        if upcoming is not None and not self._stamped:
            self._stamped.append(Stamped(upcoming["revision"], _policy(upcoming["policy"])))

    def resume_epoch(self, state: dict[str, Any], epoch: EpochPlan) -> list[Announced]:
        """Returns the batches that were under way, in their order."""
        flight = []
        for one in state["in_flight"]:
            stamped = Stamped(one["revision"], _policy(one["policy"]))
            plan = Plan(
                one["batch"],
                one["progress"],
                stamped,
                epoch.indices(one["batch"]),
                one["whole"],
                one["selection_pass"],
            )
            flight.append(Announced(plan, one["losses"]))
        if state["held"]:
            self._held = [one.plan for one in flight[-state["held"] :]]
        return flight

    def check(self) -> None:
        """Raises why the attempt is over, if it is.

        Raises:
            RunEnded: refused, fenced or cancelled.
        """
        self.inbox.check()

    def close(self, reason: str | None, accuracy: float | None = None) -> None:
        """Ends the attempt and stops reading.

        Args:
            reason: ``completed``, or why it ended early; None = nothing more is written, a later attempt exists.
            accuracy: of the last evaluation, in [0, 1].
        """
        if reason is not None:
            self.log.close(reason, accuracy)
        if self._listener is not None:
            self._listener.close()


def position(tally: EpochTally, batch: int, epochs: int, seconds: float) -> run_events_pb2.Position:
    """Returns where a run is, after a number of batches of an epoch."""
    return run_events_pb2.Position(
        epoch=tally.epoch,
        epochs=epochs,
        batch=batch,
        batches=tally.batches,
        seen=tally.seen,
        selected=tally.selected,
        mask_wait_seconds=tally.mask_wait_seconds,
        seconds=seconds,
    )


def _check_losses(name: str, losses: Losses, size: int) -> None:
    if losses.shape != (size,):
        raise InvalidArgument(f"{name} has shape {list(losses.shape)}, allowed is [{size}]: one loss for each example")
    wrong = np.flatnonzero(~np.isfinite(losses) | (losses < 0))
    if len(wrong):
        raise InvalidArgument(f"{name}[{wrong[0]}] is {losses[wrong[0]]}, allowed is a finite number, 0 or more")


def _mask_message(value: bytes) -> backprop_masks_pb2.MaskMessage | None:
    try:
        return backprop_masks_pb2.MaskMessage.FromString(value)
    except DecodeError:
        LOG.warning("a message of topic %s cannot be read", MASKS)
        return None


def _serialized(plan: Plan) -> bytes:
    return plan.stamped.policy.to_wire().SerializeToString()


def _policy(serialized: bytes) -> Policy:
    return Policy.from_wire(selector_policies_pb2.Policy.FromString(serialized))

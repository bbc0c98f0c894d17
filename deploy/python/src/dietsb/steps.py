"""The steps of a run: what its masks select becomes batches to train on, and their losses are taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from dietsb import data as batches_of
from dietsb import duties
from dietsb.batch import Batch, Floats, Indices
from dietsb.distributed import Ranks
from dietsb.errors import InvalidArgument
from dietsb.inbox import BatchMask
from dietsb.plan import EpochPlan, Plan
from dietsb.tally import EpochTally
from dietsb.window import Slot

_NOTHING = np.empty(0, np.int64)
_NO_LOSSES = np.empty(0, np.float32)


def weights_of(epoch: EpochPlan, indices: Indices, mask: BatchMask) -> Floats | None:
    """Returns the weight of each selected example: that of its epoch times that of its batch; None = all 1."""
    weights = mask.weights
    if epoch.weights is not None:
        weights = epoch.weights[indices] if weights is None else weights * epoch.weights[indices]
    return None if weights is None or bool((weights == 1).all()) else weights


class Steps:
    """Makes batches of what masks select.

    Args:
        ranks: the processes of the run.
        batch_size: examples of a full batch.
        trained: receives epoch, examples and losses of a step whose policy judges by them, on the process that speaks with the selector.

    Attributes:
        queue: examples, weights and data that were selected and wait until there is a full batch; None = none.
        is_between: whether the running step is followed by another one of the same slot.
    """

    def __init__(self, ranks: Ranks, batch_size: int, trained: Callable[[int, Indices, Floats], None]) -> None:
        self.queue: tuple[Indices, Floats, Any] | None = None
        self.is_between = False
        self._ranks = ranks
        self._batch_size = batch_size
        self._trained = trained
        self._tally = EpochTally(0)
        self._loss_total: torch.Tensor | None = None
        self._stepping: tuple[Batch, bool] | None = None

    def begin_epoch(self, tally: EpochTally) -> None:
        """Counts into the tally of an epoch from here on."""
        self._tally = tally
        self._loss_total = None
        self._stepping = None

    # ---- batches

    def mine(self, indices: Indices) -> Indices:
        """Returns the share of this process of a batch's examples; the first example, without weight, where it has none."""
        mine = indices[self._ranks.rank :: self._ranks.count]
        return mine if len(mine) else indices[:1]

    def spend(self, slot: Slot, epoch: EpochPlan) -> Iterator[Batch]:
        """Yields what a mask selects, or queues it until there is a full batch."""
        plan, mask = slot.plan, slot.mask
        if self._ranks.count > 1:
            yield from self._spend_mine(slot, epoch)
            return
        size = len(plan.indices)
        places = np.flatnonzero(mask.selected).astype(np.int64)
        indices = plan.indices[places]
        weights = weights_of(epoch, indices, mask)
        chosen = slot.content if len(places) == size else batches_of.picked(slot.content, places, size)
        if duties.accumulates(plan.stamped.policy):
            self._enqueue(indices, weights, chosen)
            while self.queue is not None and len(self.queue[0]) >= self._batch_size:
                yield from self._take(self._batch_size, plan.progress)
            return
        if self.queue is not None:
            self.is_between = len(indices) > 0
            yield from self.spend_queue()
            self.is_between = False
        if len(indices):
            yield from self._step(Batch(chosen, indices, weights, plan.progress), _is_reported(plan))

    def _spend_mine(self, slot: Slot, epoch: EpochPlan) -> Iterator[Batch]:
        """Yields this process's share of what a mask selects. Every process steps, if need be with an example of weight 0."""
        plan, mask = slot.plan, slot.mask
        chosen = plan.indices[mask.selected]
        if not len(chosen):
            return
        weights = np.zeros(len(plan.indices), np.float32)
        of_chosen = weights_of(epoch, chosen, mask)
        weights[mask.selected] = 1 if of_chosen is None else of_chosen
        rank, count = self._ranks.rank, self._ranks.count
        mine = self.mine(plan.indices)
        selected = mask.selected[rank::count]
        real = bool(selected.any())
        places = np.flatnonzero(selected).astype(np.int64) if real else np.zeros(1, np.int64)
        own = weights[rank::count][places] if real else np.zeros(1, np.float32)
        content = batches_of.picked(slot.content, places, len(mine))
        batch = Batch(content, mine[places], own, plan.progress, len(chosen) / count, real)
        self._tally.backward_examples += len(chosen) - len(batch)
        yield from self._step(batch, _is_reported(plan))

    def _enqueue(self, indices: Indices, weights: Floats | None, content: Any) -> None:
        if not len(indices):
            return
        own = np.ones(len(indices), np.float32) if weights is None else weights
        if self.queue is None:
            self.queue = indices, own, content
            return
        before = self.queue
        joined = np.concatenate([before[0], indices]), np.concatenate([before[1], own]), batches_of.joined(before[2], content)
        self.queue = joined

    def spend_queue(self) -> Iterator[Batch]:
        """Yields what is queued as one batch."""
        if self.queue is not None:
            yield from self._take(len(self.queue[0]), 0.0)

    def _take(self, size: int, progress: float) -> Iterator[Batch]:
        assert self.queue is not None
        indices, weights, content = self.queue
        count = len(indices)
        self.queue = None if size >= count else (indices[size:], weights[size:], batches_of.cut(content, size, count, count))
        taken = batches_of.cut(content, 0, size, count)
        some = weights[:size]
        yield from self._step(Batch(taken, indices[:size], None if bool((some == 1).all()) else some, progress), False)

    def _step(self, batch: Batch, reported: bool) -> Iterator[Batch]:
        started = time.monotonic()
        self._count(batch, reported)
        yield batch
        self.settle()
        self._tally.step_seconds += time.monotonic() - started

    def take(self, batch: Batch, reported: bool) -> None:
        """Counts a step of a loop of its own, and takes its losses.

        Args:
            batch: that was reduced.
            reported: whether its policy judges by the losses.
        """
        self._count(batch, reported)
        self.settle()

    def _count(self, batch: Batch, reported: bool) -> None:
        self._tally.steps += 1
        self._tally.backward_examples += len(batch)
        self._stepping = batch, reported

    # ---- losses

    @property
    def is_reduced(self) -> bool:
        """Whether the losses of the running step are there."""
        return self._stepping is not None and self._stepping[0]._losses is not None

    def settle(self) -> None:
        """Takes the losses of the step whose batch was yielded last, once.

        Raises:
            InvalidArgument: if its policy judges by them and they are not there.
        """
        if self._stepping is None:
            return
        batch, reported = self._stepping
        losses = batch._losses
        if losses is None and not reported:
            # A loop that reduces by itself tells no training loss; one that has not reduced yet may do so later.
            return
        if losses is None:
            raise InvalidArgument("a policy that judges by training losses needs them: call batch.reduce(losses) for each batch")
        self._stepping = None
        if reported:
            own = (batch.indices.numpy(), losses.to("cpu", torch.float32).numpy()) if batch._real else (_NOTHING, _NO_LOSSES)
            parts = self._ranks.gather(own)
            epoch = self._tally.epoch
            self._ranks.tell(
                lambda: self._trained(epoch, np.concatenate([one for one, _ in parts]), np.concatenate([one for _, one in parts]))
            )
        if batch._real:
            total = losses.sum(dtype=torch.float64) if losses.device.type != "mps" else losses.sum()
            self._loss_total = total if self._loss_total is None else self._loss_total + total
            self._tally.loss_examples += len(losses)

    @property
    def loss_sum(self) -> float:
        """Sum of the losses of the epoch's steps, on this process."""
        return self._tally.loss_sum + (0.0 if self._loss_total is None else float(self._loss_total))

    def end_epoch(self) -> None:
        """Writes the losses of all processes into the tally, after the last step."""
        tally = self._tally
        tally.loss_sum = self.loss_sum
        self._loss_total = None
        self._stepping = None
        if self._ranks.count > 1:
            parts = self._ranks.gather((tally.loss_sum, tally.loss_examples))
            tally.loss_sum, tally.loss_examples = sum(one for one, _ in parts), sum(one for _, one in parts)


def _is_reported(plan: Plan) -> bool:
    return duties.wants_trained_losses(plan.stamped.policy)

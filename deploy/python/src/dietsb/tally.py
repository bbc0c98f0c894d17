"""Sums of an epoch."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from dietsb.wire import run_events_pb2 as wire

#: Most revisions that the figures of an epoch name.
MOST_REVISIONS = 256


@dataclasses.dataclass
class EpochTally:
    """What an epoch has cost and yielded so far.

    Attributes:
        epoch: from 1.
        seconds_before: of the epoch, in earlier attempts.
        kept: number of examples that the diet leaves in the epoch.
        share: share of these that was announced, in (0, 1].
    """

    epoch: int
    kept: int = 0
    batches: int = 0
    seen: int = 0
    selected: int = 0
    steps: int = 0
    backward_examples: int = 0
    selection_examples: int = 0
    scaled_selection_examples: float = 0.0
    loss_sum: float = 0.0
    loss_examples: int = 0
    learning_rate: float = 0.0
    mask_wait_seconds: float = 0.0
    mask_timeouts: int = 0
    seen_loss_sum: float = 0.0
    selected_loss_sum: float = 0.0
    selected_with_loss: int = 0
    selection_seconds: float = 0.0
    step_seconds: float = 0.0
    seconds_before: float = 0.0
    accuracy: float | None = None
    evaluation_seconds: float = 0.0
    share: float = 1.0
    revisions: list[int] = dataclasses.field(default_factory=list)

    def announced(self, examples: int, revision: int, losses: npt.NDArray[np.float32] | None, scale: float) -> None:
        """Adds an announced batch, with the losses of its selection pass, if it had one."""
        self.seen += examples
        if revision not in self.revisions:
            self.revisions.append(revision)
        if losses is not None:
            self.selection_examples += len(losses)
            self.scaled_selection_examples += len(losses) * scale * scale
            self.seen_loss_sum += float(losses.sum(dtype=np.float64))

    def masked(self, selected: npt.NDArray[np.bool_], losses: npt.NDArray[np.float32] | None) -> None:
        """Adds the mask of a batch."""
        count = int(np.count_nonzero(selected))
        self.selected += count
        if losses is not None:
            self.selected_with_loss += count
            self.selected_loss_sum += float(losses[selected].sum(dtype=np.float64))

    def figures(self, seconds: float) -> wire.Epoch:
        """Returns the message of this epoch.

        Args:
            seconds: from sending its opening to the end of its last step, without evaluations.
        """
        figures = wire.Epoch(
            epoch=self.epoch,
            learning_rate=self.learning_rate,
            seconds=seconds,
            seen=self.seen,
            selected=self.selected,
            steps=self.steps,
            backward_examples=self.backward_examples,
            selection_examples=self.selection_examples,
            mask_wait_seconds=self.mask_wait_seconds,
            mask_timeouts=self.mask_timeouts,
            policy_revisions=sorted(self.revisions)[:MOST_REVISIONS],
            evaluation_seconds=self.evaluation_seconds,
            selection_seconds=self.selection_seconds,
            step_seconds=self.step_seconds,
            scaled_selection_examples=self.scaled_selection_examples,
            share=self.share,
        )
        if self.accuracy is not None:
            figures.accuracy = self.accuracy
        if self.loss_examples:
            figures.train_loss = self.loss_sum / self.loss_examples
        if self.selection_examples:
            figures.mean_loss_seen = self.seen_loss_sum / self.selection_examples
        if self.selected_with_loss:
            figures.mean_loss_selected = self.selected_loss_sum / self.selected_with_loss
        return figures

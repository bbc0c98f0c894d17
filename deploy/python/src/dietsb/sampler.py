"""A sampler for data loaders of one's own, under policies that need no selection pass."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import Sampler

from dietsb.errors import InvalidArgument, require
from dietsb.sequencer import Announced

if TYPE_CHECKING:
    from dietsb.run import Run


class RunSampler(Sampler[int]):
    """Yields the indices of the examples to train on. Each iteration is the next epoch of the run, and ends the one before.

    It is made by :meth:`dietsb.Run.sampler`. A policy that judges by losses needs selection passes, and so ``epoch.batches``.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._epochs: Iterator[Any] | None = None
        self._weights: npt.NDArray[np.float32] | None = None
        self._yielded = 0
        self._skip = 0
        self._expected: int = run.settings.examples

    def __len__(self) -> int:
        """Number of examples of the running or the last epoch, an estimate until it is over; of the training set before the first."""
        return self._expected

    def __iter__(self) -> Iterator[int]:
        run = self._run
        if self._epochs is None:
            self._epochs = run.epochs()
        if next(self._epochs, None) is None:
            raise InvalidArgument(f"run {run.run_id} is over: its {run.settings.epochs} epochs are sampled")
        self._weights = None
        self._yielded = 0
        skip, self._skip = self._skip, 0
        for index in self._indices():
            self._yielded += 1
            if self._yielded > skip:
                yield index
        self._expected = self._yielded

    def _indices(self) -> Iterator[int]:
        run = self._run
        plan = run._plan
        assert plan is not None
        sequencer, tally, window = run._sequencer, run._tally, run.settings.window
        if plan.weights is not None:
            self._weights = plan.weights.copy()
        flight: deque[Announced] = deque()

        def announce(batch: int) -> None:
            planned = sequencer.plan(plan, batch)
            policy = planned.stamped.policy
            require(
                not policy.by_loss,
                "policy",
                policy.kind,
                "one without selection passes with a sampler: baseline, random, diet, diet-random, replay, infobatch or repb",
            )
            flight.append(sequencer.announce(tally, planned, None))

        for batch in range(min(window, plan.count)):
            announce(batch)
        sequencer.announce_in_time(tally.epoch, len(flight))
        for batch in range(plan.count):
            one = flight.popleft()
            mask = sequencer.await_mask(tally, one)
            if batch + window < plan.count:
                announce(batch + window)
            sequencer.announce_in_time(tally.epoch, len(flight))
            run._note_placed()
            run._done = batch + 1
            selected = one.plan.indices[mask.selected]
            if mask.weights is not None:
                if self._weights is None:
                    self._weights = np.ones(run.settings.examples, np.float32)
                self._weights[selected] *= mask.weights
            self._expected = round(len(plan.kept) * tally.selected / max(1, (batch + 1) * plan.size))
            yield from selected.tolist()
            run._note_position(batch + 1)
        run._end_batches()

    def weights(self, indices: torch.Tensor) -> torch.Tensor:
        """Returns the weights float32 [K] of examples [K] of the running epoch in the loss; all 1 for most policies."""
        if self._weights is None:
            return torch.ones(len(indices))
        return torch.from_numpy(self._weights[indices.cpu().numpy()])

    def trained(self, indices: torch.Tensor, losses: torch.Tensor) -> None:
        """Reports the losses of a training step. Infobatch and repb judge by them.

        Args:
            indices: int64 [K] places in the training set.
            losses: [K] cross-entropy in nats, before the step.
        """
        self._run._trained(indices, losses)

    def state_dict(self) -> dict[str, Any]:
        """Returns the place within the epoch: the number of indices yielded.

        A loader with workers draws ahead: save ``{"yielded": steps * batch_size}`` of the steps that were trained instead.
        """
        return {"yielded": self._yielded}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Passes over the indices that were yielded before, in the epoch that begins next."""
        require(state["yielded"] >= 0, "yielded", state["yielded"], "0 or more")
        self._skip = int(state["yielded"])

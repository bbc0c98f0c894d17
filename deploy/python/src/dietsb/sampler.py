"""A sampler for data loaders of one's own, under policies that need no selection pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import Sampler

from dietsb.arguments import check_without_losses
from dietsb.errors import InvalidArgument, require
from dietsb.plan import Plan

if TYPE_CHECKING:
    from dietsb.run import Run

Floats = npt.NDArray[np.float32]


class RunSampler(Sampler[int]):
    """Yields the indices of the examples to train on. Each iteration is the next epoch of the run, and ends the one before.

    It is made by :meth:`dietsb.Run.sampler`. A policy that judges by losses needs selection passes, and so ``epoch.batches``.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._epochs: Iterator[Any] | None = None
        self._weights: Floats | None = None
        self._drawn: list[int] = []
        self._yielded = 0
        self._again: dict[str, Any] | None = None
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
        again, self._again = self._again, None
        plan = run._course.plan
        assert plan is not None
        self._drawn = [] if again is None else again["drawn"].tolist()
        self._yielded = 0 if again is None else again["yielded"]
        self._weights = None if plan.weights is None else plan.weights.copy()
        if again is not None and again["weights"] is not None:
            self._weights = again["weights"].numpy().copy()
        slots = self._slots()
        while True:
            while self._yielded < len(self._drawn):
                self._yielded += 1
                yield self._drawn[self._yielded - 1]
            if next(slots, None) is None:
                break
        self._expected = self._yielded

    def _slots(self) -> Iterator[int]:
        """Draws what the next step slots select; yields the number of slots."""
        run = self._run
        course = run._course
        plan, tally, window = course.plan, course.tally, course.window
        assert plan is not None
        for slot in window.slots(plan, tally, lambda: None, _no_pass, check_without_losses):
            selected = slot.plan.indices[slot.mask.selected]
            if slot.mask.weights is not None:
                if self._weights is None:
                    self._weights = np.ones(run.settings.examples, np.float32)
                self._weights[selected] *= slot.mask.weights
            self._expected = round(len(plan.kept) * tally.selected / max(1, window.done * plan.size))
            self._drawn += selected.tolist()
            course.report_position()
            yield window.done

    def weights(self, indices: torch.Tensor) -> torch.Tensor:
        """Returns the weights float32 [K] of examples [K] of the running epoch in the loss; all 1 for most policies."""
        if self._weights is None:
            return torch.ones(len(indices))
        return torch.from_numpy(self._weights[indices.cpu().numpy()])

    def trained(self, indices: torch.Tensor, losses: torch.Tensor) -> None:
        """Reports the losses of a training step. Policies that judge an epoch by losses, such as infobatch, need them.

        Args:
            indices: int64 [K] places in the training set.
            losses: [K] cross-entropy in nats, before the step.
        """
        self._run._trained(indices, losses)

    def state_dict(self) -> dict[str, Any]:
        """Returns the place within the epoch, taken together with :meth:`dietsb.Run.state_dict`.

        ``yielded`` is the number of indices yielded. A loader may draw ahead: set it to the number of those that were trained.
        """
        weights = None if self._weights is None else torch.from_numpy(self._weights.copy())
        return {"yielded": self._yielded, "drawn": torch.tensor(self._drawn, dtype=torch.int64), "weights": weights}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on at a place, in the epoch that the state of the run is in."""
        drawn = len(state["drawn"])
        require(0 <= state["yielded"] <= drawn, "yielded", state["yielded"], f"[0, {drawn}]")
        self._again = dict(state)


def _no_pass(plan: Plan, content: Any) -> Floats:
    raise AssertionError("a policy without selection passes has none")

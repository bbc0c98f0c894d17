"""A run as the training data loader of a framework that has a loop of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import torch

from dietsb.batch import Batch
from dietsb.run import Run

LOG = logging.getLogger("dietsb")


class EpochLoader:
    """Yields the batches to train on. Each iteration is what is left of one epoch of the run.

    A framework that asks for the next batch has trained the last one. It must not draw ahead: the selection passes of later batches use
    the weights of that moment, and the state of the run is the one after the last step.

    Args:
        run: that goes on here.
        loader: a DataLoader over the run's dataset, or the dataset.
        losses: returns the losses [B] of a batch for its selection pass, in nats.
        device: where the batches are moved.

    Attributes:
        batch: that was yielded last.
    """

    def __init__(self, run: Run, loader: Any, losses: Callable[..., torch.Tensor], device: torch.device | str | None) -> None:
        self.run = run
        self.batch: Batch | None = None
        self._loader = loader
        self._losses = losses
        self._device = device
        self._epochs = run.epochs()
        self._batches: Iterator[Batch] | None = None
        self._count = 0

    def begin(self) -> bool:
        """Begins the next epoch unless one goes on; returns whether there is one."""
        if self._batches is not None:
            return True
        epoch = next(self._epochs, None)
        if epoch is None:
            return False
        self._count = epoch.count
        self._batches = epoch.batches(self._loader, self._losses, device=self._device)
        return True

    def __len__(self) -> int:
        """Number of batches of the epoch that goes on, at most: one of which nothing is selected is not yielded."""
        self.begin()
        return self._count

    def __iter__(self) -> Iterator[Batch]:
        # An epoch of which nothing is left was saved after its last step. The framework counts it as over.
        found = False
        while not found and self.begin():
            assert self._batches is not None
            for batch in self._batches:
                found = True
                self.batch = batch
                yield batch
            self._batches = None

    def end_epoch(self) -> None:
        """Ends the batches of the epoch, before the framework evaluates it."""
        if self._batches is None:
            return
        if self.run._course.window.done < self._count:
            LOG.warning("run %s: the training has left an epoch before its last batch", self.run.run_id)
        else:
            next(self._batches, None)
        self._batches = None

    def end(self) -> None:
        """Ends the run: as completed if its last epoch is over, else as cancelled."""
        self.end_epoch()
        if self.run._course.is_spent:
            next(self._epochs, None)
        self.run.close()

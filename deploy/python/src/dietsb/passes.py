"""Loads the batches of a run, and computes the losses of its selection passes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from dietsb import data as batches_of
from dietsb.batch import Floats
from dietsb.distributed import Ranks
from dietsb.errors import InvalidArgument
from dietsb.plan import Plan, Settings
from dietsb.tally import EpochTally


class Passes:
    """The selection passes of a run, each process its share of a batch.

    Args:
        ranks: the processes of the run.
        settings: of the run.
    """

    def __init__(self, ranks: Ranks, settings: Settings) -> None:
        self._ranks = ranks
        self._settings = settings
        self._loaders: dict[int, tuple[Any, Any, batches_of.RunBatches]] = {}

    def load(self, loader: Any, epoch: int, indices: list[list[int]], device: torch.device | str | None) -> Iterator[Any]:
        """Yields batches of examples as a loader would load them.

        Args:
            loader: a DataLoader or a dataset.
            epoch: from 1.
            indices: the batches.
            device: where they are moved; None = they stay where the loader puts them.
        """
        known = self._loaders.get(id(loader))
        if known is None:
            own = batches_of.RunBatches()
            known = (loader, batches_of.loader_by(loader, own, self._settings.examples), own)
            self._loaders[id(loader)] = known
        known[2].batches = indices
        known[2].generator.manual_seed((self._settings.seed * 1_000_003 + epoch) % (1 << 63))
        return (batches_of.moved(batch, device) for batch in known[1])

    def judge(
        self,
        tally: EpochTally,
        plan: Plan,
        batch: Any,
        losses: Callable[..., torch.Tensor],
        model: torch.nn.Module | None,
    ) -> Floats:
        """Returns the losses [B] of a batch on the process that speaks with the selector, those of this process on the others.

        Args:
            tally: of the epoch.
            plan: of the batch.
            batch: what this process loaded of it.
            losses: computes them.
            model: what they are computed with; None = whatever is called.

        Raises:
            InvalidArgument: if there is not one loss for each example.
        """
        started = time.monotonic()
        with batches_of.selection_pass(model):
            found = batches_of.call(losses, batches_of.scaled(batch, plan.stamped.policy.selection_scale))
        rank, count = self._ranks.rank, self._ranks.count
        size = max(1, len(plan.indices[rank::count]))
        if not isinstance(found, torch.Tensor) or found.shape != (size,):
            shape = list(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
            raise InvalidArgument(
                f'losses returns {shape}, allowed is a tensor [{size}]: one loss for each example, as of a criterion with reduction="none"'
            )
        mine: Floats = found.detach().to("cpu", torch.float32).numpy()
        tally.selection_seconds += time.monotonic() - started
        if count == 1:
            return mine
        whole = np.empty(len(plan.indices), np.float32)
        for other, part in enumerate(self._ranks.gather(mine)):
            places = whole[other::count]
            places[:] = part[: len(places)]
        return whole

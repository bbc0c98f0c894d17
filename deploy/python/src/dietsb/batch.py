"""A batch to train on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from dietsb.errors import InvalidArgument

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


class Batch:
    """A batch to train on: the selected examples of an announced batch.

    Attributes:
        data: what the loader collated, with the selected examples only.
        indices: int64 [K], their places in the training set.
        weights: float32 [K], their weights in the loss; None = all 1.
        progress: share of the run that was announced before this batch, in [0, 1).
    """

    def __init__(
        self, data: Any, indices: Indices, weights: Floats | None, progress: float, divisor: float | None = None, real: bool = True
    ) -> None:
        self._divisor = divisor
        self._real = real
        self.data = data
        self.indices = torch.from_numpy(indices)
        self.weights = None if weights is None else torch.from_numpy(weights)
        self.progress = progress
        self._losses: torch.Tensor | None = None

    @property
    def x(self) -> Any:
        """First item of a batch that is a tuple or list, usually the inputs [K, ...]."""
        return self._item(0)

    @property
    def y(self) -> Any:
        """Second item of a batch that is a tuple or list, usually the classes [K]."""
        return self._item(1)

    def _item(self, place: int) -> Any:
        if not isinstance(self.data, (tuple, list)) or len(self.data) <= place:
            raise InvalidArgument(f"a batch of this loader has no item {place}: use batch.data")
        return self.data[place]

    def __len__(self) -> int:
        return len(self.indices)

    def reduce(self, losses: torch.Tensor) -> torch.Tensor:
        """Returns the loss of the batch, the sum of weight times loss divided by K, and reports the losses.

        In several processes it is divided so that the mean of the gradients over all processes is that of the whole batch.

        Args:
            losses: [K], one for each example of the batch (``reduction="none"``).

        Raises:
            InvalidArgument: if there is not one loss for each example.
        """
        if losses.dim() != 1 or len(losses) != len(self.indices):
            raise InvalidArgument(
                f"losses has shape {list(losses.shape)}, allowed is [{len(self.indices)}]: one loss for each example of"
                ' the batch, as of a criterion with reduction="none"'
            )
        self._losses = losses.detach()
        weighted = losses if self.weights is None else losses * self.weights.to(losses.device, losses.dtype)
        if self._divisor is not None:
            reduced: torch.Tensor = weighted.sum() / self._divisor
            return reduced
        return losses.mean() if self.weights is None else weighted.sum() / len(losses)

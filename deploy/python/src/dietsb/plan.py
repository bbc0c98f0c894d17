"""What is fixed before a batch is announced: the settings of its run, the batches of its epoch, its own place and policy."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from dietsb.chain import Stamped
from dietsb.policy import Policy

Indices = npt.NDArray[np.int64]
Losses = npt.NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Settings:
    """What does not change during a run.

    Attributes:
        examples: size of the unpruned training set.
        window: number of batches under way, in [1, 64]; 1 = exact Selective-Backprop.
        on_timeout: what to do with a batch whose mask does not come in time: ``whole``, ``random`` or ``wait``.
        mask_timeout: seconds to wait for the mask of a batch.
    """

    run_id: str
    examples: int
    seed: int
    epochs: int
    batch_size: int
    window: int
    first_policy: Policy
    on_timeout: str
    mask_timeout: float


@dataclasses.dataclass(frozen=True)
class EpochPlan:
    """The batches of an epoch.

    Attributes:
        number: from 1.
        kept: [K] examples that the diet leaves, ascending.
        shuffled: [K] the same in the order of the epoch.
        weights: [N] weight of each example of the training set in the loss; None = all 1.
        size: examples of a full batch.
    """

    number: int
    kept: Indices
    shuffled: Indices
    weights: Losses | None
    size: int

    @property
    def count(self) -> int:
        """Number of batches."""
        return -(-len(self.shuffled) // self.size)

    def indices(self, batch: int) -> Indices:
        """Returns the examples of a batch."""
        return self.shuffled[batch * self.size : (batch + 1) * self.size]


@dataclasses.dataclass(frozen=True)
class Plan:
    """A batch that is about to be announced: its place in the run and its policy are fixed.

    Attributes:
        batch: from 0, within the epoch.
        progress: share of the run that was announced before, in [0, 1).
        stamped: the policy that judges it.
        indices: [B] its examples.
        whole: whether it is trained whole, whatever the policy.
        selection_pass: whether losses are needed.
    """

    batch: int
    progress: float
    stamped: Stamped
    indices: Indices
    whole: bool
    selection_pass: bool


@dataclasses.dataclass(frozen=True)
class Announced:
    """A batch between its announcement and its step slot, with the losses of its selection pass, if it had one."""

    plan: Plan
    losses: Losses | None

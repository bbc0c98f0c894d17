"""A training data loader for Lightning that yields what the selector chooses. Needs lightning 2, or pytorch-lightning 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch

from dietsb import duties
from dietsb.batch import Batch
from dietsb.errors import require
from dietsb.loader import EpochLoader
from dietsb.policy import Policy
from dietsb.run import Run

try:
    from lightning.pytorch import Callback
except ImportError:
    from pytorch_lightning import Callback


class RunLoader(Callback):
    """The training data loader of a Trainer, and a callback of it: ``Trainer(callbacks=[loader])``, ``trainer.fit(model, loader)``.

    Each item is a :class:`dietsb.Batch`; ``training_step`` returns ``batch.reduce(losses)``. ``max_epochs`` of the Trainer is the length of
    the run. Checkpoints of the Trainer have the state of the run, and ``fit(ckpt_path=...)`` goes on after the step at which a checkpoint
    was saved.

    Args:
        loader: a DataLoader over the training set, or the training set. Its order and batch size are replaced by the run's.
        policy: what to leave out, as of :class:`dietsb.Run`.
        losses: returns the losses [B] of a batch, in nats, for selection passes. It gets the items of the batch.
        batch_size: number of examples announced for each batch.
        accuracy: name of the logged metric that is the accuracy on the validation set; None = none.
        more: further arguments of :class:`dietsb.Run`, for example ``run_id`` and ``window``.

    Attributes:
        run: that goes on, or went on last; None before ``fit``.
    """

    def __init__(
        self,
        loader: Any,
        policy: Policy | None,
        losses: Callable[..., torch.Tensor],
        *,
        batch_size: int,
        accuracy: str | None = None,
        **more: Any,
    ) -> None:
        accumulates = policy is not None and duties.accumulates(policy)
        require(not accumulates, "batching", "accumulate", "shrink with Lightning, which counts the batches of an epoch ahead")
        self.run: Run | None = None
        self._given = loader
        self._policy = policy
        self._losses = losses
        self._arguments = {"batch_size": batch_size, **more}
        self._accuracy = accuracy
        self._saved: dict[str, Any] | None = None
        self._loader: EpochLoader | None = None
        self._trainer: Any = None

    # ---- the data loader

    def _opened(self) -> EpochLoader:
        if self._loader is None:
            trainer = self._trainer
            require(trainer is not None, "callbacks", "without this loader", "Trainer(callbacks=[loader]) with the loader given to fit")
            dataset = getattr(self._given, "dataset", self._given)
            settings = {"epochs": trainer.max_epochs, "model_name": type(trainer.lightning_module).__name__, **self._arguments}
            self.run = Run(dataset, self._policy, state=self._saved, **settings)
            self._saved = None
            self._loader = EpochLoader(self.run, self._given, self._losses, trainer.strategy.root_device)
        return self._loader

    def __len__(self) -> int:
        """Number of batches of the epoch that goes on."""
        return len(self._opened())

    def __iter__(self) -> Iterator[Batch]:
        return iter(self._opened())

    # ---- the callback

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """Checks how the Trainer is set."""
        if stage != "fit":
            return
        require(trainer.max_epochs is not None and trainer.max_epochs > 0, "max_epochs", trainer.max_epochs, "the length of the run")
        require(trainer.max_steps == -1, "max_steps", trainer.max_steps, "none: a run has max_epochs epochs")
        steps = trainer.accumulate_grad_batches
        require(steps == 1, "accumulate_grad_batches", steps, "1: the losses of a batch are those of one step")
        self._trainer = trainer
        self._loader = None

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """Tells the Trainer the number of batches, which differs between epochs under some policies."""
        count = trainer.fit_loop.max_batches = len(self)
        if isinstance(trainer.val_check_interval, float):
            trainer.val_check_batch = max(1, int(count * trainer.val_check_interval))

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Reports the accuracy."""
        value = None if self._accuracy is None else trainer.callback_metrics.get(self._accuracy)
        if self._loader is not None and value is not None:
            self._loader.run.report(accuracy=float(value))

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Ends the batches of the epoch, and reports the learning rate."""
        loader = self._opened()
        loader.end_epoch()
        if trainer.optimizers:
            loader.run.report(learning_rate=trainer.optimizers[0].param_groups[0]["lr"])

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Ends the run."""
        if self._loader is not None:
            self._loader.end()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Ends the run with the reason."""
        if self.run is not None:
            self.run._ended_by(exception)

    # ---- checkpoints

    def state_dict(self) -> dict[str, Any]:
        """Returns the state of the run after the last step; empty if none goes on."""
        return {} if self._loader is None or self._loader.run.is_over else self._loader.run.state_dict()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from a state when the training begins."""
        if self._loader is None:
            self._saved = state_dict or None

"""A Trainer of Hugging Face's transformers that trains on what the selector chooses. Needs transformers 5 and accelerate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers.trainer_utils import get_last_checkpoint

from dietsb.errors import InvalidArgument, require
from dietsb.loader import EpochLoader
from dietsb.policy import Policy
from dietsb.run import Run

#: The file of the run's state in a checkpoint.
STATE = "dietsb.pt"


def class_losses(model: Any, inputs: Mapping[str, Any]) -> torch.Tensor:
    """Returns the cross-entropy [B] of a model that classifies, in nats.

    Args:
        model: that returns ``logits`` [B, C].
        inputs: its inputs, with the classes [B] as ``labels``.

    Raises:
        InvalidArgument: if labels or logits have another shape.
    """
    labels = inputs.get("labels")
    outputs = model(**{name: value for name, value in inputs.items() if name != "labels"})
    logits = outputs["logits"] if isinstance(outputs, Mapping) else outputs[0]
    if labels is None or labels.dim() != 1 or logits.dim() != 2:
        found = None if labels is None else list(labels.shape)
        raise InvalidArgument(
            f"losses is missing for labels of shape {found} and logits of shape {list(logits.shape)}, allowed without it are [B] and"
            " [B, C]: give a function of model and inputs that returns one loss for each example"
        )
    return torch.nn.functional.cross_entropy(logits, labels, reduction="none")


class RunTrainer(transformers.Trainer):
    """Trains as one run. Order and selection of the training examples are the run's, all else is the Trainer's.

    The run has ``args.num_train_epochs`` epochs and batches of ``args.train_batch_size`` examples on each process. Each checkpoint has
    its state, and ``train(resume_from_checkpoint=...)`` goes on after the step at which the checkpoint was saved.

    Args:
        policy: what to leave out, as of :class:`dietsb.Run`.
        losses: returns the losses [B] of model and inputs, in nats, for selection passes and steps; None = :func:`class_losses`.
        run: further arguments of :class:`dietsb.Run`, for example ``{"run_id": "mine", "window": 8}``.
        more: arguments of :class:`transformers.Trainer`, by name.

    Attributes:
        run: that goes on, or went on last; None before :meth:`train`.

    Raises:
        InvalidArgument: if the Trainer is set to something that a run cannot do.
    """

    def __init__(
        self,
        *,
        policy: Policy | None = None,
        losses: Callable[[Any, Mapping[str, Any]], torch.Tensor] = class_losses,
        run: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        args = self.args
        require(args.num_train_epochs == int(args.num_train_epochs), "num_train_epochs", args.num_train_epochs, "a whole number")
        require(args.max_steps <= 0, "max_steps", args.max_steps, "none: a run has num_train_epochs epochs")
        steps = args.gradient_accumulation_steps
        require(steps == 1, "gradient_accumulation_steps", steps, "1: the losses of a batch are those of one step")
        require(not args.auto_find_batch_size, "auto_find_batch_size", True, "False: the batches of a run have one size")
        require(args.label_smoothing_factor == 0, "label_smoothing_factor", args.label_smoothing_factor, "0: smooth in losses=")
        require(self.compute_loss_func is None, "compute_loss_func", "set", "none: give losses=, one loss for each example")
        self.run: Run | None = None
        self._policy = policy
        self._losses = losses
        self._run_arguments = dict(run or {})
        self._epoch_loader: EpochLoader | None = None
        self._inputs: _Inputs | None = None
        self.add_callback(_Reports(self))

    def train(self, resume_from_checkpoint: str | bool | None = None, *more: Any, **options: Any) -> Any:
        """Trains as :meth:`transformers.Trainer.train` does.

        Raises:
            RunEnded: if the run is refused, cancelled, or begun again elsewhere.
        """
        args = self.args
        if resume_from_checkpoint is True:
            resume_from_checkpoint = get_last_checkpoint(args.output_dir)
            require(
                resume_from_checkpoint is not None, "resume_from_checkpoint", True, f"a checkpoint in {args.output_dir}, which has none"
            )
        saved = self._saved(resume_from_checkpoint) if resume_from_checkpoint else None
        # The place within the epoch is the run's.
        args.ignore_data_skip = True
        settings = {
            "epochs": int(args.num_train_epochs),
            "batch_size": args.train_batch_size * args.world_size,
            "seed": args.seed,
            "learning_rate": args.learning_rate,
            "model_name": type(self.model).__name__,
            **self._run_arguments,
        }
        state = None if saved is None else saved["run"]
        with Run(self.train_dataset, self._policy, state=state, **settings) as run:
            self.run = run
            loader = super().get_train_dataloader()
            self._epoch_loader = EpochLoader(run, loader, self._judge, args.device)
            self._inputs = _Inputs(self._epoch_loader, self.train_dataset, None if saved is None else saved["length"])
            trained = super().train(resume_from_checkpoint, *more, **options)
            self._epoch_loader.end()
        return trained

    def _saved(self, checkpoint: Any) -> dict[str, Any]:
        file = Path(checkpoint) / STATE
        require(file.exists(), "resume_from_checkpoint", checkpoint, f"a checkpoint of a RunTrainer, which has {STATE}")
        saved: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
        return saved

    def _judge(self, inputs: Mapping[str, Any]) -> torch.Tensor:
        with self.compute_loss_context_manager():
            return self._losses(self.model, inputs)

    def get_train_dataloader(self) -> Any:
        """Returns the batches of the run while it trains."""
        return super().get_train_dataloader() if self._inputs is None else self._inputs

    def compute_loss(self, model: Any, inputs: Any, return_outputs: bool = False, **more: Any) -> Any:
        """Returns the loss: of a batch of the run the weighted mean of its losses, and otherwise the Trainer's."""
        batch = None if self._epoch_loader is None else self._epoch_loader.batch
        if batch is None or not model.training or return_outputs:
            return super().compute_loss(model, inputs, return_outputs, **more)
        return batch.reduce(self._losses(model, inputs))


class _Inputs:
    """The batches of a run as the inputs of a model.

    Args:
        loader: of the run.
        dataset: whose length the Trainer logs.
        length: number of batches of an epoch, for the Trainer's number of steps; None = that of the first one.
    """

    def __init__(self, loader: EpochLoader, dataset: Any, length: int | None) -> None:
        self.dataset = dataset
        self.length = length or len(loader)
        self._loader = loader

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Any:
        return (batch.data for batch in self._loader)


class _Reports(transformers.TrainerCallback):
    """Reports the epochs of a Trainer to its run, and saves the state of the run in each checkpoint."""

    def __init__(self, trainer: RunTrainer) -> None:
        self._trainer = trainer

    def on_epoch_end(self, args: Any, state: Any, control: Any, lr_scheduler: Any = None, **more: Any) -> None:
        loader = self._trainer._epoch_loader
        assert loader is not None
        loader.end_epoch()
        if lr_scheduler is not None:
            loader.run.report(learning_rate=lr_scheduler.get_last_lr()[0])

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **more: Any) -> None:
        loader = self._trainer._epoch_loader
        if loader is not None and metrics is not None and "eval_accuracy" in metrics:
            loader.run.report(accuracy=metrics["eval_accuracy"])

    def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        loader, inputs = self._trainer._epoch_loader, self._trainer._inputs
        assert loader is not None and inputs is not None
        saved = loader.run.state_dict()
        if state.is_world_process_zero:
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            torch.save({"run": saved, "length": inputs.length}, folder / STATE)

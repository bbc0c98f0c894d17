"""A training run in a PyTorch loop, with masks from the selector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from dietsb import arguments, duties
from dietsb.attempt import Attempt, Opening
from dietsb.batch import Batch, Floats
from dietsb.course import Course
from dietsb.distributed import Ranks
from dietsb.errors import DietsbError, InvalidArgument, require
from dietsb.inbox import BatchMask
from dietsb.passes import Passes
from dietsb.plan import Plan, Settings
from dietsb.policy import Policy, baseline
from dietsb.report import RunReport
from dietsb.sampler import RunSampler
from dietsb.sequencer import Sequencer
from dietsb.state import STATE_VERSION, checked, packed
from dietsb.steps import weights_of

if TYPE_CHECKING:
    from dietsb.metrics import Meters


class Epoch:
    """An epoch of a run.

    Attributes:
        number: from 1.
    """

    def __init__(self, run: Run, number: int) -> None:
        self._run = run
        self.number = number

    @property
    def progress(self) -> float:
        """Share of the run that is done when the epoch begins, in [0, 1)."""
        epochs: int = self._run.settings.epochs
        return (self.number - 1) / epochs

    @property
    def count(self) -> int:
        """Number of batches that the epoch announces; fewer are yielded where nothing of a batch is selected."""
        plan = self._run._course.plan
        assert plan is not None
        return plan.count

    @property
    def kept(self) -> torch.Tensor:
        """The examples that are left in the epoch, int64 [K], ascending."""
        plan = self._run._course.plan
        assert plan is not None
        return torch.from_numpy(plan.kept)

    def batches(
        self,
        loader: Any,
        losses: Callable[..., torch.Tensor],
        model: torch.nn.Module | None = None,
        device: torch.device | str | None = None,
    ) -> Iterator[Batch]:
        """Yields the batches to train on, in the order of the epoch. A batch of which nothing is selected is not yielded.

        Args:
            loader: a DataLoader over the run's dataset, or the dataset. Its order and batch size are replaced by the run's.
            losses: returns the losses [B] of a batch, in nats. It gets the items of the batch, and runs without gradients and with all
                modules in eval mode. Called only for batches whose policy judges by losses.
            model: what ``losses`` computes with. Needed only for a compiled or scripted model, whose modules cannot be seen.
            device: where the batches are moved; None = they stay where the loader puts them.
        """
        return self._run._train(loader, losses, model, device)


class Run:
    """A run: registers itself at the selector, and asks it what to train on. Use it as a context manager, so that a failure is reported.

    Args:
        dataset: the training set; only its length, and its ``targets`` or ``labels``, are used. Or its number of examples.
        policy: what to leave out, for example ``dietsb.selective(keep=.5)``; None = the selector's policy for new runs. It can be
            swapped while the run goes on.
        epochs: length of the run, in [1, 100000].
        batch_size: number of examples announced for each batch, in [1, 65536].
        run_id: a name, as ``[a-z0-9][a-z0-9.-]{0,79}``; None = made up of dataset and policy.
        seed: determines the order of examples and, with the losses, every mask.
        window: number of batches under way, in [1, 64]. 1 = exact Selective-Backprop; with a larger window the masks' travel costs no
            time, and losses are up to window - 1 steps old.
        on_timeout: what to do with a batch whose mask does not come in time: train it ``whole``, train a ``random`` share, or ``wait``.
        mask_timeout: seconds to wait for the mask of a batch.
        kafka: ``host:port`` of the brokers; None = the value of DIETSB_KAFKA, or else ``localhost:9092``. For a broker of this machine
            the login that ``deploy/dietsb up`` made is used, unless kafka_settings are given.
        kafka_settings: further settings of librdkafka, for example for TLS and SASL.
        dataset_name: name of the dataset; None = that of its class.
        model_name: shown with the run.
        learning_rate: at the begin, shown with the run.
        tags: words by which the run is found: at most 8, each as ``[a-z0-9._-]{1,40}``. A resumed run keeps those of its begin.
        metrics: meters for Prometheus, from :class:`dietsb.metrics.Meters`.
        state: from :meth:`state_dict`, to go on exactly there; None = from the beginning.

    Raises:
        InvalidArgument: if an argument is out of its range.
        Unavailable: if Kafka cannot be reached.
    """

    def __init__(
        self,
        dataset: Any,
        policy: Policy | None = None,
        *,
        epochs: int,
        batch_size: int,
        run_id: str | None = None,
        seed: int = 0,
        window: int = 4,
        on_timeout: str = "whole",
        mask_timeout: float = 30.0,
        kafka: str | None = None,
        kafka_settings: Mapping[str, Any] | None = None,
        dataset_name: str | None = None,
        model_name: str = "pytorch",
        learning_rate: float = 0.1,
        tags: Sequence[str] = (),
        metrics: Meters | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        identity, labels = arguments.identity_of(dataset, dataset_name)
        first = policy or baseline()
        wanted = Settings(run_id or "", identity.count, seed, epochs, batch_size, window, first, on_timeout, mask_timeout)
        arguments.check(wanted, run_id, learning_rate, model_name, tags)
        ranks = self._ranks = Ranks()
        saved = None if state is None or not ranks.leads else checked(state)
        self._attempt: Attempt | None = None
        self._is_over = False
        self._masked: tuple[Plan, BatchMask] | None = None

        def opened() -> tuple[Settings, tuple[Any, ...]]:
            opening = Opening(wanted, policy, identity, model_name, learning_rate, tuple(tags), saved, ranks.count)
            self._attempt = attempt = Attempt(opening, kafka, kafka_settings)
            report = RunReport(attempt.news, attempt.sequencer, labels, metrics)
            self._course = Course(ranks, attempt.settings, attempt, report, learning_rate)
            if saved is not None:
                self._course.restore(saved)
            return attempt.settings, self._course.share()

        self.settings, place = ranks.lead(opened)
        self.run_id = self.settings.run_id
        self._passes = Passes(ranks, self.settings)
        if not ranks.leads:
            self._course = Course(ranks, self.settings, None, None, learning_rate)
            self._course.follow(place)

    # ---- the loop

    def epochs(self) -> Iterator[Epoch]:
        """Yields the epochs that are left. When the last one is over, the run is completed.

        Raises:
            RunEnded: if the run is refused, cancelled, or begun again elsewhere.
        """
        self._require_open()
        course = self._course
        while course.in_epoch or course.number < self.settings.epochs:
            if not course.in_epoch:
                course.start_epoch()
            yield Epoch(self, course.number)
            self._require_open()
            course.end_epoch()
        self._complete()

    def _train(
        self,
        loader: Any,
        losses: Callable[..., torch.Tensor],
        model: torch.nn.Module | None,
        device: torch.device | str | None,
    ) -> Iterator[Batch]:
        self._require_open()
        course, ranks = self._course, self._ranks
        plan, tally = course.plan, course.tally
        if plan is None or not course.has_batches:
            raise InvalidArgument("batches() is called outside of its epoch, allowed is once within `for epoch in run.epochs()`")
        mine = [course.steps.mine(plan.indices(batch)).tolist() for batch in range(course.window.done, plan.count)]
        source = self._passes.load(loader, plan.number, mine, device)

        def judge(planned: Plan, batch: Any) -> Floats:
            return self._passes.judge(tally, planned, batch, losses, model)

        def check(policy: Policy) -> None:
            arguments.check_policy(policy, ranks.count)

        for slot in course.window.slots(plan, tally, lambda: next(source), judge, check):
            yield from course.steps.spend(slot, plan)
            course.report_position()
        yield from course.steps.spend_queue()
        course.end_batches()

    # ---- batches of one's own

    def mask(self, indices: Any, losses: torch.Tensor | None = None) -> torch.Tensor:
        """Announces a batch of one's own choice within an epoch, and waits for its mask.

        Args:
            indices: [B] different places in the training set, of those that the epoch keeps; at most a batch.
            losses: [B] in nats; None if the policy needs none.

        Returns:
            bool [B]: whether to train on an example.
        """
        self._require_open()
        self._require_alone("mask()")
        course = self._course
        if course.plan is None:
            raise InvalidArgument("mask() is called outside of an epoch, allowed is within `for epoch in run.epochs()`")
        places = arguments.check_places(indices, course.plan.kept, self.settings.batch_size)
        planned = self._sequencer.plan_of(course.number, course.window.done, course.progress, places)
        found: Floats | None = None
        if losses is not None:
            require(losses.shape == (len(places),), "losses", f"of shape {list(losses.shape)}", f"[{len(places)}]")
            found = losses.detach().to("cpu", torch.float32).numpy()
        elif planned.selection_pass:
            raise InvalidArgument(f"losses is None, allowed are the losses of the batch: policy {planned.stamped.policy.kind} needs them")
        mask = course.window.single(course.tally, planned, found if planned.selection_pass else None)
        self._masked = planned, mask
        course.report_position()
        return torch.from_numpy(mask.selected)

    def reduce(self, losses: torch.Tensor) -> torch.Tensor:
        """Returns the loss of what the last :meth:`mask` selected, and reports the losses.

        Args:
            losses: [K], one for each selected example, in order.
        """
        epoch = self._course.plan
        if self._masked is None or epoch is None:
            raise InvalidArgument("reduce() is called before mask()")
        planned, mask = self._masked
        indices = planned.indices[mask.selected]
        batch = Batch(None, indices, weights_of(epoch, indices, mask), planned.progress)
        reduced = batch.reduce(losses)
        self._course.steps.take(batch, duties.wants_trained_losses(planned.stamped.policy))
        return reduced

    def sampler(self) -> RunSampler:
        """Returns a sampler for a DataLoader of one's own, under a policy that needs no selection pass."""
        self._require_open()
        self._require_alone("sampler()")
        return RunSampler(self)

    def _require_alone(self, what: str) -> None:
        if self._ranks.count > 1:
            raise InvalidArgument(f"{what} is called in a run of {self._ranks.count} processes, allowed is one: use epoch.batches")

    def _trained(self, indices: torch.Tensor, losses: torch.Tensor) -> None:
        """Takes the losses of a step of a loop of one's own."""
        batch = Batch(None, np.asarray(indices.cpu(), dtype=np.int64), None, 0.0)
        batch.reduce(losses)
        self._course.steps.take(batch, duties.wants_trained_losses(self._sequencer.opened_policy))

    def report(self, accuracy: float | None = None, learning_rate: float | None = None) -> None:
        """Reports figures of the epoch.

        Args:
            accuracy: on the test set, in [0, 1].
            learning_rate: of the last step.
        """
        if accuracy is not None:
            require(0 <= accuracy <= 1, "accuracy", accuracy, "[0, 1]")
            self._course.tally.accuracy = float(accuracy)
        if learning_rate is not None:
            require(0 <= learning_rate < 1e6, "learning_rate", learning_rate, "[0, 1000000)")
            self._course.learning_rate = self._course.tally.learning_rate = float(learning_rate)

    @property
    def is_over(self) -> bool:
        """Whether the run has ended on this process."""
        return self._is_over

    @property
    def mask_wait_seconds(self) -> float:
        """Seconds that the running or last epoch has waited for masks."""
        return self._course.tally.mask_wait_seconds

    # ---- state

    def state_dict(self) -> dict[str, Any]:
        """Returns the state of the run between two batches, for :func:`torch.save` beside those of model and optimizer.

        Taken in the body of the loop after the optimizer's step, it is one after that step. It contains the selector's state at the last
        barrier and what was announced since. In several processes all of them take it; only that of the first one has a content.
        """
        self._require_open()
        course = self._course.state()
        if not self._ranks.leads:
            return {}
        settings = self.settings
        state: dict[str, Any] = packed(
            {
                "version": STATE_VERSION,
                "run_id": self.run_id,
                "policy": settings.first_policy.to_wire().SerializeToString(),
                **{field: getattr(settings, field) for field in ("seed", "epochs", "batch_size", "window", "examples")},
                **course,
            }
        )
        return state

    # ---- the end

    @property
    def _sequencer(self) -> Sequencer:
        assert self._attempt is not None
        return self._attempt.sequencer

    def _require_open(self) -> None:
        if self._is_over:
            raise InvalidArgument(f"run {self.run_id} is over")
        self._ranks.lead(lambda: self._sequencer.check())

    def _complete(self) -> None:
        self._is_over = True
        if self._attempt is not None:
            self._attempt.complete()

    def close(self) -> None:
        """Ends the run unless it is over: as completed after the last batch of its last epoch, else as cancelled. Twice does no harm."""
        if not self._is_over and self._ranks.count == 1 and self._course.is_spent:
            try:
                self._course.end_epoch()
            except DietsbError as error:
                self._ended_by(error)
                raise
            self._complete()
        self._is_over = True
        if self._attempt is not None:
            self._attempt.cancel("closed by its loop before its last epoch")

    def fail(self, reason: str) -> None:
        """Ends the run as failed unless it is over."""
        self._is_over = True
        if self._attempt is not None:
            self._attempt.fail(reason)

    def detach(self) -> None:
        """Leaves the run as it is, to be resumed by another process with its state. Nothing more is written."""
        self._is_over = True
        if self._attempt is not None:
            self._attempt.detach()

    def _ended_by(self, error: BaseException) -> None:
        self._is_over = True
        if self._attempt is not None:
            self._attempt.ended_by(error)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            self._ended_by(error)
        else:
            self.close()

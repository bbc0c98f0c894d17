"""A training run in a PyTorch loop, with masks from the selector."""

from __future__ import annotations

import atexit
import dataclasses
import functools
import logging
import math
import re
import secrets
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch

from dietsb import data as batches_of
from dietsb import duties
from dietsb.chain import Stamped
from dietsb.distributed import Ranks
from dietsb.errors import Cancelled, DietsbError, Fenced, InvalidArgument, require
from dietsb.inbox import BatchMask
from dietsb.kafka import Connection
from dietsb.losslog import ON_TIMEOUT
from dietsb.news import RunNews, is_over, known_run
from dietsb.policy import Policy, baseline
from dietsb.sampler import RunSampler
from dietsb.sequencer import Announced, EpochPlan, Plan, PolicyFeed, Sequencer, Settings, position
from dietsb.stamps import Stamps
from dietsb.tally import EpochTally
from dietsb.wire import batch_losses_pb2, run_events_pb2, selector_policies_pb2, training_orders_pb2

LOG = logging.getLogger("dietsb")
_NOTHING = np.empty(0, np.int64)
_NO_LOSSES = np.empty(0, np.float32)
if TYPE_CHECKING:
    from dietsb.metrics import Meters

RUN_ID = re.compile("[a-z0-9][a-z0-9.-]{0,79}")
STATE_VERSION = 1

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
        kafka: ``host:port`` of the brokers; None = the value of DIETSB_KAFKA, or else ``localhost:9092``.
        kafka_settings: further settings of librdkafka, for example for TLS and SASL.
        dataset_name: name of the dataset; None = that of its class.
        model_name: shown with the run.
        learning_rate: at the begin, shown with the run.
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
        metrics: Meters | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        examples = dataset if isinstance(dataset, int) else len(dataset)
        labels = None if isinstance(dataset, int) else batches_of.labels_of(dataset)
        require(1 <= examples < 1 << 31, "dataset", f"{examples} examples", "[1, 2147483647]")
        require(1 <= epochs <= 100_000, "epochs", epochs, "[1, 100000]")
        require(1 <= batch_size <= 65_536, "batch_size", batch_size, "[1, 65536]")
        require(1 <= window <= 64, "window", window, "[1, 64]")
        require(-(1 << 63) <= seed < 1 << 63, "seed", seed, "a signed 64-bit integer")
        require(on_timeout in ON_TIMEOUT, "on_timeout", on_timeout, "one of " + ", ".join(ON_TIMEOUT))
        require(0 < mask_timeout <= 86_400, "mask_timeout", mask_timeout, "(0, 86400] seconds")
        require(0 < learning_rate < 1e6, "learning_rate", learning_rate, "(0, 1000000)")
        require(len(model_name) <= 80, "model_name", f"{len(model_name)} characters", "80 or fewer")
        require(run_id is None or bool(RUN_ID.fullmatch(run_id)), "run_id", run_id, RUN_ID.pattern)
        name = dataset_name or ("dataset" if isinstance(dataset, int) else batches_of.name_of(dataset))
        require(len(name) <= 80, "dataset_name", f"{len(name)} characters", "80 or fewer")
        classes = 0 if labels is None else int(labels.max()) + 1
        self._ranks = Ranks()
        saved = None if state is None or not self._ranks.leads else _checked(_unpacked(state))
        self._labels = labels
        self._identity = training_orders_pb2.DatasetIdentity(
            name=name, count=examples, classes=classes, checksum=batches_of.fingerprint(name, examples, labels)
        )
        self._epoch = 0
        self._in_epoch = False
        self._opened_next = False
        self._done = 0
        self._flight: deque[tuple[Announced, Any]] = deque()
        self._queue: tuple[Indices, Floats, Any] | None = None
        self._tally = EpochTally(0)
        self._plan: EpochPlan | None = None
        self._epoch_started = time.monotonic()
        self._batches_ended: float | None = None
        self._loss_total: torch.Tensor | None = None
        self._before_diet = 0.0
        self._learning_rate = learning_rate
        self._loaders: dict[int, tuple[Any, Any, batches_of.RunBatches]] = {}
        self._over = False
        self._metrics = metrics
        self._masked: tuple[Plan, BatchMask] | None = None
        self.run_id = ""

        def opened() -> tuple[Any, ...]:
            wanted = Settings(run_id or "", examples, seed, epochs, batch_size, window, policy or baseline(), on_timeout, mask_timeout)
            self._open(wanted, policy, saved, kafka, kafka_settings, model_name)
            flight = [Announced(one.plan, None) for one, _ in self._flight]
            return self.settings, self._epoch, self._in_epoch, self._opened_next, self._done, self._plan, flight

        shared = self._ranks.lead(opened)
        if not self._ranks.leads:
            self.settings, self._epoch, self._in_epoch, self._opened_next, self._done, self._plan, flight = shared
            self._flight = deque((one, None) for one in flight)
            self.run_id = self.settings.run_id

    def _open(
        self,
        wanted: Settings,
        policy: Policy | None,
        saved: dict[str, Any] | None,
        kafka: str | None,
        kafka_settings: Mapping[str, Any] | None,
        model_name: str,
    ) -> None:
        """Opens the attempt, on the process that speaks with the selector."""
        connection = Connection(kafka, kafka_settings)
        run_id = wanted.run_id or None
        resumed = 0
        if saved is not None:
            run_id = _same("run_id", run_id or saved["run_id"], saved["run_id"])
            known, cancelled = known_run(connection, saved["run_id"])
            resumed = 0 if known is None else known.resumed + (1 if is_over(known) else 0)
            if cancelled is not None and cancelled >= resumed:
                raise Cancelled(f"run {run_id} was cancelled before it was resumed")
        elif run_id is not None:
            known, _ = known_run(connection, run_id)
            require(known is None, "run_id", f"{run_id}, which is known", "a new one, or that of a run whose state= is given")
        self.run_id = run_id or f"{self._identity.name[:40]}-{policy.kind if policy else 'run'}-{secrets.token_hex(3)}"
        feed = PolicyFeed(connection, self.run_id)
        first = policy or (_policy(saved["policy"]) if saved else feed.for_new_runs())
        unfit = first.unfit_for(wanted.batch_size)
        if unfit:
            raise InvalidArgument(unfit)
        self._check_policy(first)
        self.settings = dataclasses.replace(wanted, run_id=self.run_id, first_policy=first)
        if saved is not None:
            for field in ("seed", "epochs", "batch_size", "window", "examples"):
                _same(field, getattr(self.settings, field), saved[field])
        self._connection = connection
        self._saved: dict[str, Any] | None = saved
        self._begin(first, feed, resumed, model_name)

    def _check_policy(self, policy: Policy) -> None:
        require(policy.proxy is None, "policy", f"one with a proxy ({policy.proxy})", "one without: this client trains no proxies")
        require(policy.own_epochs == 0, "score_set", policy.score_set, "the id of a score set")
        require(
            self._ranks.count == 1 or not duties.accumulates(policy),
            "batching",
            policy.batching,
            f"shrink in a run of {self._ranks.count} processes",
        )

    def _begin(self, first: Policy, feed: PolicyFeed, resumed: int, model_name: str) -> None:
        settings = self.settings
        saved = self._saved
        stamped: list[Stamped] = []
        if saved is not None:
            place = (saved["epoch"], saved["announced"]) if saved["in_epoch"] else (saved["epoch"] + 1, -1)
            place = (saved["epoch"] + 1, 0) if saved["opened_next"] else place
            stamped = Stamps.read(self._connection, self.run_id, saved["sequencer"]["attempt"]).after(*place)
        opened = batch_losses_pb2.AttemptOpened(
            dataset=self._identity,
            model=model_name,
            seed=settings.seed,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            window=settings.window,
            reads_parts=True,
            reads_spans=True,
        )
        self._sequencer = Sequencer(self._connection, settings, opened, feed, stamped)
        attempt = self._sequencer.log.attempt
        now = int(time.time() * 1000)
        event = run_events_pb2.Run()
        if saved is not None:
            event.ParseFromString(saved["run"])
            event.resumed_from.CopyFrom(run_events_pb2.Barrier(attempt=event.attempt, epoch=max(1, saved["epoch"]), batch=saved["done"]))
        else:
            event.CopyFrom(
                run_events_pb2.Run(order=self._order(first, model_name), dataset=self._identity, bit_identical=True, started_millis=now)
            )
            event.queued_millis = now
        event.attempt = attempt
        event.state = run_events_pb2.Run.RUNNING
        event.resumed = resumed
        event.ClearField("reason")
        event.ClearField("ended_millis")
        self._news = RunNews(self._connection, event)
        self._sequencer.listen(self._news, resumed)
        self._news.begin()
        atexit.register(self._at_exit)
        if saved is not None:
            self._restore(saved)
        LOG.info("run %s begins as attempt %d", self.run_id, attempt)

    def _order(self, first: Policy, model_name: str) -> training_orders_pb2.TrainingOrder:
        settings = self.settings
        return training_orders_pb2.TrainingOrder(
            run_id=self.run_id,
            dataset=training_orders_pb2.DatasetChoice(name=self._identity.name),
            model=model_name,
            seed=settings.seed,
            recipe=training_orders_pb2.Recipe(
                epochs=settings.epochs,
                batch_size=settings.batch_size,
                learning_rate=self._learning_rate,
                schedule=training_orders_pb2.Recipe.CONSTANT,
            ),
            window=settings.window,
            first_policy=first.to_wire(),
            mask_timeout_millis=max(1, min(int(settings.mask_timeout * 1000), 86_400_000)),
            on_timeout=ON_TIMEOUT[settings.on_timeout],
        )

    # ---- the loop

    def epochs(self) -> Iterator[Epoch]:
        """Yields the epochs that are left. When the last one is over, the run is completed.

        Raises:
            RunEnded: if the run is refused, cancelled, or begun again elsewhere.
        """
        self._require_open()
        while self._in_epoch or self._epoch < self.settings.epochs:
            if not self._in_epoch:
                self._start_epoch()
            yield Epoch(self, self._epoch)
            self._end_epoch()
        self._complete()

    def _start_epoch(self) -> None:
        """Begins the next epoch: opens it unless it is open, and waits for what remains of the training set."""
        self._epoch_started = time.monotonic()
        number = self._epoch + 1
        tally = EpochTally(number)

        def opened() -> EpochPlan:
            if not self._opened_next:
                self._sequencer.open_epoch(number)
            return self._sequencer.await_epoch(number, tally)

        self._plan = self._ranks.lead(opened)
        self._tally = tally
        self._epoch, self._in_epoch, self._opened_next, self._done = number, True, False, 0
        self._batches_ended = None
        self._loss_total = None
        if self._ranks.leads:
            self._note_epoch(self._plan)

    def _note_epoch(self, plan: EpochPlan) -> None:
        policy = self._sequencer.opened_policy
        is_diet = policy.selects or not policy.by_epoch
        run = self._news.run
        run.pre_pruned = 1 - len(plan.kept) / self.settings.examples if is_diet else 0.0
        if is_diet and self._labels is not None:
            count = np.bincount(self._labels)
            kept = np.bincount(self._labels[plan.kept], minlength=len(count))
            self._news.replace_classes(
                [
                    run_events_pb2.ClassCount(name=str(number), count=int(count[number]), kept=int(kept[number]))
                    for number in range(len(count))
                ]
            )
        self._news.publish()

    def _train(
        self,
        loader: Any,
        losses: Callable[..., torch.Tensor],
        model: torch.nn.Module | None,
        device: torch.device | str | None,
    ) -> Iterator[Batch]:
        self._require_open()
        plan = self._plan
        if plan is None or not self._in_epoch or self._batches_ended is not None:
            raise InvalidArgument("batches() is called outside of its epoch, allowed is once within `for epoch in run.epochs()`")
        ranks, tally, window = self._ranks, self._tally, self.settings.window
        first, end = self._done, plan.count
        source = iter(self._loader(loader, [self._mine(plan.indices(batch)).tolist() for batch in range(first, end)]))

        def loaded() -> Any:
            return batches_of.moved(next(source), device)

        def planned_at(batch: int) -> Plan:
            planned = self._sequencer.plan(plan, batch)
            self._check_policy(planned.stamped.policy)
            return planned

        def announced(planned: Plan, batch: Any) -> tuple[Announced, Any]:
            found = self._selection_pass(planned, batch, losses, model) if planned.selection_pass else None
            one = Announced(planned, found)
            ranks.tell(lambda: self._sequencer.announce(tally, planned, found))
            return one, batch

        def in_time() -> None:
            ranks.tell(lambda: self._sequencer.announce_in_time(tally.epoch, len(flight)))

        flight = self._flight
        for place, (one, _) in enumerate(list(flight)):
            flight[place] = (one, loaded())
        for batch in range(first + len(flight), min(first + window, end)):
            flight.append(announced(ranks.lead(functools.partial(planned_at, batch)), loaded()))
        in_time()
        for batch in range(first, end):
            one, content = flight.popleft()
            turn = functools.partial(self._turn, one, batch + window if batch + window < end else None, planned_at)
            mask, planned = ranks.lead(turn)
            more = loaded() if planned is not None else None
            if planned is not None and not planned.selection_pass:
                flight.append(announced(planned, more))
            in_time()
            # From here on the batch counts as done: a state that is taken in the loop's body is one after its step.
            self._done = batch + 1
            self._upcoming = planned if planned is not None and planned.selection_pass else None
            yield from self._spend(one, mask, content)
            if planned is not None and planned.selection_pass:
                flight.append(announced(planned, more))
            self._upcoming = None
            if ranks.leads:
                self._note_position(batch + 1)
        yield from self._spend_queue()
        self._end_batches()

    def _turn(self, one: Announced, upcoming: int | None, planned_at: Callable[[int], Plan]) -> tuple[BatchMask, Plan | None]:
        """Waits for the mask of a batch and plans another one."""
        mask = self._sequencer.await_mask(self._tally, one)
        planned = None if upcoming is None else planned_at(upcoming)
        self._note_placed()
        return mask, planned

    def _mine(self, indices: Indices) -> Indices:
        """Returns the share of this process of a batch's examples; the first example, without weight, where it has none."""
        mine = indices[self._ranks.rank :: self._ranks.count]
        return mine if len(mine) else indices[:1]

    def _loader(self, loader: Any, indices: list[list[int]]) -> Any:
        known = self._loaders.get(id(loader))
        if known is None:
            own = batches_of.RunBatches()
            known = (loader, batches_of.loader_by(loader, own, self.settings.examples), own)
            self._loaders[id(loader)] = known
        known[2].batches = indices
        return known[1]

    def _selection_pass(self, planned: Plan, batch: Any, losses: Callable[..., torch.Tensor], model: torch.nn.Module | None) -> Floats:
        started = time.monotonic()
        with batches_of.selection_pass(model):
            found = batches_of.call(losses, batches_of.scaled(batch, planned.stamped.policy.selection_scale))
        size = len(self._mine(planned.indices))
        if not isinstance(found, torch.Tensor) or found.shape != (size,):
            shape = list(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
            raise InvalidArgument(
                f'losses returns {shape}, allowed is a tensor [{size}]: one loss for each example, as of a criterion with reduction="none"'
            )
        mine: Floats = found.detach().to("cpu", torch.float32).numpy()
        self._tally.selection_seconds += time.monotonic() - started
        if self._ranks.count == 1:
            return mine
        whole = np.empty(len(planned.indices), np.float32)
        for rank, part in enumerate(self._ranks.gather(mine)):
            places = whole[rank :: self._ranks.count]
            places[:] = part[: len(places)]
        return whole

    def _spend(self, announced: Announced, mask: BatchMask, content: Any) -> Iterator[Batch]:
        """Yields what a mask selects, or queues it until there is a full batch."""
        plan = announced.plan
        if self._ranks.count > 1:
            yield from self._spend_mine(plan, mask, content)
            return
        size = len(plan.indices)
        places = np.flatnonzero(mask.selected).astype(np.int64)
        indices = plan.indices[places]
        weights = self._weights(indices, mask)
        chosen = content if len(places) == size else batches_of.picked(content, places, size)
        if duties.accumulates(plan.stamped.policy):
            if len(indices):
                full = np.ones(len(indices), np.float32) if weights is None else weights
                before = self._queue
                self._queue = (
                    (indices, full, chosen)
                    if before is None
                    else (
                        np.concatenate([before[0], indices]),
                        np.concatenate([before[1], full]),
                        batches_of.joined(before[2], chosen),
                    )
                )
            while self._queue is not None and len(self._queue[0]) >= self.settings.batch_size:
                yield from self._take(self.settings.batch_size, plan.progress)
            return
        if self._queue is not None:
            self._between_steps = len(indices) > 0
            yield from self._spend_queue()
            self._between_steps = False
        if len(indices):
            reported = duties.wants_trained_losses(plan.stamped.policy)
            yield from self._step(Batch(chosen, indices, weights, plan.progress), reported)

    def _spend_mine(self, plan: Plan, mask: BatchMask, content: Any) -> Iterator[Batch]:
        """Yields this process's share of what a mask selects. Every process steps, if need be with an example of weight 0."""
        chosen = plan.indices[mask.selected]
        if not len(chosen):
            return
        weights = np.zeros(len(plan.indices), np.float32)
        of_chosen = self._weights(chosen, mask)
        weights[mask.selected] = 1 if of_chosen is None else of_chosen
        rank, count = self._ranks.rank, self._ranks.count
        mine = self._mine(plan.indices)
        selected = mask.selected[rank::count]
        real = bool(selected.any())
        places = np.flatnonzero(selected).astype(np.int64) if real else np.zeros(1, np.int64)
        own = weights[rank::count][places] if real else np.zeros(1, np.float32)
        divisor = len(chosen) / count
        reported = duties.wants_trained_losses(plan.stamped.policy)
        batch = Batch(batches_of.picked(content, places, len(mine)), mine[places], own, plan.progress, divisor, real)
        self._tally.backward_examples += len(chosen) - len(batch)
        yield from self._step(batch, reported)

    def _weights(self, indices: Indices, mask: BatchMask) -> Floats | None:
        """Returns the weight of each selected example: that of its epoch times that of its batch; None = all 1."""
        of_epoch = self._plan.weights if self._plan is not None else None
        weights = mask.weights
        if of_epoch is not None:
            weights = of_epoch[indices] if weights is None else weights * of_epoch[indices]
        return None if weights is None or bool((weights == 1).all()) else weights

    def _spend_queue(self) -> Iterator[Batch]:
        if self._queue is not None:
            yield from self._take(len(self._queue[0]), 0.0)

    def _take(self, size: int, progress: float) -> Iterator[Batch]:
        assert self._queue is not None
        indices, weights, content = self._queue
        count = len(indices)
        self._queue = None if size >= count else (indices[size:], weights[size:], batches_of.cut(content, size, count, count))
        taken = batches_of.cut(content, 0, size, count)
        some = weights[:size]
        yield from self._step(Batch(taken, indices[:size], None if bool((some == 1).all()) else some, progress), False)

    def _step(self, batch: Batch, reported: bool) -> Iterator[Batch]:
        started = time.monotonic()
        tally = self._tally
        tally.steps += 1
        tally.backward_examples += len(batch)
        self._stepping = (batch, reported)
        yield batch
        self._settle_step()
        tally.step_seconds += time.monotonic() - started

    _stepping: tuple[Batch, bool] | None = None
    _upcoming: Plan | None = None
    _between_steps = False

    def _settle_step(self) -> None:
        """Takes the losses of the step whose batch was yielded last, once."""
        if self._stepping is None:
            return
        batch, reported = self._stepping
        losses = batch._losses
        if losses is None and not reported:
            # A loop that reduces by itself tells no training loss; one that has not reduced yet may do so later.
            return
        if losses is None:
            raise InvalidArgument("a policy that judges by training losses needs them: call batch.reduce(losses) for each batch")
        self._stepping = None
        if reported:
            own = (batch.indices.numpy(), losses.to("cpu", torch.float32).numpy()) if batch._real else (_NOTHING, _NO_LOSSES)
            parts = self._ranks.gather(own)
            self._ranks.tell(
                lambda: self._sequencer.trained(
                    self._tally.epoch, np.concatenate([one for one, _ in parts]), np.concatenate([one for _, one in parts])
                )
            )
        if batch._real:
            total = losses.sum(dtype=torch.float64) if losses.device.type != "mps" else losses.sum()
            self._loss_total = total if self._loss_total is None else self._loss_total + total
            self._tally.loss_examples += len(losses)

    def _note_position(self, done: int) -> None:
        if self._tally.mask_timeouts:
            self._news.run.bit_identical = False
        if self._metrics is not None:
            self._metrics.note(self._tally, *self._sequencer.measured())
        self._news.at(position(self._tally, done, self.settings.epochs, self._seconds()))

    def _trained(self, indices: torch.Tensor, losses: torch.Tensor) -> None:
        """Takes the losses of a step of a loop of one's own."""
        places = np.asarray(indices.cpu(), dtype=np.int64)
        batch = Batch(None, places, None, 0.0)
        batch.reduce(losses)
        self._tally.steps += 1
        self._tally.backward_examples += len(batch)
        self._stepping = (batch, duties.wants_trained_losses(self._sequencer.opened_policy))
        self._settle_step()

    def _seconds(self) -> float:
        return self._tally.seconds_before + (time.monotonic() - self._epoch_started)

    def _note_placed(self) -> None:
        if self._sequencer.placed:
            for stamped, epoch, batch in self._sequencer.placed:
                self._news.run.policies.append(
                    run_events_pb2.PlacedPolicy(revision=stamped.revision, policy=stamped.policy.to_wire(), epoch=epoch, batch=batch)
                )
            self._sequencer.placed.clear()
            self._news.publish()

    def _end_batches(self) -> None:
        """Ends the batches of an epoch: at a barrier. Opens the next epoch, whose answer travels while this one is evaluated."""
        tally = self._tally
        if self._loss_total is not None:
            tally.loss_sum += float(self._loss_total)
            self._loss_total = None
        if self._ranks.count > 1:
            parts = self._ranks.gather((tally.loss_sum, tally.loss_examples))
            tally.loss_sum, tally.loss_examples = sum(one for one, _ in parts), sum(one for _, one in parts)
        tally.seconds_before = self._seconds()
        self._batches_ended = time.monotonic()

        def ended() -> None:
            if not math.isfinite(tally.loss_sum):
                raise InvalidArgument(f"losses of epoch {tally.epoch} are not finite: the training has diverged")
            if tally.epoch < self.settings.epochs:
                self._sequencer.barrier(tally, self._done)
                self._sequencer.open_epoch(tally.epoch + 1)
            else:
                self._sequencer.last_barrier(tally, self._done)

        self._ranks.lead(ended)
        self._opened_next = tally.epoch < self.settings.epochs

    def _end_epoch(self) -> None:
        self._require_open()
        if self._batches_ended is None:
            self._abandon_batches()
        if self._ranks.leads:
            self._note_figures()
        self._in_epoch = False
        self._plan = None

    def _abandon_batches(self) -> None:
        """Ends an epoch whose loop was left before its last batch."""
        assert self._plan is not None
        self._stepping = None

        def drained() -> None:
            for one, _ in self._flight:
                self._sequencer.announce_in_time(self._epoch, 0)
                self._sequencer.await_mask(self._tally, one)

        self._ranks.lead(drained)
        self._flight.clear()
        self._queue = None
        self._tally.share = max(1e-9, min(1.0, self._done / self._plan.count))
        self._end_batches()

    def _note_figures(self) -> None:
        tally = self._tally
        assert self._batches_ended is not None
        tally.learning_rate = tally.learning_rate or self._learning_rate
        tally.evaluation_seconds += time.monotonic() - self._batches_ended
        run = self._news.run
        run.epochs.append(tally.figures(tally.seconds_before))
        self._before_diet += tally.seen * self.settings.examples / max(1, tally.kept)
        trained = sum(epoch.selected for epoch in run.epochs)
        run.total_pruned = 1 - trained / self._before_diet if self._before_diet else 0.0
        if tally.accuracy is not None:
            run.accuracy = tally.accuracy
        self._news.publish()

    # ---- batches of one's own

    def mask(self, indices: Any, losses: torch.Tensor | None = None) -> torch.Tensor:
        """Announces a batch of one's own choice within an epoch, and waits for its mask.

        Args:
            indices: [B] places in the training set.
            losses: [B] in nats; None if the policy needs none.

        Returns:
            bool [B]: whether to train on an example.
        """
        self._require_open()
        self._require_alone("mask()")
        if self._plan is None or not self._in_epoch:
            raise InvalidArgument("mask() is called outside of an epoch, allowed is within `for epoch in run.epochs()`")
        places = np.asarray(indices, dtype=np.int64)
        require(places.ndim == 1 and len(places) > 0, "indices", f"of shape {list(places.shape)}", "[B], B of 1 or more")
        outside = places[(places < 0) | (places >= self.settings.examples)]
        require(len(outside) == 0, "indices", outside[:1], f"[0, {self.settings.examples})")
        progress = min(1.0, (self._epoch - 1 + min(1.0, self._done / self._plan.count)) / self.settings.epochs)
        planned = self._sequencer.plan_of(self._epoch, self._done, progress, places)
        found: Floats | None = None
        if losses is not None:
            require(losses.shape == (len(places),), "losses", f"of shape {list(losses.shape)}", f"[{len(places)}]")
            found = losses.detach().to("cpu", torch.float32).numpy()
        elif planned.selection_pass:
            raise InvalidArgument(f"losses is None, allowed are the losses of the batch: policy {planned.stamped.policy.kind} needs them")
        one = self._sequencer.announce(self._tally, planned, found if planned.selection_pass else None)
        self._sequencer.announce_in_time(self._epoch, 0)
        mask = self._sequencer.await_mask(self._tally, one)
        self._note_placed()
        self._done += 1
        self._masked = (planned, mask)
        self._note_position(self._done)
        return torch.from_numpy(mask.selected)

    def reduce(self, losses: torch.Tensor) -> torch.Tensor:
        """Returns the loss of what the last :meth:`mask` selected, and reports the losses.

        Args:
            losses: [K], one for each selected example, in order.
        """
        if self._masked is None:
            raise InvalidArgument("reduce() is called before mask()")
        planned, mask = self._masked
        indices = planned.indices[mask.selected]
        batch = Batch(None, indices, self._weights(indices, mask), planned.progress)
        reduced = batch.reduce(losses)
        self._tally.steps += 1
        self._tally.backward_examples += len(batch)
        self._stepping = (batch, duties.wants_trained_losses(planned.stamped.policy))
        self._settle_step()
        return reduced

    def sampler(self) -> RunSampler:
        """Returns a sampler for a DataLoader of one's own, under a policy that needs no selection pass."""
        self._require_open()
        self._require_alone("sampler()")
        return RunSampler(self)

    def _require_alone(self, what: str) -> None:
        if self._ranks.count > 1:
            raise InvalidArgument(f"{what} is called in a run of {self._ranks.count} processes, allowed is one: use epoch.batches")

    def report(self, accuracy: float | None = None, learning_rate: float | None = None) -> None:
        """Reports figures of the epoch.

        Args:
            accuracy: on the test set, in [0, 1].
            learning_rate: of the last step.
        """
        if accuracy is not None:
            require(0 <= accuracy <= 1, "accuracy", accuracy, "[0, 1]")
            self._tally.accuracy = float(accuracy)
        if learning_rate is not None:
            require(0 <= learning_rate < 1e6, "learning_rate", learning_rate, "[0, 1000000)")
            self._learning_rate = self._tally.learning_rate = float(learning_rate)

    @property
    def mask_wait_seconds(self) -> float:
        """Seconds that the running or last epoch has waited for masks."""
        return self._tally.mask_wait_seconds

    # ---- state

    def state_dict(self) -> dict[str, Any]:
        """Returns the state of the run between two batches, for :func:`torch.save` beside those of model and optimizer.

        Taken in the body of the loop after the optimizer's step, it is one after that step. It contains the selector's state at the last
        barrier and what was announced since. In several processes all of them take it; only that of the first one has a content.
        """
        self._require_open()
        if self._between_steps:
            raise InvalidArgument(
                "state_dict() is called between two steps of one batch, after a swap from accumulate: call it after the next one"
            )
        if self._stepping is not None and self._stepping[0]._losses is not None:
            self._settle_step()
        if not self._ranks.leads:
            return {}
        tally = dict(vars(self._tally))
        if self._loss_total is not None:
            tally["loss_sum"] = self._tally.loss_sum + float(self._loss_total)
        if self._in_epoch and self._batches_ended is None:
            tally["seconds_before"] = self._seconds()
        queue = self._queue
        flight = [one for one, _ in self._flight]
        upcoming = self._upcoming
        state: dict[str, Any] = _packed(
            {
                "version": STATE_VERSION,
                "run_id": self.run_id,
                "policy": self.settings.first_policy.to_wire().SerializeToString(),
                **{field: getattr(self.settings, field) for field in ("seed", "epochs", "batch_size", "window", "examples")},
                "epoch": self._epoch,
                "in_epoch": self._in_epoch and self._batches_ended is None,
                "opened_next": self._opened_next,
                "done": self._done,
                "announced": self._done + len(flight),
                "sequencer": self._sequencer.state(flight, upcoming),
                "tally": tally,
                "figures_due": self._in_epoch and self._batches_ended is not None,
                "run": self._news.run.SerializeToString(),
                "before_diet": self._before_diet,
                "queue": None if queue is None else {"indices": queue[0], "weights": queue[1], "data": queue[2]},
            }
        )
        return state

    def _restore(self, saved: dict[str, Any]) -> None:
        self._epoch, self._done = saved["epoch"], saved["done"]
        self._opened_next = saved["opened_next"]
        self._before_diet = saved["before_diet"]
        self._tally = EpochTally(**saved["tally"])
        queue = saved["queue"]
        self._queue = None if queue is None else (queue["indices"], queue["weights"], queue["data"])
        self._sequencer.resume(saved["sequencer"], self._epoch + 1 if self._opened_next else self._epoch)
        if saved["figures_due"]:
            self._batches_ended = time.monotonic()
            self._note_figures()
        if saved["in_epoch"]:
            self._epoch_started = time.monotonic()
            self._in_epoch = True
            self._batches_ended = None
            self._plan = self._sequencer.await_epoch(self._epoch, self._tally)
            self._flight = deque((one, None) for one in self._sequencer.resume_epoch(saved["sequencer"], self._plan))
        self._saved = None

    # ---- the end

    def _require_open(self) -> None:
        if self._over:
            raise InvalidArgument(f"run {self.run_id} is over")
        self._ranks.lead(lambda: self._sequencer.check())

    def _complete(self) -> None:
        if not self._ranks.leads:
            self._over = True
            return
        accuracy = self._news.run.accuracy if self._news.run.HasField("accuracy") else None
        self._end(run_events_pb2.Run.COMPLETED, "", "completed", accuracy)

    def close(self) -> None:
        """Ends the run as cancelled unless it is over. Closing twice does no harm."""
        self._end(run_events_pb2.Run.CANCELLED, "closed by its loop before its last epoch", "cancelled")

    def fail(self, reason: str) -> None:
        """Ends the run as failed unless it is over."""
        self._end(run_events_pb2.Run.FAILED, reason, reason)

    def detach(self) -> None:
        """Leaves the run as it is, to be resumed by another process with its state. Nothing more is written."""
        if not self._over and self._ranks.leads:
            atexit.unregister(self._at_exit)
            self._news.release()
            self._sequencer.close(None)
            self._connection.close()
        self._over = True

    def _end(self, state: int, reason: str, closing: str, accuracy: float | None = None) -> None:
        if self._over:
            return
        self._over = True
        if not self._ranks.leads:
            return
        atexit.unregister(self._at_exit)
        self._sequencer.close(closing, accuracy)
        if not self._news.end(state, reason):
            LOG.warning("the end of run %s could not be stored: the broker does not answer", self.run_id)

    def _ended_by(self, error: BaseException) -> None:
        if isinstance(error, Fenced):
            if not self._over and self._ranks.leads:
                atexit.unregister(self._at_exit)
                self._sequencer.close(None)
            self._over = True
        elif isinstance(error, (Cancelled, KeyboardInterrupt)):
            reason = str(error) or "interrupted"
            self._end(run_events_pb2.Run.CANCELLED, reason, "cancelled")
        else:
            text = str(error) if isinstance(error, DietsbError) else f"{type(error).__name__}: {error}"
            self.fail(text or type(error).__name__)

    def _at_exit(self) -> None:
        error = getattr(sys, "last_value", None)
        if isinstance(error, BaseException):
            self._ended_by(error)
        else:
            self.fail("its process ended before its last epoch")

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            self._ended_by(error)
        else:
            self.close()


def _policy(serialized: bytes) -> Policy:
    return Policy.from_wire(selector_policies_pb2.Policy.FromString(serialized))


def _same(name: str, value: Any, saved: Any) -> Any:
    require(value == saved, name, value, f"{saved}, as in the state")
    return saved


def _checked(state: Any) -> dict[str, Any]:
    if not isinstance(state, dict) or "version" not in state:
        raise InvalidArgument("state is not one that run.state_dict() returned")
    require(state["version"] == STATE_VERSION, "state", f"of version {state['version']}", f"version {STATE_VERSION}")
    return state


def _packed(value: Any) -> Any:
    """Returns a state with bytes and arrays as tensors, which ``torch.load(weights_only=True)`` reads."""
    if isinstance(value, bytes):
        return {"bytes": torch.frombuffer(bytearray(value), dtype=torch.uint8) if value else torch.empty(0, dtype=torch.uint8)}
    if isinstance(value, np.ndarray):
        return {"array": torch.from_numpy(value.copy())}
    if isinstance(value, dict):
        return {key: _packed(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        return type(value)(_packed(one) for one in value)
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"bytes"}:
            return value["bytes"].cpu().numpy().tobytes()
        if set(value) == {"array"}:
            return value["array"].cpu().numpy()
        return {key: _unpacked(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_unpacked(one) for one in value)
    return value

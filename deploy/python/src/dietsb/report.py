"""What a run reports of itself while it trains: to topic run-events, and to its meters."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dietsb.arguments import Labels
from dietsb.losslog import ON_TIMEOUT
from dietsb.news import RunNews
from dietsb.plan import EpochPlan, Settings
from dietsb.sequencer import Sequencer, position
from dietsb.tally import EpochTally
from dietsb.wire import run_events_pb2, training_orders_pb2

if TYPE_CHECKING:
    from dietsb.metrics import Meters


def order_of(
    settings: Settings, dataset: str, model_name: str, learning_rate: float, tags: Sequence[str]
) -> training_orders_pb2.TrainingOrder:
    """Returns the order that a run would follow from, had it been ordered."""
    return training_orders_pb2.TrainingOrder(
        run_id=settings.run_id,
        dataset=training_orders_pb2.DatasetChoice(name=dataset),
        model=model_name,
        seed=settings.seed,
        recipe=training_orders_pb2.Recipe(
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            learning_rate=learning_rate,
            schedule=training_orders_pb2.Recipe.CONSTANT,
        ),
        window=settings.window,
        first_policy=settings.first_policy.to_wire(),
        mask_timeout_millis=max(1, min(int(settings.mask_timeout * 1000), 86_400_000)),
        on_timeout=ON_TIMEOUT[settings.on_timeout],
        foreign=True,
        tags=tags,
    )


class RunReport:
    """Reports the course of an attempt, on the process that speaks with the selector.

    Args:
        news: of the attempt.
        sequencer: of the attempt.
        labels: class [N] of each example; None if there are no classes.
        metrics: meters for Prometheus; None = none.

    Attributes:
        before_diet: examples seen so far if the diet had dropped none.
    """

    def __init__(self, news: RunNews, sequencer: Sequencer, labels: Labels | None, metrics: Meters | None) -> None:
        self.before_diet = 0.0
        self._news = news
        self._sequencer = sequencer
        self._labels = labels
        self._metrics = metrics

    def run(self) -> bytes:
        """Returns the run as it is now."""
        return self._news.run.SerializeToString()

    def epoch(self, plan: EpochPlan) -> None:
        """Reports what an epoch trains on."""
        policy = self._sequencer.opened_policy
        is_diet = policy.selects or not policy.by_epoch
        run = self._news.run
        run.pre_pruned = 1 - len(plan.kept) / self._sequencer.settings.examples if is_diet else 0.0
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

    def placed(self) -> None:
        """Reports where policies took effect."""
        if self._sequencer.placed:
            for stamped, epoch, batch in self._sequencer.placed:
                self._news.run.policies.append(
                    run_events_pb2.PlacedPolicy(revision=stamped.revision, policy=stamped.policy.to_wire(), epoch=epoch, batch=batch)
                )
            self._sequencer.placed.clear()
            self._news.publish()

    def position(self, tally: EpochTally, done: int, seconds: float) -> None:
        """Reports where the run is.

        Args:
            tally: of the epoch.
            done: number of its batches that are done.
            seconds: since its beginning.
        """
        if tally.mask_timeouts:
            self._news.run.bit_identical = False
        if self._metrics is not None:
            self._metrics.note(tally, *self._sequencer.measured())
        self._news.at(position(tally, done, self._sequencer.settings.epochs, seconds))

    def figures(self, tally: EpochTally, learning_rate: float, batches_ended: float) -> None:
        """Reports the figures of an epoch that is over.

        Args:
            tally: of the epoch.
            learning_rate: of its last step, unless the tally has one.
            batches_ended: when its last batch was done, on the monotonic clock.
        """
        tally.learning_rate = tally.learning_rate or learning_rate
        tally.evaluation_seconds += time.monotonic() - batches_ended
        run = self._news.run
        run.epochs.append(tally.figures(tally.seconds_before))
        self.before_diet += tally.seen * self._sequencer.settings.examples / max(1, tally.kept)
        trained = sum(epoch.selected for epoch in run.epochs)
        run.total_pruned = 1 - trained / self.before_diet if self.before_diet else 0.0
        if tally.accuracy is not None:
            run.accuracy = tally.accuracy
        self._news.publish()

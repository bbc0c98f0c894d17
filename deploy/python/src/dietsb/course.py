"""Where a run is: its epochs, one after another, and the batches of the running one."""

from __future__ import annotations

import math
import time
from typing import Any

from dietsb.attempt import Attempt
from dietsb.distributed import Ranks
from dietsb.errors import InvalidArgument
from dietsb.plan import Announced, EpochPlan, Settings
from dietsb.report import RunReport
from dietsb.sequencer import Sequencer
from dietsb.steps import Steps
from dietsb.tally import EpochTally
from dietsb.window import Window


class Course:
    """The epochs of a run. All processes of the run call its methods together.

    Args:
        ranks: the processes of the run.
        settings: of the run.
        attempt: on the process that speaks with the selector; None on the others.
        report: on the same process.

    Attributes:
        number: of the epoch that began last, from 1; 0 = none has begun.
        in_epoch: whether it goes on.
        plan: its batches; None if it does not go on.
        tally: of the epoch.
        window: its batches that are under way.
        steps: what its masks select.
        learning_rate: that was reported last.
    """

    def __init__(self, ranks: Ranks, settings: Settings, attempt: Attempt | None, report: RunReport | None, learning_rate: float) -> None:
        self.number = 0
        self.in_epoch = False
        self.plan: EpochPlan | None = None
        self.tally = EpochTally(0)
        sequencer = None if attempt is None else attempt.sequencer
        self.window = Window(ranks, settings.window, sequencer, lambda: self._reports.placed())
        self.steps = Steps(ranks, settings.batch_size, lambda *step: self._leader.trained(*step))
        self.learning_rate = learning_rate
        self._ranks = ranks
        self._settings = settings
        self._sequencer = sequencer
        self._report = report
        self._opened_next = False
        self._started = time.monotonic()
        self._batches_ended: float | None = None

    @property
    def _leader(self) -> Sequencer:
        assert self._sequencer is not None
        return self._sequencer

    @property
    def _reports(self) -> RunReport:
        assert self._report is not None
        return self._report

    @property
    def has_batches(self) -> bool:
        """Whether the batches of the running epoch are not over."""
        return self.in_epoch and self._batches_ended is None

    @property
    def is_spent(self) -> bool:
        """Whether all batches of the last epoch were handed out, and it was not ended."""
        return self.plan is not None and self.number == self._settings.epochs and self.window.done >= self.plan.count

    @property
    def progress(self) -> float:
        """Share of the run that is done, in [0, 1]."""
        assert self.plan is not None
        return min(1.0, (self.number - 1 + min(1.0, self.window.done / self.plan.count)) / self._settings.epochs)

    def start_epoch(self) -> None:
        """Begins the next epoch: opens it unless it is open, and waits for what remains of the training set."""
        self._started = time.monotonic()
        number = self.number + 1
        tally = EpochTally(number)

        def opened() -> EpochPlan:
            if not self._opened_next:
                self._leader.open_epoch(number)
            return self._leader.await_epoch(number, tally)

        self.plan = self._ranks.lead(opened)
        self.number, self.in_epoch, self._opened_next = number, True, False
        self.window.done = 0
        self._batches_ended = None
        self._count_into(tally)
        if self._ranks.leads:
            self._reports.epoch(self.plan)

    def _count_into(self, tally: EpochTally) -> None:
        self.tally = tally
        self.steps.begin_epoch(tally)

    def report_position(self) -> None:
        """Reports where the run is, on the process that speaks with the selector."""
        if self._ranks.leads:
            self._reports.position(self.tally, self.window.done, self._seconds())

    def _seconds(self) -> float:
        return self.tally.seconds_before + (time.monotonic() - self._started)

    def end_batches(self) -> None:
        """Ends the batches of an epoch: at a barrier. Opens the next epoch, whose answer travels while this one is evaluated."""
        tally = self.tally
        self.steps.end_epoch()
        tally.seconds_before = self._seconds()
        self._batches_ended = time.monotonic()

        def ended() -> None:
            if not math.isfinite(tally.loss_sum):
                raise InvalidArgument(f"losses of epoch {tally.epoch} are not finite: the training has diverged")
            if tally.epoch < self._settings.epochs:
                self._leader.barrier(tally, self.window.done)
                self._leader.open_epoch(tally.epoch + 1)
            else:
                self._leader.last_barrier(tally, self.window.done)

        self._ranks.lead(ended)
        self._opened_next = tally.epoch < self._settings.epochs

    def end_epoch(self) -> None:
        """Ends the epoch, also one whose loop was left before its last batch."""
        if self._batches_ended is None:
            self._abandon_batches()
        if self._ranks.leads:
            self._report_figures()
        self.in_epoch = False
        self.plan = None

    def _abandon_batches(self) -> None:
        assert self.plan is not None
        if self.steps.is_reduced:
            self.steps.settle()
        self.window.drain(self.tally)
        self.steps.queue = None
        self.tally.share = max(1e-9, min(1.0, self.window.done / self.plan.count))
        self.end_batches()

    def _report_figures(self) -> None:
        assert self._batches_ended is not None
        self._reports.figures(self.tally, self.learning_rate, self._batches_ended)

    # ---- state

    def state(self) -> dict[str, Any]:
        """Returns where the run is, between two steps; nothing on a process that does not speak with the selector.

        Raises:
            InvalidArgument: between two steps of one slot.
        """
        if self.steps.is_between:
            raise InvalidArgument(
                "state_dict() is called between two steps of one batch, after a swap from accumulate: call it after the next one"
            )
        if self.steps.is_reduced:
            self.steps.settle()
        if not self._ranks.leads:
            return {}
        tally = dict(vars(self.tally))
        tally["loss_sum"] = self.steps.loss_sum
        if self.has_batches:
            tally["seconds_before"] = self._seconds()
        queue = self.steps.queue
        flight = [one for one, _ in self.window.flight]
        return {
            "epoch": self.number,
            "in_epoch": self.has_batches,
            "opened_next": self._opened_next,
            "done": self.window.done,
            "announced": self.window.announced,
            "sequencer": self._leader.state(flight, self.window.upcoming),
            "tally": tally,
            "figures_due": self.in_epoch and not self.has_batches,
            "run": self._reports.run(),
            "before_diet": self._reports.before_diet,
            "queue": None if queue is None else {"indices": queue[0], "weights": queue[1], "data": queue[2]},
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Goes on from a state, on the process that speaks with the selector."""
        self.number, self.window.done = saved["epoch"], saved["done"]
        self._opened_next = saved["opened_next"]
        self._reports.before_diet = saved["before_diet"]
        self._count_into(EpochTally(**saved["tally"]))
        queue = saved["queue"]
        self.steps.queue = None if queue is None else (queue["indices"], queue["weights"], queue["data"])
        self._leader.resume(saved["sequencer"], self.number + 1 if self._opened_next else self.number)
        if saved["figures_due"]:
            self._batches_ended = time.monotonic()
            self._report_figures()
        if saved["in_epoch"]:
            self._started = time.monotonic()
            self.in_epoch = True
            self._batches_ended = None
            self.plan = self._leader.await_epoch(self.number, self.tally)
            self.window.flight.extend((one, None) for one in self._leader.resume_epoch(saved["sequencer"], self.plan))

    def share(self) -> tuple[Any, ...]:
        """Returns what the other processes need to go on from the same place."""
        flight = [Announced(one.plan, None) for one, _ in self.window.flight]
        return self.number, self.in_epoch, self._opened_next, self.window.done, self.plan, flight

    def follow(self, shared: tuple[Any, ...]) -> None:
        """Goes on from what the process that speaks with the selector :meth:`shares <share>`."""
        self.number, self.in_epoch, self._opened_next, self.window.done, self.plan, flight = shared
        self.window.flight.extend((one, None) for one in flight)

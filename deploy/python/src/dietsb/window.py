"""The batches of a run that are under way: announced ahead of their step slots, and handed out in order with their masks."""

from __future__ import annotations

import dataclasses
import functools
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from dietsb.distributed import Ranks
from dietsb.inbox import BatchMask
from dietsb.plan import Announced, EpochPlan, Losses, Plan
from dietsb.policy import Policy
from dietsb.sequencer import Sequencer
from dietsb.tally import EpochTally


@dataclasses.dataclass(frozen=True)
class Slot:
    """A step slot: a batch, its mask, and what was loaded of it."""

    plan: Plan
    mask: BatchMask
    content: Any


class Window:
    """Announces up to W batches ahead. The same work is done in the same order in every run:

    - The selection pass of a batch runs directly after the step slot of the batch W before it, with the weights of that moment.
    - A batch without a selection pass is announced directly before that step.
    - Its policy is fixed when the mask of the batch W before it has come.

    Args:
        ranks: the processes of the run.
        size: W, in [1, 64].
        sequencer: of the run, on the process that speaks with the selector; None on the others.
        placed: called on that process after a batch was planned.

    Attributes:
        done: number of batches of the epoch whose masks were handed out.
        flight: batches whose masks were not, with what was loaded of each; None until it is loaded.
        upcoming: a planned batch whose selection pass is due after the running step; None = none.
    """

    def __init__(self, ranks: Ranks, size: int, sequencer: Sequencer | None, placed: Callable[[], None]) -> None:
        self.done = 0
        self.flight: deque[tuple[Announced, Any]] = deque()
        self.upcoming: Plan | None = None
        self._ranks = ranks
        self._size = size
        self._sequencer = sequencer
        self._placed = placed

    @property
    def _leader(self) -> Sequencer:
        assert self._sequencer is not None
        return self._sequencer

    @property
    def announced(self) -> int:
        """Number of batches of the epoch that were announced."""
        return self.done + len(self.flight)

    def slots(
        self,
        epoch: EpochPlan,
        tally: EpochTally,
        load: Callable[[], Any],
        judge: Callable[[Plan, Any], Losses],
        check: Callable[[Policy], None],
    ) -> Iterator[Slot]:
        """Yields the step slots of an epoch that are left. When the next one is requested, the step of the last one is over.

        Args:
            epoch: that the batches are of.
            tally: of the epoch.
            load: returns what is to be loaded of the next batch; called once for each batch that is left, in order.
            judge: returns the losses [B] of a batch's selection pass, from its plan and what was loaded of it.
            check: raises if batches cannot be judged by a policy here.
        """
        ranks = self._ranks

        def planned(batch: int) -> Plan:
            plan = self._leader.plan(epoch, batch)
            check(plan.stamped.policy)
            return plan

        def announce(plan: Plan, content: Any) -> None:
            losses = judge(plan, content) if plan.selection_pass else None
            self.flight.append((Announced(plan, losses), content))
            ranks.tell(lambda: self._leader.announce(tally, plan, losses))

        def in_time() -> None:
            ranks.tell(lambda: self._leader.announce_in_time(tally.epoch, len(self.flight)))

        def turn(one: Announced, ahead: int) -> tuple[BatchMask, Plan | None]:
            mask = self._leader.await_mask(tally, one)
            plan = planned(ahead) if ahead < epoch.count else None
            self._placed()
            return mask, plan

        for place, (one, _) in enumerate(list(self.flight)):
            self.flight[place] = (one, load())
        for batch in range(self.announced, min(self.done + self._size, epoch.count)):
            announce(ranks.lead(functools.partial(planned, batch)), load())
        in_time()
        for batch in range(self.done, epoch.count):
            one, content = self.flight.popleft()
            mask, ahead = ranks.lead(functools.partial(turn, one, batch + self._size))
            more = load() if ahead is not None else None
            if ahead is not None and not ahead.selection_pass:
                announce(ahead, more)
                ahead = None
            in_time()
            # From here on the batch counts as done: a state that is taken during its step is one after its step.
            self.done = batch + 1
            self.upcoming = ahead
            yield Slot(one.plan, mask, content)
            if ahead is not None:
                announce(ahead, more)
            self.upcoming = None

    def single(self, tally: EpochTally, plan: Plan, losses: Losses | None) -> BatchMask:
        """Announces a batch while no other one is under way, and returns its mask."""
        one = self._leader.announce(tally, plan, losses)
        self._leader.announce_in_time(tally.epoch, 0)
        mask = self._leader.await_mask(tally, one)
        self._placed()
        self.done += 1
        return mask

    def drain(self, tally: EpochTally) -> None:
        """Waits for what is under way, without handing it out."""

        def drained() -> None:
            for one, _ in self.flight:
                self._leader.announce_in_time(tally.epoch, 0)
                self._leader.await_mask(tally, one)

        self._ranks.lead(drained)
        self.flight.clear()
        self.upcoming = None

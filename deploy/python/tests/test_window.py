"""The window under any order of answers, time-outs and resumptions, against the rule that masks follow from. Needs no Java."""

from __future__ import annotations

import copy
import dataclasses
import logging
import random
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hypothesis import HealthCheck, Phase, example, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

import dietsb  # noqa: E402
from dietsb.arguments import check_policy  # noqa: E402
from dietsb.chain import Stamped  # noqa: E402
from dietsb.course import Course  # noqa: E402
from dietsb.distributed import Ranks  # noqa: E402
from dietsb.news import RunNews  # noqa: E402
from dietsb.plan import Settings  # noqa: E402
from dietsb.random_stream import RandomStream  # noqa: E402
from dietsb.report import RunReport  # noqa: E402
from dietsb.sequencer import Sequencer  # noqa: E402
from dietsb.stamps import Stamps  # noqa: E402
from dietsb.state import checked, packed  # noqa: E402
from dietsb.wire import backprop_masks_pb2, batch_losses_pb2, run_events_pb2  # noqa: E402
from test_run import chosen  # noqa: E402

pytestmark = pytest.mark.torch
# Cases are not made smaller, which takes minutes; a failure names the case.
BOUNDED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
POLICIES = [
    dietsb.baseline(),
    dietsb.random(keep=0.5),
    dietsb.selective(keep=0.5),
    dietsb.selective(keep=0.25, start=0.2, end=0.9, interrupt=3),
    dietsb.selective(keep=0.5, losses="stale:2"),
    dietsb.selective(keep=0.4, batching="accumulate"),
]
SEED = 5


def rule(policy: dietsb.Policy, epoch: int, batch: Any, judged: int) -> list[bool]:
    """The mask of an announced batch: a pure function of what the announcement says, and of how many were judged before it."""
    size = len(batch.indices)
    if batch.whole or policy.kind == "baseline" or (policy.by_loss and not batch.losses):
        return [True] * size
    if policy.kind == "random":
        places = RandomStream("of-this-test", SEED).shuffled(np.arange(size, dtype=np.int64), 1000 * epoch + batch.batch)
        return [bool(place in places[: size // 2]) for place in range(size)]
    return chosen(judged, epoch, batch.batch, policy.keep, np.array(batch.losses, np.float32))


@dataclasses.dataclass
class Case:
    """A run, and what happens to it.

    Attributes:
        prompt: how likely an answer is there at a moment.
        swap: epoch and share of the run from which the second policy is in force for new announcements.
    """

    examples: int
    batch_size: int
    window: int
    epochs: int
    policies: tuple[dietsb.Policy, dietsb.Policy]
    swap: tuple[int, float]
    spans: bool
    prompt: float
    chance: random.Random

    def settings(self, on_timeout: str) -> Settings:
        # A mask that is not there when it is needed is asked for again, or times out, at once.
        return Settings("a-run", self.examples, SEED, self.epochs, self.batch_size, self.window, self.policies[0], on_timeout, 1e-9)


cases = st.builds(
    Case,
    examples=st.integers(1, 40),
    batch_size=st.integers(1, 8),
    window=st.integers(1, 6),
    epochs=st.integers(1, 3),
    policies=st.one_of(
        st.tuples(st.sampled_from(POLICIES), st.sampled_from(POLICIES)), st.sampled_from(POLICIES).map(lambda policy: (policy, policy))
    ),
    swap=st.tuples(st.integers(1, 4), st.floats(0, 1)),
    spans=st.booleans(),
    prompt=st.floats(0, 1),
    chance=st.randoms(use_true_random=False),
)


class System:
    """A log in memory, and a selector that answers by the rule, in any order, late, and twice."""

    def __init__(self, case: Case, loses: bool) -> None:
        self.case = case
        self.log: list[batch_losses_pb2.LossMessage] = []
        self.answers: dict[tuple[int, int], list[bool]] = {}
        self.revisions: dict[tuple[int, int], int] = {}
        self.loses = loses
        self._pending: list[backprop_masks_pb2.MaskMessage] = []
        self._policies: dict[int, dietsb.Policy] = {}
        self._asked: Counter[bytes] = Counter()
        self._judged: dict[tuple[int, int], Any] = {}
        self._judged_before = 0
        self.producer = SimpleNamespace(poll=lambda *_: 0, flush=lambda *_: 0)
        self.inbox: Any = None

    # ---- what the client uses of its connection

    def partition_of(self, run_id: str) -> int:
        return 0

    def end_of(self, topic: str, partition: int) -> int:
        return 0

    def write(self, topic: str, key: str, value: bytes | None, partition: int = 0, on_delivery: Any = None) -> None:
        if topic != "batch-losses":
            return
        message = batch_losses_pb2.LossMessage.FromString(value or b"")
        offset = len(self.log)
        self.log.append(message)
        if on_delivery is not None:
            on_delivery(None, SimpleNamespace(offset=lambda: offset))
        self._judge(message)
        self.deliver()

    # ---- the selector

    def _judge(self, message: batch_losses_pb2.LossMessage) -> None:
        event = message.WhichOneof("event")
        answer = backprop_masks_pb2.MaskMessage(run_id="a-run", attempt=message.attempt)
        if event in ("attempt_opened", "state_given"):
            self._policies.clear()
            self._judged.clear()
            self._judged_before = message.state_given.state.first_index
        elif event == "epoch_opened":
            self._note(message.epoch_opened)
            mask = backprop_masks_pb2.EpochMask(epoch=message.epoch_opened.epoch, revision=message.epoch_opened.revision)
            answer.epoch_mask.CopyFrom(mask)
            answer.takes_spans = self.case.spans
        elif event == "batch_losses":
            answer.batch_mask.CopyFrom(self._mask(message.batch_losses))
        elif event == "batch_span":
            answer.span_mask.masks.extend([self._mask(batch) for batch in message.batch_span.batches])
        elif event == "state_requested":
            place, judged = message.state_requested, self._judged_before + len(self._judged)
            state = backprop_masks_pb2.SelectorState(epoch=place.epoch, batch=place.batch, part=0, parts=1, first_index=judged)
            answer.selector_state.CopyFrom(state)
        if answer.WhichOneof("answer"):
            self._pending.append(answer)
            self._asked[answer.SerializeToString()] += 1

    def _note(self, message: Any) -> None:
        if message.HasField("policy"):
            self._policies[message.revision] = dietsb.Policy.from_wire(message.policy)
        assert message.revision in self._policies, "the first message of a revision has its policy"

    def _mask(self, batch: batch_losses_pb2.BatchLosses) -> backprop_masks_pb2.BatchMask:
        self._note(batch)
        place = batch.epoch, batch.batch
        said = batch.revision, batch.whole, list(batch.indices), list(batch.losses)
        if place in self._judged:
            assert said == self._judged[place], "a question that is asked again has the same content"
        else:
            judged = self._judged_before + len(self._judged)
            self._judged[place] = said
            self.answers[place] = rule(self._policies[batch.revision], batch.epoch, batch, judged)
            self.revisions[place] = batch.revision
        mask = self.answers[place]
        bits = np.packbits(np.array(mask), bitorder="little").tobytes()
        return backprop_masks_pb2.BatchMask(
            epoch=batch.epoch, batch=batch.batch, revision=batch.revision, selected=bits, selected_count=sum(mask)
        )

    def deliver(self) -> None:
        """Delivers some answers in any order, some of them twice; those that were asked for again and again at once."""
        chance = self.case.chance
        due, kept = [], []
        for answer in self._pending:
            patient = answer.WhichOneof("answer") not in ("batch_mask", "span_mask") or not self.loses
            if chance.random() < self.case.prompt or (patient and self._asked[answer.SerializeToString()] > 2):
                due.append(answer)
                if chance.random() < 0.2:
                    kept.append(answer)
            else:
                kept.append(answer)
        self._pending = kept
        chance.shuffle(due)
        if self.inbox is not None:
            assert self.inbox.offer(due) == []


class Feed:
    """A policy that is swapped for another one once, where the case says, or has been swapped before."""

    def __init__(self, case: Case, swapped: bool) -> None:
        self._case = case
        self._swapped = swapped

    def at(self, epoch: int, progress: float, first: dietsb.Policy) -> Stamped:
        self._swapped = self._swapped or (epoch, progress) >= self._case.swap
        is_other = self._swapped and self._case.policies[1] != first
        return Stamped(1, self._case.policies[1]) if is_other else Stamped(0, first)


class Loop:
    """An attempt and its loop. The losses of a pass depend on how many steps were taken before it."""

    def __init__(self, system: System, on_timeout: str, saved: dict[str, Any] | None = None) -> None:
        self.system = system
        self.passes: list[tuple[int, int, int]] = []
        self.masks: dict[tuple[int, int], list[bool]] = {}
        self.trained: list[list[int]] = []
        stamped = []
        if saved is not None:
            place = (saved["epoch"], saved["announced"]) if saved["in_epoch"] else (saved["epoch"] + 1, -1)
            place = (saved["epoch"] + 1, 0) if saved["opened_next"] else place
            stamps = Stamps()
            for offset, message in enumerate(system.log):
                stamps.add(message, offset)
            stamped = stamps.after(*place)
        given = system.case.settings(on_timeout)
        opened = batch_losses_pb2.AttemptOpened(window=given.window)
        connection: Any = system
        feed: Any = Feed(system.case, saved is not None)
        self.sequencer = Sequencer(connection, given, opened, feed, stamped)
        system.inbox = self.sequencer.inbox
        report = RunReport(RunNews(connection, run_events_pb2.Run()), self.sequencer, None, None)
        attempt: Any = SimpleNamespace(sequencer=self.sequencer)
        self.course = Course(Ranks(), given, attempt, report, 0.1)
        if saved is not None:
            self.course.restore(saved)

    def steps(self) -> Iterator[int]:
        """Trains to the end; yields after each step slot and each epoch."""
        course, case = self.course, self.system.case
        while course.in_epoch or course.number < case.epochs:
            if not course.in_epoch:
                course.start_epoch()
            plan = course.plan
            assert plan is not None
            if course.has_batches:
                loads = iter(range(course.window.done, plan.count))

                def judge(planned: Any, content: Any) -> Any:
                    self.passes.append((course.number, planned.batch, course.window.done))
                    draws = np.random.default_rng([course.number, planned.batch, course.window.done])
                    return draws.exponential(size=len(planned.indices)).astype(np.float32)

                def load(plan: Any = plan, loads: Any = loads) -> Any:
                    self.system.deliver()
                    return torch.from_numpy(plan.indices(next(loads)).copy())

                for slot in course.window.slots(plan, course.tally, load, judge, lambda policy: check_policy(policy, 1)):
                    assert len(course.window.flight) <= case.window
                    self.masks[(course.number, slot.plan.batch)] = slot.mask.selected.tolist()
                    for batch in course.steps.spend(slot, plan):
                        self._train(batch)
                    self.system.deliver()
                    yield course.window.done
                for batch in course.steps.spend_queue():
                    self._train(batch)
                course.end_batches()
                yield course.window.done
            course.end_epoch()
        self.sequencer.log.close("completed")
        assert all(batch < 0 for _, batch in self.sequencer.inbox._masks), "every mask of a batch is handed out, or dropped"

    def _train(self, batch: Any) -> None:
        assert batch.data.tolist() == batch.indices.tolist()
        batch.reduce(torch.ones(len(batch)))
        self.trained.append(batch.indices.tolist())


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    level = logging.getLogger("dietsb").level
    logging.getLogger("dietsb").setLevel(logging.ERROR)
    yield
    logging.getLogger("dietsb").setLevel(level)


@BOUNDED
@given(cases)
def test_masks_are_those_of_the_rule_whenever_their_answers_come(case: Case) -> None:
    loop = Loop(System(case, loses=False), "wait")
    for _ in loop.steps():
        pass
    batches = -(-case.examples // case.batch_size)
    assert loop.masks == loop.system.answers
    assert list(loop.masks) == [(epoch, batch) for epoch in range(1, case.epochs + 1) for batch in range(batches)]
    # A pass uses the weights after the step slot of the batch a window before it.
    assert all(done == max(0, batch - case.window + 1) for _, batch, done in loop.passes)
    prompt = Loop(System(dataclasses.replace(case, prompt=1.0), loses=False), "wait")
    for _ in prompt.steps():
        pass
    assert (loop.masks, loop.passes, loop.trained) == (prompt.masks, prompt.passes, prompt.trained)


@settings(BOUNDED, max_examples=60)
@given(cases, st.integers(0, 12), st.integers(0, 4))
@example(Case(26, 5, 2, 3, (POLICIES[1], POLICIES[2]), (9, 0.5), False, 0.5, random.Random(0)), 2, 0)
@example(Case(26, 5, 4, 3, (POLICIES[4], POLICIES[5]), (2, 0.5), True, 0.5, random.Random(1)), 9, 3)
def test_attempt_resumed_at_any_slot_trains_the_same(case: Case, saved_after: int, died_after: int) -> None:
    system = System(case, loses=False)
    first = Loop(system, "wait")
    saved, trained, masked, planned = None, 0, 0, None
    for number, _ in enumerate(first.steps()):
        if number <= saved_after:
            saved = copy.deepcopy(packed(first.course.state() | {"version": 1}))
            trained, masked = len(first.trained), len(first.masks)
            upcoming = first.course.window.upcoming
            planned = None if upcoming is None else (first.course.number, upcoming)
        if number == saved_after + died_after:
            break
    assert saved is not None
    second = Loop(system, "wait", checked(saved))
    for _ in second.steps():
        pass
    # What the first attempt trained after its state was saved is trained again, and is the same.
    assert second.trained[: len(first.trained) - trained] == first.trained[trained:]
    masks = dict(list(first.masks.items())[:masked]) | second.masks
    assert masks == system.answers
    assert all(second.masks[place] == mask for place, mask in list(first.masks.items())[masked:])
    assert all(done == max(0, batch - case.window + 1) for _, batch, done in second.passes)
    if planned is not None:
        assert system.revisions[(planned[0], planned[1].batch)] == planned[1].stamped.revision
    if case.policies[0] == case.policies[1]:
        whole = Loop(System(case, loses=False), "wait")
        for _ in whole.steps():
            pass
        assert second.trained == whole.trained[trained:]
        assert masks == whole.masks


@BOUNDED
@given(cases, st.sampled_from(["whole", "random"]))
def test_batches_whose_masks_are_late_are_trained_as_asked_and_reported(case: Case, on_timeout: str) -> None:
    system = System(case, loses=True)
    loop = Loop(system, on_timeout)
    for _ in loop.steps():
        pass
    reported: list[tuple[int, int]] = []
    for message in system.log:
        batch = message.batch_losses if message.WhichOneof("event") == "batch_losses" else None
        lists = [batch, message.attempt_closed, *message.batch_span.batches]
        reported += [(late.epoch, late.batch) for one in lists if one is not None for late in one.timed_out]
    assert len(reported) == len(set(reported))
    batches = -(-case.examples // case.batch_size)
    assert list(loop.masks) == [(epoch, batch) for epoch in range(1, case.epochs + 1) for batch in range(batches)]
    for place, mask in loop.masks.items():
        if place in reported:
            assert all(mask) if on_timeout == "whole" else any(mask)
        else:
            assert mask == system.answers[place]

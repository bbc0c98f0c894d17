"""Runs of a small network on a small real dataset, through a real broker and selector."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import math
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from prometheus_client import CollectorRegistry  # noqa: E402

import dietsb  # noqa: E402
from dietsb.arguments import RUN_ID, id_of  # noqa: E402
from dietsb.kafka import EVENTS, LOSSES, MASKS, Connection, login_of_home  # noqa: E402
from dietsb.metrics import Meters  # noqa: E402
from dietsb.news import known_run  # noqa: E402
from dietsb.random_stream import RandomStream  # noqa: E402
from dietsb.wire import backprop_masks_pb2, batch_losses_pb2, run_events_pb2  # noqa: E402
from local_system import ROOT, TOKEN, LocalSystem, Service  # noqa: E402
from published_scores import publish_losses  # noqa: E402

pytestmark = [pytest.mark.system, pytest.mark.torch]
NUMBERS = itertools.count()
SET = ROOT / "trainer-service/src/main/resources/datasets/fashion-mini"


def fashion(examples: int) -> Any:
    with gzip.open(SET / "train-images-idx3-ubyte.gz") as images, gzip.open(SET / "train-labels-idx1-ubyte.gz") as labels:
        pixels = np.frombuffer(images.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28)[:examples]
        classes = np.frombuffer(labels.read(), np.uint8, offset=8)[:examples]
    return torch.utils.data.TensorDataset(torch.from_numpy(pixels.astype(np.float32) / 255), torch.from_numpy(classes.astype(np.int64)))


class Training:
    """A network with BatchNorm, its optimizer, and the loop that a user writes."""

    def __init__(self, examples: int = 300) -> None:
        torch.manual_seed(0)
        torch.set_num_threads(1)
        self.set = fashion(examples)
        self.model = torch.nn.Sequential(
            torch.nn.Conv2d(1, 4, 3, stride=2),
            torch.nn.BatchNorm2d(4),
            torch.nn.ReLU(),
            torch.nn.AdaptiveAvgPool2d(4),
            torch.nn.Flatten(),
            torch.nn.Linear(64, 10),
        )
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05, momentum=0.9)
        self.criterion = torch.nn.CrossEntropyLoss(reduction="none")
        self.trained: list[list[int]] = []

    def losses(self, x: Any, y: Any) -> Any:
        return self.criterion(self.model(x), y)

    def step(self, batch: Any) -> None:
        self.trained.append(batch.indices.tolist())
        batch.reduce(self.losses(batch.x, batch.y)).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()

    def weights(self) -> bytes:
        return b"".join(tensor.numpy().tobytes() for tensor in self.model.state_dict().values())

    def saved(self, run: Any) -> bytes:
        file = io.BytesIO()
        torch.save({"run": run.state_dict(), "model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}, file)
        return file.getvalue()

    def load(self, saved: bytes) -> Any:
        state = torch.load(io.BytesIO(saved))
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        return state["run"]


def name(what: str) -> str:
    return f"{what}-{next(NUMBERS)}-{time.monotonic_ns() % 1_000_000}"


def run_of(training: Training, system: LocalSystem, policy: Any, **more: Any) -> Any:
    settings: dict[str, Any] = {"epochs": 2, "batch_size": 64, "kafka": system.kafka, "run_id": name("run"), **more}
    return dietsb.Run(training.set, policy, **settings)


def train(training: Training, run: Any, stop_after: int | None = None) -> bytes | None:
    """Trains to the end, or to a number of steps, after which the state is returned and the process is as if killed."""
    steps = 0
    for epoch in run.epochs():
        for batch in epoch.batches(training.set, losses=training.losses):
            training.step(batch)
            steps += 1
            if steps == stop_after:
                return training.saved(run)
        run.report(accuracy=0.5, learning_rate=0.05)
    return None


def messages(system: LocalSystem, topic: str, run_id: str) -> Iterator[bytes]:
    found: list[bytes] = []
    connection = Connection(system.kafka)

    def read(message: Any) -> None:
        if message.key() == run_id.encode():
            found.append(message.value())

    connection.read_whole(topic, connection.partition_of(run_id), read)
    return iter(found)


def event(system: LocalSystem, run_id: str) -> Any:
    found, _ = known_run(Connection(system.kafka), run_id)
    assert found is not None
    return found


POLICIES = {
    "baseline": dietsb.baseline(),
    "random": dietsb.random(keep=0.5),
    "selective": dietsb.selective(keep=0.5),
    "accumulate": dietsb.selective(keep=0.5, batching="accumulate"),
    "percentile": dietsb.selective(keep=0.5, rule="percentile", history_size=128),
    "stale": dietsb.selective(keep=0.5, losses="stale:2"),
    "half-size": dietsb.selective(keep=0.5, selection_scale=0.5),
    "diet-random": dietsb.diet_random(pre_pruned=0.2, keep=0.5, order="random"),
    "infobatch": dietsb.infobatch(keep=0.5),
    "repb": dietsb.repb(keep=0.5, cap=1.5),
    "bls": dietsb.bls(keep=0.5, smoothing=0.7),
    "ies": dietsb.ies(delta=0.5, recheck=3),
    "orderdp": dietsb.orderdp(keep=0.5, draw=0.75),
    "rs2": dietsb.rs2(keep=0.7),
    "progressive": dietsb.progressive(tau=0.5, gamma=0.9),
    "seta": dietsb.seta(groups=4),
    "rho": dietsb.rho("reference-losses", keep=0.5, losses="stale:2"),
    "rcap": dietsb.rcap("reference-losses", keep=0.7, beta=0.5),
}


@pytest.fixture(scope="session")
def reference_losses(system: LocalSystem) -> None:
    """Publishes the score set that rho and rcap use."""
    examples = Training().set
    losses = np.random.default_rng(1).random(len(examples), np.float32)
    publish_losses(Connection(system.kafka), "reference-losses", examples, losses, examples.tensors[1].tolist())


@pytest.mark.usefixtures("reference_losses")
@pytest.mark.parametrize("kind", POLICIES)
def test_run_resumed_in_the_middle_of_an_epoch_ends_in_the_same_weights(system: LocalSystem, kind: str) -> None:
    whole = Training()
    run = run_of(whole, system, POLICIES[kind], epochs=3)
    train(whole, run)
    assert event(system, run.run_id).state == run_events_pb2.Run.COMPLETED

    for stop_after in (2, 7) if kind in ("selective", "accumulate") else (7,):
        first = Training()
        begun = run_of(first, system, POLICIES[kind], epochs=3)
        state = train(first, begun, stop_after)
        assert state is not None
        # The first process goes on for a while before it dies.
        begun.detach()
        second = Training()
        resumed = run_of(second, system, POLICIES[kind], epochs=3, run_id=begun.run_id, state=second.load(state))
        train(second, resumed)
        assert first.trained + second.trained == whole.trained
        assert second.weights() == whole.weights()
        end = event(system, resumed.run_id)
        assert end.state == run_events_pb2.Run.COMPLETED
        assert (end.position.epoch, end.position.epochs) == (3, 3)
        assert [epoch.seen for epoch in end.epochs] == [epoch.seen for epoch in event(system, run.run_id).epochs]


def chosen(seed: int, epoch: int, batch: int, keep: float, losses: Any) -> list[bool]:
    """The rank rule of Selective-Backprop: a race that examples of higher losses tend to win."""
    size = len(losses)
    ranks = np.empty(size, np.int64)
    ranks[np.argsort(losses, kind="stable")] = np.arange(size)
    chance = RandomStream("mask-rank", seed, epoch, batch)
    arrivals = [
        math.log(-math.log(chance.uniform(place))) - (1 / keep - 1) * math.log((ranks[place] + 0.5) / size) for place in range(size)
    ]
    first = np.argsort(arrivals, kind="stable")[: int(keep * size + 0.5 + 1e-9)]
    return [place in first for place in range(size)]


def test_trains_on_what_the_rule_selects_by_losses_in_eval_mode(system: LocalSystem) -> None:
    training = Training()
    norm = training.model[1]
    seen: list[tuple[Any, Any, Any]] = []

    def losses(x: Any, y: Any) -> Any:
        statistics = norm.running_mean.clone()
        found = training.losses(x, y)
        assert torch.equal(norm.running_mean, statistics)
        assert not found.requires_grad
        seen.append((found, x, y))
        return found

    run = run_of(training, system, dietsb.selective(keep=0.25), window=1, epochs=1)
    for epoch in run.epochs():
        for number, batch in enumerate(epoch.batches(training.set, losses=losses)):
            expected = torch.tensor(chosen(0, 1, number, 0.25, seen[-1][0].numpy()))
            assert torch.equal(batch.x, seen[-1][1][expected])
            assert torch.equal(batch.y, seen[-1][2][expected])
            assert norm.training
            training.step(batch)


def test_baseline_takes_the_steps_of_the_plain_loop(system: LocalSystem) -> None:
    training = Training()
    run = run_of(training, system, dietsb.baseline(), epochs=1)
    train(training, run)
    plain = Training()
    for indices in training.trained:
        x, y = plain.set[indices]
        plain.losses(x, y).mean().backward()
        plain.optimizer.step()
        plain.optimizer.zero_grad()
    assert sorted(itertools.chain(*training.trained)) == list(range(300))
    assert plain.weights() == training.weights()


def test_loading_draws_no_random_numbers(system: LocalSystem) -> None:
    training = Training()
    run = run_of(training, system, dietsb.selective(keep=0.5), epochs=1)
    before = torch.get_rng_state()
    for epoch in run.epochs():
        for _ in epoch.batches(torch.utils.data.DataLoader(training.set), losses=training.losses):
            pass
    assert torch.equal(torch.get_rng_state(), before)


def test_policy_is_swapped_while_the_run_goes_on(system: LocalSystem, trainer: Service) -> None:
    training = Training()
    run = run_of(training, system, dietsb.baseline(), epochs=400)
    sizes = []
    for epoch in run.epochs():
        for batch in epoch.batches(training.set, losses=training.losses):
            sizes.append(len(batch))
            training.step(batch)
        if epoch.number == 1:
            put(f"{system.selector.url}/runs/{run.run_id}/policy", {"kind": "random", "keep": 0.25})
        if sizes[-1] < 20:
            break
        time.sleep(0.05)
    run.close()
    assert 16 in sizes
    assert [placed.policy.keep for placed in event(system, run.run_id).policies] == [1.0, 0.25]


def put(url: str, body: Any) -> None:
    request = urllib.request.Request(
        url,
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}", "If-None-Match": "*"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status in (200, 201)


def test_run_is_cancelled_from_outside(system: LocalSystem, trainer: Service) -> None:
    training = Training()
    run = run_of(training, system, dietsb.baseline(), epochs=10_000)
    asked = False
    with pytest.raises(dietsb.Cancelled, match=f"run {run.run_id} was cancelled by"), run:
        for epoch in run.epochs():
            for batch in epoch.batches(training.set, losses=training.losses):
                training.step(batch)
            if not asked:
                asked = True
                cancel(trainer, run.run_id)
    assert event(system, run.run_id).state == run_events_pb2.Run.CANCELLED


def cancel(trainer: Service, run_id: str) -> None:
    await_known(trainer, run_id)
    request = urllib.request.Request(f"{trainer.url}/runs/{run_id}", method="DELETE", headers={"Authorization": f"Bearer {TOKEN}"})
    urllib.request.urlopen(request, timeout=20).close()


def await_known(trainer: Service, run_id: str) -> Any:
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(f"{trainer.url}/runs/{run_id}", timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_run_is_shown_by_the_services(system: LocalSystem, trainer: Service) -> None:
    training = Training()
    run = run_of(training, system, dietsb.selective(keep=0.5), model_name="three-layers", tags=["first-try", "gpu.2"])
    train(training, run)
    deadline = time.monotonic() + 20
    while (shown := await_known(trainer, run.run_id))["state"] != "COMPLETED":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert shown["accuracy"] == 0.5
    assert shown["tags"] == ["first-try", "gpu.2"]
    with urllib.request.urlopen(f"{trainer.url}/runs?tag=gpu.2", timeout=20) as answer:
        assert run.run_id in [one["runId"] for one in json.load(answer)]
    assert [epoch["seen"] for epoch in shown["epochs"]] == [300, 300]
    assert [epoch["selected"] for epoch in shown["epochs"]] == [150, 150]
    assert shown["epochs"][0]["trainLoss"] > 0


def test_later_attempt_ends_an_earlier_one(system: LocalSystem) -> None:
    training = Training()
    first = run_of(training, system, dietsb.selective(keep=0.5), epochs=3)
    state = train(training, first, 2)
    assert state is not None
    second = Training()
    resumed = run_of(second, system, dietsb.selective(keep=0.5), epochs=3, run_id=first.run_id, state=second.load(state))
    with pytest.raises(dietsb.Fenced, match="has begun elsewhere"), first:
        train(training, first)
    train(second, resumed)
    assert event(system, first.run_id).state == run_events_pb2.Run.COMPLETED


def test_failure_of_the_loop_is_the_reason_of_the_run(system: LocalSystem) -> None:
    training = Training()
    run = run_of(training, system, dietsb.baseline())
    with pytest.raises(ZeroDivisionError), run:
        for epoch in run.epochs():
            for _ in epoch.batches(training.set, losses=training.losses):
                raise ZeroDivisionError("of the loop")
    end = event(system, run.run_id)
    assert (end.state, end.reason) == (run_events_pb2.Run.FAILED, "ZeroDivisionError: of the loop")


def test_losses_that_are_not_finite_are_refused(system: LocalSystem) -> None:
    training = Training()
    run = run_of(training, system, dietsb.selective(keep=0.5))
    with pytest.raises(dietsb.InvalidArgument, match=r"losses\[3\] is nan, allowed is a finite number"), run:
        for epoch in run.epochs():

            def losses(x: Any, y: Any) -> Any:
                found = training.losses(x, y)
                found[3] = float("nan")
                return found

            for batch in epoch.batches(training.set, losses=losses):
                training.step(batch)
    assert event(system, run.run_id).state == run_events_pb2.Run.FAILED


def test_mean_loss_instead_of_losses_is_refused(system: LocalSystem) -> None:
    training = Training()
    run = run_of(training, system, dietsb.selective(keep=0.5))
    with pytest.raises(dietsb.InvalidArgument, match="one loss for each example"), run:
        for epoch in run.epochs():
            for batch in epoch.batches(training.set, losses=lambda x, y: training.losses(x, y).mean()):
                training.step(batch)


def test_refusal_of_the_selector_is_raised(system: LocalSystem) -> None:
    training = Training()
    run = run_of(training, system, dietsb.replay(of="no-such-run"))
    with pytest.raises(dietsb.Refused, match="no-such-run"), run:
        train(training, run)
    assert "no-such-run" in event(system, run.run_id).reason


def test_indices_that_the_selector_would_refuse_are_named(system: LocalSystem) -> None:
    run = run_of(Training(), system, dietsb.diet(pre_pruned=0.25, order="random"), epochs=1)
    with run:
        for epoch in run.epochs():
            dropped = sorted(set(range(300)) - set(epoch.kept.tolist()))[0]
            for wrong, why in (
                ([300], "keeps"),
                ([-1], "keeps"),
                ([dropped], "keeps"),
                ([int(epoch.kept[0])] * 2, "each example once"),
                (epoch.kept[:65], "64"),
                ([], "1 or more"),
            ):
                with pytest.raises(dietsb.InvalidArgument, match=f"indices .*{why}"):
                    run.mask(wrong)
            assert run.mask(epoch.kept[:64]).all()
            break


def test_known_run_id_is_refused(system: LocalSystem) -> None:
    training = Training()
    run = run_of(training, system, dietsb.baseline(), epochs=1)
    train(training, run)
    with pytest.raises(dietsb.InvalidArgument, match="which is known"):
        run_of(training, system, dietsb.baseline(), run_id=run.run_id)


def test_masks_of_batches_of_ones_own_are_those_of_the_pure_rule(system: LocalSystem) -> None:
    run = dietsb.Run(1000, dietsb.selective(keep=0.5), epochs=2, batch_size=10, kafka=system.kafka)
    draws = np.random.default_rng(0)
    for epoch in run.epochs():
        for number in range(100):
            losses = draws.exponential(size=10).astype(np.float32)
            mask = run.mask(range(10 * number, 10 * number + 10), torch.from_numpy(losses))
            assert mask.tolist() == chosen(0, epoch.number, number, 0.5, losses)
            assert run.reduce(torch.arange(5.0)) == 2
    end = event(system, run.run_id)
    assert [(one.seen, one.selected, one.steps, one.train_loss) for one in end.epochs] == [(1000, 500, 100, 2)] * 2


@pytest.mark.parametrize("kind", ["random", "infobatch"])
def test_sampler_yields_the_examples_that_the_loop_trains_on(system: LocalSystem, kind: str) -> None:
    training = Training()
    train(training, run_of(training, system, POLICIES[kind]))
    own = Training()
    run = run_of(own, system, POLICIES[kind])
    sampler = run.sampler()
    yielded: list[int] = []
    for _ in range(2):
        sizes = iter([len(one) for one in training.trained[len(own.trained) :]])
        indices = iter(sampler)
        while step := list(itertools.islice(indices, next(sizes, 1))):
            yielded += step
            places = torch.tensor(step)
            x, y = own.set[places]
            losses = own.losses(x, y)
            sampler.trained(places, losses.detach())
            own.trained.append(step)
            (losses * sampler.weights(places)).mean().backward()
            own.optimizer.step()
            own.optimizer.zero_grad()
    assert own.trained == training.trained
    run.close()
    end = event(system, run.run_id)
    assert end.state == run_events_pb2.Run.COMPLETED
    assert sum(epoch.steps for epoch in end.epochs) == len(own.trained)


@pytest.mark.parametrize("kind", ["random", "infobatch"])
def test_sampler_goes_on_after_the_examples_that_were_trained(system: LocalSystem, kind: str) -> None:
    def steps(own: Training, run: Any, sampler: Any, stop_after: int | None = None) -> Any:
        loader = torch.utils.data.DataLoader(range(300), batch_size=30, sampler=sampler)
        for _ in range(3):
            trained = 0
            for places in loader:
                x, y = own.set[places]
                losses = own.losses(x, y)
                sampler.trained(places, losses.detach())
                (losses * sampler.weights(places)).mean().backward()
                own.optimizer.step()
                own.optimizer.zero_grad()
                own.trained.append(places.tolist())
                trained += len(places)
                if len(own.trained) == stop_after:
                    # A loader that has drawn further than what was trained.
                    return own.saved(run), {**sampler.state_dict(), "yielded": trained}
            if run._course.is_spent:
                break
        run.close()
        return None

    whole = Training()
    run = run_of(whole, system, POLICIES[kind], epochs=3)
    steps(whole, run, run.sampler())
    assert event(system, run.run_id).state == run_events_pb2.Run.COMPLETED
    first = Training()
    begun = run_of(first, system, POLICIES[kind], epochs=3)
    state, place = steps(first, begun, begun.sampler(), len(whole.trained) - 3)
    begun.detach()
    second = Training()
    resumed = run_of(second, system, POLICIES[kind], epochs=3, run_id=begun.run_id, state=second.load(state))
    sampler = resumed.sampler()
    sampler.load_state_dict(place)
    steps(second, resumed, sampler)
    assert first.trained + second.trained == whole.trained
    assert second.weights() == whole.weights()


def test_sampler_refuses_a_policy_that_needs_losses(system: LocalSystem) -> None:
    training = Training()
    with run_of(training, system, dietsb.selective(keep=0.5)) as run, pytest.raises(dietsb.InvalidArgument, match="without selection"):
        next(iter(run.sampler()))


def test_selector_and_broker_that_die_change_no_mask(system: LocalSystem) -> None:
    whole = Training()
    train(whole, run_of(whole, system, dietsb.selective(keep=0.5), on_timeout="wait"))
    training = Training()
    run = run_of(training, system, dietsb.selective(keep=0.5), on_timeout="wait", mask_timeout=2)
    for epoch in run.epochs():
        for number, batch in enumerate(epoch.batches(training.set, losses=training.losses)):
            training.step(batch)
            if number == 1:
                part = system.selector if epoch.number == 1 else system.broker
                part.kill()
                part.start()
    system.broker.await_ready()
    system.selector.await_ready()
    assert training.weights() == whole.weights()
    assert event(system, run.run_id).state == run_events_pb2.Run.COMPLETED


@pytest.mark.long
def test_broker_that_is_away_for_a_minute_changes_no_mask(system: LocalSystem) -> None:
    whole = Training()
    train(whole, run_of(whole, system, dietsb.selective(keep=0.5), on_timeout="wait"))
    training = Training()
    run = run_of(training, system, dietsb.selective(keep=0.5), on_timeout="wait", mask_timeout=2)

    def restart() -> None:
        time.sleep(60)
        system.broker.start()
        # The broker would end with the thread that has started it.
        threading.Event().wait()

    restarting = threading.Thread(target=restart, daemon=True)
    for epoch in run.epochs():
        for number, batch in enumerate(epoch.batches(training.set, losses=training.losses)):
            training.step(batch)
            if (epoch.number, number) == (1, 1):
                system.broker.kill()
                restarting.start()
    system.broker.await_ready()
    system.selector.await_ready()
    assert training.weights() == whole.weights()
    end = event(system, run.run_id)
    assert end.state == run_events_pb2.Run.COMPLETED
    assert sum(one.mask_wait_seconds for one in end.epochs) > 50


def test_batches_without_losses_are_announced_in_spans(system: LocalSystem) -> None:
    training = Training()
    run = run_of(training, system, dietsb.random(keep=0.5), epochs=1, batch_size=10, window=8)
    train(training, run)
    events = [batch_losses_pb2.LossMessage.FromString(one).WhichOneof("event") for one in messages(system, "batch-losses", run.run_id)]
    assert events[:3] == ["attempt_opened", "epoch_opened", "batch_span"]
    assert events[-1] == "attempt_closed"
    assert events.count("batch_losses") + events.count("batch_span") < 15
    answers = [
        backprop_masks_pb2.MaskMessage.FromString(one).WhichOneof("answer") for one in messages(system, "backprop-masks", run.run_id)
    ]
    assert "span_mask" in answers


@pytest.mark.parametrize("name", ["CIFAR-10 (JPEG)", "tensor-dataset", "Größe", "...", "x" * 80])
def test_ids_are_made_of_any_name(name: str) -> None:
    made = id_of(name, "diet-selective")
    assert RUN_ID.fullmatch(made)
    assert len(made) <= 64
    assert id_of(name, "diet-selective") != made


def test_login_that_a_broker_does_not_take_is_named(system: LocalSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kafka.properties").write_text(
        "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\n"
        'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="a" password="b";\n'
    )
    monkeypatch.setenv("DIETSB_HOME", str(tmp_path))
    monkeypatch.setattr("dietsb.kafka.REACHABLE", 1.0)
    with pytest.raises(dietsb.DietsbError, match=rf"{system.kafka}.* the login in {tmp_path}/kafka.properties .*kafka_settings="):
        Connection(system.kafka)
    assert Connection(system.kafka, {}).partition_of("any") >= 0


def test_topics_begin_with_the_prefix_of_the_system(system: LocalSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Connection(system.kafka, {})
    before = plain.end_of(EVENTS, 0)
    monkeypatch.setenv("DIETSB_PREFIX", "lab.")
    with pytest.raises(dietsb.DietsbError, match=r"topic lab\.batch-losses does not exist"):
        Connection(system.kafka, {})
    topics = [NewTopic(f"lab.{name}", 1, 1) for name in (LOSSES, MASKS, "selector-policies", EVENTS)]
    admin = AdminClient({"bootstrap.servers": system.kafka})
    for made in admin.create_topics(topics).values():
        made.result()
    connection = Connection(system.kafka, {})
    connection.write(EVENTS, "one", b"value", partition=0)
    assert connection.close() == 0
    seen: list[Any] = []
    end = connection.read_whole(EVENTS, 0, lambda message: seen.append((connection.topic_of(message), message.topic(), message.key())))
    assert seen == [(EVENTS, "lab.run-events", b"one")]
    assert connection.end_of(EVENTS, 0) == end == 1
    assert plain.end_of(EVENTS, 0) == before


def test_example_of_the_readme_runs(system: LocalSystem, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    readme = (ROOT / "deploy" / "python" / "README.md").read_text(encoding="utf-8")
    example = readme.split("```python\n")[1].split("```")[0]
    assert sum(1 for line in example.splitlines() if line.strip()) <= 25
    torch.manual_seed(0)
    monkeypatch.setenv("DIETSB_KAFKA", system.kafka)
    monkeypatch.chdir(ROOT)
    exec(compile(example.replace("epochs=5", "epochs=1"), "README.md", "exec"), {})
    number, accuracy = capsys.readouterr().out.split()
    assert number == "1"
    assert float(accuracy) > 0.4


def test_login_of_a_started_system_is_read(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIETSB_HOME", str(tmp_path))
    assert login_of_home() == {}
    (tmp_path / "kafka.properties").write_text(
        'sasl.jaas.config=org.example.Module required username="me" password="a1";\n'
        "sasl.mechanism=SCRAM-SHA-512\nsecurity.protocol=SASL_PLAINTEXT\n"
    )
    assert login_of_home() == {
        "sasl.mechanism": "SCRAM-SHA-512",
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.username": "me",
        "sasl.password": "a1",
    }


def test_metrics_have_the_names_and_values_of_the_run(system: LocalSystem) -> None:
    registry = CollectorRegistry()
    training = Training()
    meters = Meters(registry)
    for _ in range(2):
        train(training, run_of(training, system, dietsb.selective(keep=0.5), metrics=meters))
    values = {
        name: registry.get_sample_value(f"dietsb_{name}") for name in ("examples_seen_total", "examples_selected_total", "steps_total")
    }
    assert values == {"examples_seen_total": 1200, "examples_selected_total": 600, "steps_total": 20}
    assert registry.get_sample_value("dietsb_keep_count") == 20
    assert registry.get_sample_value("dietsb_mask_round_trip_seconds_count") == 20
    assert registry.get_sample_value("dietsb_mask_timeouts_total") == 0
    for stage in ("selection_forward", "mask_wait", "forward_backward"):
        assert (registry.get_sample_value("dietsb_stage_seconds_sum", {"stage": stage}) or 0) > 0


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        (["Big"], r"tags is Big, allowed is \[a-z0-9._-\]\{1,40\}"),
        (["a" * 41], "tags is aaaa"),
        (["a", "b", "a"], "tags is a, b, a, allowed is each tag once"),
        ([str(tag) for tag in range(9)], "tags is 9 tags, allowed is 8 or fewer"),
        ("night", "tags is night, allowed is a list of words"),
        ([1], "tags is 1, allowed is"),
    ],
)
def test_refuses_tags_that_the_services_would_refuse(tags: Any, why: str) -> None:
    with pytest.raises(dietsb.InvalidArgument, match=why):
        dietsb.Run(100, dietsb.random(keep=0.5), epochs=2, batch_size=10, tags=tags)


def test_messages_write_a_number_without_a_needless_fraction() -> None:
    with pytest.raises(dietsb.InvalidArgument, match=r"learning_rate is 0, allowed is \(0, 1000000\)"):
        dietsb.Run(100, epochs=2, batch_size=10, learning_rate=0.0)

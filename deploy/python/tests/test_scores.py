"""Scoring a network of one's own: members trained here, averaged and published by the scorer, used by a diet."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import dietsb  # noqa: E402
from dietsb.random_stream import member_seed  # noqa: E402
from local_system import LocalSystem, Service  # noqa: E402
from test_run import Training, name, run_of, train  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.system]

EXAMPLES = 300


@pytest.fixture(scope="module")
def scorer(system: LocalSystem) -> Iterator[Service]:
    started = system.scorer
    started.start()
    started.await_ready()
    yield started
    started.kill()


class Ensemble:
    """Members whose loop is one of a user's own."""

    def __init__(self) -> None:
        self.set = Training(EXAMPLES).set
        self.trained: list[Any] = []

    def model(self) -> Any:
        self.trained.append(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(0.5), torch.nn.Linear(784, 10)))
        return self.trained[-1]

    def fit(self, model: Any, epochs: int) -> None:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(epochs):
            for x, y in torch.utils.data.DataLoader(self.set, batch_size=50, shuffle=True):
                torch.nn.functional.cross_entropy(model(x), y).backward()
                optimizer.step()
                optimizer.zero_grad()

    def norms(self, model: Any) -> Any:
        """Returns what the definition says, in double precision."""
        x, y = self.set.tensors
        model.eval()
        with torch.no_grad():
            errors = torch.softmax(model(x).double(), 1)
        errors[torch.arange(EXAMPLES), y] -= 1
        return errors.pow(2).sum(1).sqrt().numpy()


def shown(scorer: Service, path: str) -> Any:
    with urllib.request.urlopen(f"{scorer.url}{path}", timeout=10) as answer:
        return json.load(answer)


def test_scores_of_own_members_are_published_and_prune_a_run(system: LocalSystem, scorer: Service) -> None:
    ensemble = Ensemble()
    scored = dietsb.scores(ensemble.model, ensemble.set, members=3, epochs=2, fit=ensemble.fit, kafka=system.kafka)
    expected = np.mean([ensemble.norms(model) for model in ensemble.trained], axis=0)
    assert len(ensemble.trained) == 3
    np.testing.assert_allclose(scored.scores, expected, atol=1e-6)
    assert not np.allclose(ensemble.norms(ensemble.trained[0]), ensemble.norms(ensemble.trained[1]), atol=1e-3)

    published = shown(scorer, f"/score-sets/{scored.id}")
    assert np.array_equal(np.array(published["scores"], np.float32), scored.scores)
    assert published["labels"] == []
    assert (published["members"], published["scoringEpochs"], published["examplesTrained"]) == (3, 2, 3 * 2 * EXAMPLES)
    assert published["memberSeeds"] == [member_seed(0, member) for member in range(3)]
    scoring = shown(scorer, f"/scorings/{scored.id}")
    assert (scoring["state"], scoring["membersDone"]) == ("COMPLETED", 3)

    training = Training(EXAMPLES)
    train(training, run_of(training, system, dietsb.diet(score_set=scored.id, pre_pruned=0.25), epochs=1))
    hardest = np.argsort(scored.scores, kind="stable")[EXAMPLES // 4 :]
    assert sorted(index for step in training.trained for index in step) == sorted(hardest)


def test_classes_are_published_only_on_demand(system: LocalSystem, scorer: Service) -> None:
    ensemble = Ensemble()
    policy: dict[str, Any] = {"pre_pruned": 0.25, "balanced": True}
    bare = dietsb.scores(ensemble.model, ensemble.set, members=1, epochs=1, fit=ensemble.fit, kafka=system.kafka, score_set=name("bare"))
    training = Training(EXAMPLES)
    refused = pytest.raises(dietsb.Refused, match=f"score set {bare.id} has no labels, which a balanced diet needs")
    with refused, run_of(training, system, dietsb.diet(score_set=bare.id, **policy), epochs=1) as run:
        train(training, run)

    whole = dietsb.scores(ensemble.model, ensemble.set, members=1, epochs=1, fit=ensemble.fit, kafka=system.kafka, labels=True)
    labels = ensemble.set.tensors[1].tolist()
    assert shown(scorer, f"/score-sets/{whole.id}")["labels"] == labels
    train(training, run_of(training, system, dietsb.diet(score_set=whole.id, **policy), epochs=1))
    left = [labels[index] for step in training.trained for index in step]
    assert [left.count(c) for c in range(10)] == [labels.count(c) - labels.count(c) // 4 for c in range(10)]

    with pytest.raises(dietsb.InvalidArgument, match=f"score_set is {bare.id}, which is known"):
        dietsb.scores(ensemble.model, ensemble.set, members=1, epochs=1, fit=ensemble.fit, kafka=system.kafka, score_set=bare.id)


def test_networks_that_cannot_be_scored_are_named(system: LocalSystem) -> None:
    ensemble = Ensemble()

    def scored(model: Any, dataset: Any = ensemble.set) -> None:
        dietsb.scores(lambda: model, dataset, members=1, epochs=1, fit=lambda *_: None, kafka=system.kafka)

    with pytest.raises(dietsb.InvalidArgument, match=r"the network returns \[256, 1, 28, 28\], allowed are logits \[256, C\]"):
        scored(torch.nn.Identity())
    with pytest.raises(dietsb.InvalidArgument, match=r"classes that are not integers in \[0, 5\)"):
        scored(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 5)))
    diverged = torch.nn.Linear(784, 10)
    torch.nn.init.constant_(diverged.weight, float("nan"))
    with pytest.raises(dietsb.InvalidArgument, match="logits that are not finite"):
        scored(torch.nn.Sequential(torch.nn.Flatten(), diverged))
    with pytest.raises(dietsb.InvalidArgument, match="dataset is a number"):
        scored(diverged, 300)

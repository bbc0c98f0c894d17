"""For equal losses and seed the masks of a run are those that the Java trainer gets: golden/masks.jsonl, every bit, every policy."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from confluent_kafka import Message

import dietsb
from dietsb.kafka import LOSSES, MASKS, Connection
from dietsb.policy import Policy
from dietsb.random_stream import RandomStream
from dietsb.wire import backprop_masks_pb2, batch_losses_pb2, selector_policies_pb2
from local_system import LocalSystem
from published_scores import publish_losses

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.system, pytest.mark.torch]

GOLDEN = Path(__file__).parent / "golden" / "masks.jsonl"


def scripted_losses(epoch: int, examples: int) -> Any:
    """Returns [N] the losses of an epoch: 4 times a draw each, rounded to float32."""
    stream = RandomStream("scripted-loss", 0, epoch)
    return torch.tensor([4 * stream.uniform(index) for index in range(examples)], dtype=torch.float64).to(torch.float32)


def digests(connection: Connection, run_id: str, epochs: int) -> tuple[int, list[str]]:
    """Returns the number of masks of the first epochs of a run, and a SHA-256 for each of these as Java computes it."""
    opened: dict[int, backprop_masks_pb2.EpochMask] = {}
    masks: dict[tuple[int, int], backprop_masks_pb2.BatchMask] = {}
    announced: dict[tuple[int, int], batch_losses_pb2.BatchLosses] = {}

    def announcements(message: Message) -> None:
        if message.key() == run_id.encode():
            one = batch_losses_pb2.LossMessage.FromString(bytes(message.value() or b""))
            for batch in [one.batch_losses, *one.batch_span.batches] if one.HasField("batch_losses") else one.batch_span.batches:
                announced[batch.epoch, batch.batch] = batch

    def answers(message: Message) -> None:
        if message.key() == run_id.encode():
            one = backprop_masks_pb2.MaskMessage.FromString(bytes(message.value() or b""))
            if one.HasField("epoch_mask"):
                opened[one.epoch_mask.epoch] = one.epoch_mask
            for mask in [one.batch_mask] if one.HasField("batch_mask") else one.span_mask.masks:
                masks[mask.epoch, mask.batch] = mask

    partition = connection.partition_of(run_id)
    connection.read_whole(LOSSES, partition, announcements)
    connection.read_whole(MASKS, partition, answers)
    found = []
    for epoch in range(1, epochs + 1):
        sha = hashlib.sha256(opened[epoch].kept + opened[epoch].weighted)
        sha.update(np.array([opened[epoch].weight], "<f4").tobytes())
        for place in sorted(place for place in announced if place[0] == epoch):
            sha.update(np.array(announced[place].indices, "<i4").tobytes())
            sha.update(masks[place].selected)
            sha.update(np.array(masks[place].weights, "<f4").tobytes())
        found.append(sha.hexdigest())
    return sum(epoch <= epochs for epoch, _ in masks), found


def train(system: LocalSystem, row: dict[str, Any], losses: list[Any], epochs: int) -> None:
    """Trains the first epochs of a run whose losses are those of the script."""
    policy = Policy.from_wire(selector_policies_pb2.Policy.FromString(bytes.fromhex(row["wire"])))
    examples = torch.utils.data.TensorDataset(torch.arange(row["examples"]))
    if policy.score_set is not None:
        stream = RandomStream("scripted-reference", 0)
        references = np.array([4 * stream.uniform(index) for index in range(row["examples"])], "<f4")
        classes = [(index % 10) ** 2 // 10 for index in range(row["examples"])]
        publish_losses(Connection(system.kafka), policy.score_set, examples, references, classes)
    with dietsb.Run(
        examples,
        policy,
        epochs=row["epochs"],
        batch_size=row["batchSize"],
        run_id=row["run"],
        seed=row["seed"],
        window=row["window"],
        kafka=system.kafka,
        on_timeout="wait",
    ) as run:
        for epoch in run.epochs():
            if epoch.number > epochs:
                break
            of_epoch = losses[epoch.number - 1]
            for batch in epoch.batches(examples, losses=lambda indices, of_epoch=of_epoch: of_epoch[indices]):
                batch.reduce(of_epoch[batch.indices])


def compare(system: LocalSystem, epochs: int, runs: set[str] | None = None) -> int:
    """Compares the first epochs of runs of the file, all by default; returns the number of masks."""
    rows = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
    losses = [scripted_losses(epoch, rows[0]["examples"]) for epoch in range(1, epochs + 1)]
    connection = Connection(system.kafka)
    total = 0
    for row in rows:
        if runs is not None and row["run"] not in runs:
            continue
        train(system, row, losses, epochs)
        count, found = digests(connection, row["run"], epochs)
        assert found == row["sha256"][:epochs], row["run"]
        assert epochs < row["epochs"] or count == row["masks"], row["run"]
        total += count
    return total


def test_the_first_masks_of_some_policies_are_those_of_the_java_trainer(system: LocalSystem) -> None:
    assert compare(system, 3, {"percentile", "infobatch", "repb", "orderdp", "seta", "bls", "repb-cap", "rho", "rcap"}) > 700


@pytest.mark.long
def test_every_mask_of_every_policy_is_that_of_the_java_trainer(own_system: LocalSystem) -> None:
    assert compare(own_system, 18) >= 10_000

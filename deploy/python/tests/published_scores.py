"""A score set that no scorer computes: losses, with classes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dietsb.arguments import identity_of
from dietsb.kafka import SCORES, Connection
from dietsb.wire import el2n_scores_pb2


def publish_losses(connection: Connection, name: str, dataset: Any, losses: npt.NDArray[np.float32], labels: Sequence[int]) -> None:
    """Writes the messages of a finished set, and waits until the broker has them.

    Args:
        connection: of which no more is used.
        name: id of the set.
        dataset: the training set.
        losses: [N] in nats.
        labels: [N] classes from 0.
    """
    identity, _ = identity_of(dataset, None)
    chunk = el2n_scores_pb2.ScoreChunk(first_index=0, scores=losses, labels=labels)
    manifest = el2n_scores_pb2.ScoreSetManifest(
        dataset=identity,
        members=1,
        scoring_epochs=1,
        count=len(losses),
        checksum=hashlib.sha256(losses.astype("<f4").tobytes()).hexdigest(),
        mean=float(np.mean(losses, dtype=np.float64)),
        method="last-loss",
    )
    for key, message in (
        ("chunk-0", el2n_scores_pb2.ScoreMessage(score_set=name, chunk=chunk)),
        ("ended", el2n_scores_pb2.ScoreMessage(score_set=name, manifest=manifest)),
    ):
        connection.write(SCORES, f"{name}/{key}", message.SerializeToString(), partition=0)
    assert connection.close() == 0

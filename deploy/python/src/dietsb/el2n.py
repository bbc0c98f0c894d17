"""EL2N scores of a network of one's own: how hard each example is, from an ensemble of briefly trained members.

The score of an example is the mean over the members of ``|| softmax(f(x)) - onehot(y) ||_2`` (Paul et al. 2021, arXiv 2107.07075,
section 2), in [0, sqrt 2]; high = hard.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from confluent_kafka import KafkaError, Message
from google.protobuf.message import DecodeError
from torch.utils.data import DataLoader

from dietsb import data as batches_of
from dietsb.arguments import RUN_ID, Labels, id_of, identity_of
from dietsb.errors import DietsbError, InvalidArgument, Unavailable, require
from dietsb.kafka import ERRORS, SCORES, Connection
from dietsb.random_stream import member_seed
from dietsb.wire import el2n_scores_pb2, prediction_errors_pb2, training_orders_pb2

LOG = logging.getLogger("dietsb")
MOST_MEMBERS = 100
CHUNK = 10_000

Floats = npt.NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class ScoreSet:
    """A published score set.

    Attributes:
        id: for ``score_set=`` of a policy.
        scores: float32 [N], EL2N of each example, in [0, sqrt 2].
    """

    id: str
    scores: Floats


@dataclasses.dataclass(frozen=True)
class _Member:
    run_id: str
    seed: int
    norms: Floats
    seconds: float


def scores(
    model_fn: Callable[[], torch.nn.Module],
    dataset: Any,
    members: int = 10,
    epochs: int = 10,
    *,
    fit: Callable[[torch.nn.Module, int], None],
    predict: Callable[[torch.nn.Module, Any], torch.Tensor] | None = None,
    batch_size: int = 256,
    device: torch.device | str | None = None,
    seed: int = 0,
    labels: bool = False,
    score_set: str | None = None,
    dataset_name: str | None = None,
    model_name: str = "pytorch",
    kafka: str | None = None,
    kafka_settings: Mapping[str, Any] | None = None,
    wait: float = 120.0,
) -> ScoreSet:
    """Trains an ensemble in a loop of one's own, and has the scorer publish the EL2N scores of the training set.

    Args:
        model_fn: returns a new network; PyTorch is seeded with the member's seed before each call.
        dataset: the training set, without augmentation; each example is a pair of input and class. A run whose diet uses the scores must
            have a dataset of the same name, size and labels.
        members: number of members, in [1, 100].
        epochs: epochs that each is trained, in [1, 100000]. The paper uses 10 to 20.
        fit: trains a network for a number of epochs, in place.
        predict: returns logits [B, C] of a network for inputs; None = calls the network.
        batch_size: of the passes that compute the errors, in [1, 65536].
        device: where these passes compute; None = where the network is.
        seed: determines the members' seeds.
        labels: whether the classes are published with the scores. Only a diet that balances classes needs them; otherwise they do not leave
            this process.
        score_set: id, as ``[a-z0-9][a-z0-9.-]{0,79}``; None = made up of the name of the dataset.
        dataset_name: name of the dataset; None = that of its class, as of a run.
        model_name: shown with the score set.
        kafka: ``host:port`` of the brokers, as of a run.
        kafka_settings: further settings of librdkafka, as of a run.
        wait: seconds that the scorer may take to publish.

    Raises:
        InvalidArgument: if an argument is out of its range, or a network does not return finite logits [B, C].
        Unavailable: if Kafka or the scorer does not answer.
    """
    require(1 <= members <= MOST_MEMBERS, "members", members, f"[1, {MOST_MEMBERS}]")
    require(1 <= epochs <= 100_000, "epochs", epochs, "[1, 100000]")
    require(1 <= batch_size <= 65_536, "batch_size", batch_size, "[1, 65536]")
    require(-(1 << 63) <= seed < 1 << 63, "seed", seed, "a signed 64-bit integer")
    require(len(model_name) <= 80, "model_name", f"{len(model_name)} characters", "80 or fewer")
    require(score_set is None or bool(RUN_ID.fullmatch(score_set)), "score_set", score_set, RUN_ID.pattern)
    require(0 < wait <= 86_400, "wait", wait, "(0, 86400] seconds")
    identity, classes = identity_of(dataset, dataset_name)
    if isinstance(dataset, int):
        raise InvalidArgument("dataset is a number, allowed is the training set itself: its examples are judged")
    require(not labels or classes is not None, "labels", labels, "False, or a dataset that names its classes as targets or labels")
    connection = Connection(kafka, kafka_settings)
    connection.require_topics(ERRORS, SCORES)
    if score_set is not None and any(key.startswith(score_set.encode() + b"/") for key in _keys(connection)):
        raise InvalidArgument(f"score_set is {score_set}, which is known: allowed is a new id")
    name = score_set or id_of(identity.name, "el2n")
    # Reports of a deleted set of the same name do not count.
    members_of = id_of(name, "member")
    trained = []
    for number in range(members):
        started = time.monotonic()
        own = member_seed(seed, number)
        torch.manual_seed(own)
        model = model_fn()
        fit(model, epochs)
        norms = _error_norms(model, dataset, predict, batch_size, device)
        trained.append(_Member(f"{members_of}-{number}", own, norms, time.monotonic() - started))
        LOG.info("member %d of %d is trained, in %.1f s; mean error norm %.4f", number + 1, members, trained[-1].seconds, norms.mean())
    first = connection.end_of(SCORES, 0)
    _publish(connection, name, identity, classes if labels else None, trained, epochs, model_name)
    mean = (np.sum([one.norms.astype(np.float64) for one in trained], axis=0) / members).astype(np.float32)
    checksum = _published(connection, name, first, wait)
    if checksum != hashlib.sha256(mean.astype("<f4").tobytes()).hexdigest():
        raise DietsbError(f"score set {name} was published with other scores than those of its members")
    return ScoreSet(name, mean)


def _error_norms(
    model: torch.nn.Module,
    dataset: Any,
    predict: Callable[[torch.nn.Module, Any], torch.Tensor] | None,
    batch_size: int,
    device: torch.device | str | None,
) -> Floats:
    """Returns the error norm [N] of each example, in eval mode."""
    norms = []
    with batches_of.selection_pass(model):
        for batch in DataLoader(dataset, batch_size=batch_size):
            if not isinstance(batch, (tuple, list)) or len(batch) != 2:
                raise InvalidArgument("dataset has examples of another form, allowed are pairs of input and class")
            x, y = batches_of.moved(batch[0], device), batch[1]
            logits = model(x) if predict is None else predict(model, x)
            if not isinstance(logits, torch.Tensor) or logits.dim() != 2 or len(logits) != len(y):
                shape = list(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
                raise InvalidArgument(f"the network returns {shape}, allowed are logits [{len(y)}, C]")
            if (
                not isinstance(y, torch.Tensor)
                or y.dim() != 1
                or y.is_floating_point()
                or not bool(((y >= 0) & (y < logits.shape[1])).all())
            ):
                raise InvalidArgument(f"dataset has classes that are not integers in [0, {logits.shape[1]}), the network's")
            errors = torch.softmax(logits.float(), 1)
            if not bool(torch.isfinite(errors).all()):
                raise InvalidArgument("the network returns logits that are not finite: its training has diverged")
            errors[torch.arange(len(y), device=errors.device), y.to(errors.device)] -= 1
            norms.append(errors.norm(dim=1).clamp(max=math.sqrt(2)).cpu().numpy().astype(np.float32))
    return np.concatenate(norms)


def _publish(
    connection: Connection,
    name: str,
    identity: training_orders_pb2.DatasetIdentity,
    classes: Labels | None,
    members: list[_Member],
    epochs: int,
    model_name: str,
) -> None:
    lost: list[str] = []

    def stored(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            lost.append(str(error))

    for number, member in enumerate(members):
        for start in range(0, len(member.norms), CHUNK):
            end = start + CHUNK
            errors = prediction_errors_pb2.PredictionErrors(
                scoring_id=name,
                member=number,
                run_id=member.run_id,
                attempt=1,
                dataset=identity,
                seed=member.seed,
                first_index=start,
                error_norms=member.norms[start:end],
                labels=None if classes is None else classes[start:end],
                seconds=member.seconds,
                examples_trained=epochs * identity.count,
            )
            message = prediction_errors_pb2.PredictionMessage(errors=errors).SerializeToString()
            connection.write(ERRORS, name, message, partition=0, on_delivery=stored)
    requested = el2n_scores_pb2.ScoringRequested(
        members=len(members),
        scoring_epochs=epochs,
        recipe=training_orders_pb2.TrainingOrder(model=model_name, dataset=training_orders_pb2.DatasetChoice(name=identity.name)),
        member_run_ids=[one.run_id for one in members],
        member_seeds=[one.seed for one in members],
        epoch_millis=int(time.time() * 1000),
        foreign=True,
    )
    message = el2n_scores_pb2.ScoreMessage(score_set=name, requested=requested).SerializeToString()
    connection.write(SCORES, f"{name}/requested", message, partition=0, on_delivery=stored)
    unsent = connection.close()
    if lost or unsent:
        raise Unavailable(f"score set {name} is not stored: {lost[0] if lost else f'the broker does not take {unsent} messages'}")


def _keys(connection: Connection) -> set[bytes]:
    """Returns the keys of topic el2n-scores that have a value."""
    keys: set[bytes] = set()

    def read(message: Message) -> None:
        key = bytes(message.key() or b"")
        if message.value() is None:
            keys.discard(key)
        else:
            keys.add(key)

    connection.read_whole(SCORES, 0, read)
    return keys


def _published(connection: Connection, name: str, first: int, wait: float) -> str:
    """Waits for the manifest of a set, and returns the SHA-256 of its scores."""
    ended: list[el2n_scores_pb2.ScoreMessage] = []
    key = f"{name}/ended".encode()

    def read(message: Message) -> None:
        if bytes(message.key() or b"") == key and message.value() is not None:
            try:
                ended.append(el2n_scores_pb2.ScoreMessage.FromString(bytes(message.value() or b"")))
            except DecodeError:
                return

    deadline = time.monotonic() + wait
    while not ended:
        first = connection.read_whole(SCORES, 0, read, first)
        if not ended and time.monotonic() > deadline:
            raise Unavailable(
                f"the scorer has not published score set {name} within {wait:.0f} s; it does so when it runs:"
                f" look with GET /score-sets/{name}"
            )
        time.sleep(0.1)
    event = ended[-1]
    if event.HasField("failed"):
        raise DietsbError(f"scoring {name} ended without scores: {event.failed.reason}")
    return event.manifest.checksum

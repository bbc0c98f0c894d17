"""Checks the arguments of a run."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dietsb import data as batches_of
from dietsb import duties
from dietsb.errors import InvalidArgument, require
from dietsb.losslog import ON_TIMEOUT
from dietsb.plan import Settings
from dietsb.policy import Policy
from dietsb.wire import training_orders_pb2

TAG = re.compile("[a-z0-9._-]{1,40}")
MOST_TAGS = 8
RUN_ID = re.compile("[a-z0-9][a-z0-9.-]{0,79}")

Labels = npt.NDArray[np.int64]


def check(settings: Settings, run_id: str | None, learning_rate: float, model_name: str, tags: Sequence[str]) -> None:
    """Checks the settings of a run.

    Args:
        settings: of the run, without its id.
        run_id: its id; None = none was given.
        learning_rate: of the first step.
        model_name: shown with the run.
        tags: of the run.

    Raises:
        InvalidArgument: if one is out of its range.
    """
    require(1 <= settings.examples < 1 << 31, "dataset", f"{settings.examples} examples", "[1, 2147483647]")
    require(1 <= settings.epochs <= 100_000, "epochs", settings.epochs, "[1, 100000]")
    require(1 <= settings.batch_size <= 65_536, "batch_size", settings.batch_size, "[1, 65536]")
    require(1 <= settings.window <= 64, "window", settings.window, "[1, 64]")
    require(-(1 << 63) <= settings.seed < 1 << 63, "seed", settings.seed, "a signed 64-bit integer")
    require(settings.on_timeout in ON_TIMEOUT, "on_timeout", settings.on_timeout, "one of " + ", ".join(ON_TIMEOUT))
    require(0 < settings.mask_timeout <= 86_400, "mask_timeout", settings.mask_timeout, "(0, 86400] seconds")
    require(0 < learning_rate < 1e6, "learning_rate", learning_rate, "(0, 1000000)")
    require(len(model_name) <= 80, "model_name", f"{len(model_name)} characters", "80 or fewer")
    check_tags(tags)
    require(run_id is None or bool(RUN_ID.fullmatch(run_id)), "run_id", run_id, RUN_ID.pattern)


def check_tags(tags: Sequence[str]) -> None:
    """Raises :class:`InvalidArgument` if there are too many tags, or one of them is malformed or given twice."""
    require(not isinstance(tags, str), "tags", tags, 'a list of words, such as ["first-try"]')
    for tag in tags:
        require(isinstance(tag, str) and bool(TAG.fullmatch(tag)), "tags", tag, TAG.pattern)
    require(len(tags) <= MOST_TAGS, "tags", f"{len(tags)} tags", f"{MOST_TAGS} or fewer")
    require(len(set(tags)) == len(tags), "tags", ", ".join(tags), "each tag once")


def id_of(name: str, what: str) -> str:
    """Returns a new id, as RUN_ID allows, in at most 64 characters.

    Args:
        name: of what it is made, in any characters.
        what: it is the id of, for example the kind of a policy.
    """
    return f"{batches_of.plain(name)[:40]}-{what}-{secrets.token_hex(4)}"


def identity_of(dataset: Any, dataset_name: str | None) -> tuple[training_orders_pb2.DatasetIdentity, Labels | None]:
    """Returns what tells a training set from others, and the class [N] of each example; None if it has no classes.

    Args:
        dataset: the training set, or its number of examples.
        dataset_name: its name; None = that of its class.
    """
    is_number = isinstance(dataset, int)
    examples = dataset if is_number else len(dataset)
    require(examples >= 1, "dataset", f"{examples} examples", "[1, 2147483647]")
    labels = None if is_number else batches_of.labels_of(dataset)
    name = dataset_name or ("dataset" if is_number else batches_of.name_of(dataset))
    require(len(name) <= 80, "dataset_name", f"{len(name)} characters", "80 or fewer")
    identity = training_orders_pb2.DatasetIdentity(
        name=name,
        count=examples,
        classes=0 if labels is None else int(labels.max()) + 1,
        checksum=batches_of.fingerprint(name, examples, labels),
    )
    return identity, labels


def check_first_policy(policy: Policy, batch_size: int, processes: int) -> None:
    """Raises :class:`InvalidArgument` if a run cannot begin with a policy."""
    unfit = policy.unfit_for(batch_size)
    if unfit:
        raise InvalidArgument(unfit)
    check_policy(policy, processes)


def check_policy(policy: Policy, processes: int) -> None:
    """Raises :class:`InvalidArgument` if this client cannot train by a policy in a number of processes."""
    require(policy.proxy is None, "policy", f"one with a proxy ({policy.proxy})", "one without: this client trains no proxies")
    require(policy.own_epochs == 0, "score_set", policy.score_set, "the id of a score set")
    accumulates = duties.accumulates(policy)
    require(processes == 1 or not accumulates, "batching", policy.batching, f"shrink in a run of {processes} processes")


def check_without_losses(policy: Policy) -> None:
    """Raises :class:`InvalidArgument` if a policy needs selection passes."""
    allowed = "one without selection passes with a sampler: any kind but selective and diet-selective"
    require(not policy.by_loss, "policy", policy.kind, allowed)


def check_places(indices: Any, kept: npt.NDArray[np.int64], batch_size: int) -> npt.NDArray[np.int64]:
    """Returns places in the training set as int64 [B].

    Args:
        indices: [B] places.
        kept: [K] examples that are left in the epoch, ascending.
        batch_size: largest B.

    Raises:
        InvalidArgument: if it is of another shape, or an example is not left, or there twice.
    """
    places = np.asarray(indices, dtype=np.int64)
    require(places.ndim == 1 and len(places) > 0, "indices", f"of shape {list(places.shape)}", "[B], B of 1 or more")
    require(len(places) <= batch_size, "indices", f"of {len(places)} examples", f"[1, {batch_size}], the batch size")
    missing = places[~np.isin(places, kept, assume_unique=False)]
    require(len(missing) == 0, "indices", f"{missing[:1]} at one place", "an example of the training set that the epoch's mask keeps")
    values, counts = np.unique(places, return_counts=True)
    require(len(values) == len(places), "indices", f"{values[counts > 1][:1]} at two places", "each example once")
    return places

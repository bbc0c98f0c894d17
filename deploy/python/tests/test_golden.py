"""What this client computes equals what the Java services compute: see golden/README.md."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dietsb.chain import PolicyChain
from dietsb.errors import InvalidArgument
from dietsb.kafka import java_hash
from dietsb.policy import NUMBERS, Policy
from dietsb.random_stream import RandomStream, member_seed
from dietsb.wire import selector_policies_pb2 as wire

GOLDEN = Path(__file__).parent / "golden"


def rows(name: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in (GOLDEN / name).read_text().splitlines()]
    assert found, name
    return found


def test_random_streams_draw_and_shuffle_as_in_java() -> None:
    for row in rows("random-stream.jsonl"):
        if "uniform" in row:
            *first, last = row["counters"]
            drawn = RandomStream(row["stream"], row["seed"], *first).uniform(last)
            assert drawn == float.fromhex(row["uniform"]), row
            continue
        values = np.arange(row["size"], dtype=np.int64)
        shuffled = RandomStream(row["stream"], row["seed"]).shuffled(values, row["epoch"])
        if "shuffled" in row:
            assert shuffled.tolist() == row["shuffled"], row
        else:
            assert hashlib.sha256(shuffled.astype("<i4").tobytes()).hexdigest() == row["sha256"], row


def test_runs_have_the_partitions_that_java_gives_them() -> None:
    for row in rows("partitions.jsonl"):
        assert java_hash(row["run"]) % row["partitions"] == row["partition"], row


FIELDS = {
    "historySize": "history_size",
    "selectionScale": "selection_scale",
    "prePruned": "pre_pruned",
    "scoreSet": "score_set",
}
ENDS = {"infobatch": 0.875, "progressive": 0.9, "seta": 0.875, "bls": 0.875}
DEFAULTS: dict[str, dict[str, Any]] = {kind: {"end": end} for kind, end in ENDS.items()}


def policy(of: dict[str, Any]) -> Policy:
    """Returns a policy by the fields of its JSON, with the defaults of its kind."""
    given = {FIELDS.get(name, name): value for name, value in of.items()}
    losses = given.pop("losses", "fresh")
    if losses.startswith("stale:"):
        given["losses_every"] = int(losses[len("stale:") :])
    elif losses.startswith("proxy:"):
        given["proxy"] = losses[len("proxy:") :]
    given["numbers"] = {name: given.pop(name) for name in list(given) if name in NUMBERS}
    kind = given["kind"]
    if kind not in ("baseline", "diet", "replay", "random-like", "progressive", "seta", "ies"):
        given.setdefault("keep", 2 / 3 if kind.startswith("diet-") else 0.5)
    if kind.startswith("diet"):
        given.setdefault("pre_pruned", 0.25)
    return Policy(**{**DEFAULTS.get(kind, {}), **given})


@pytest.mark.parametrize("row", rows("policies.jsonl"), ids=lambda row: json.dumps(row["policy"]))
def test_policies_are_written_and_refused_as_in_java(row: dict[str, Any]) -> None:
    if "refused" in row:
        with pytest.raises(InvalidArgument) as refused:
            policy(row["policy"])
        field = row["refused"].split()[0]
        assert str(refused.value).split()[0] == FIELDS.get(field, field)
        return
    message = wire.Policy.FromString(bytes.fromhex(row["wire"]))
    assert policy(row["policy"]).to_wire() == message
    assert Policy.from_wire(message) == policy(row["policy"])


def test_changes_are_in_force_where_they_are_in_java() -> None:
    first = Policy("baseline")
    for row in rows("policy-chain.jsonl"):
        chain = PolicyChain()
        for change in row["changes"]:
            reason = chain.accept(wire.PolicyChange.FromString(bytes.fromhex(change["wire"])))
            assert (reason is not None) == (change["outcome"] == "PassedOver"), change
        assert chain.revision == row["revision"]
        for epoch, progress, revision in row["places"]:
            assert chain.at(epoch, float.fromhex(progress), first).revision == revision, (row, epoch, progress)


def test_seeds_of_members_are_those_of_the_scorer() -> None:
    assert [member_seed(1, member) for member in (0, 1)] == [205237888813187, 268266758126503]

"""Runs in two processes of torch.distributed."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from dietsb.wire import batch_losses_pb2
from local_system import LocalSystem, free_port
from test_run import POLICIES, Training, event, messages, name, run_of, train

pytestmark = [pytest.mark.system, pytest.mark.torch]


def two(system: LocalSystem, folder: Path, run_id: str, policy: str, begin: str = "-", steps: int = 0) -> list[Any]:
    """Runs two processes to their end, and returns their results; none if they stop after a number of steps."""
    script = Path(__file__).with_name("two_processes.py")
    results = folder / f"results-{begin == '-'}"
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "OMP_NUM_THREADS": "1"}
    arguments = [sys.executable, str(script), system.kafka, run_id, policy, begin, str(folder / "state"), str(steps), str(results)]
    processes = [
        subprocess.Popen(arguments, env={**os.environ, **shared, "RANK": str(rank)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for rank in range(2)
    ]
    try:
        for process in processes:
            output, _ = process.communicate(timeout=120)
            assert process.returncode == 0, output.decode()
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    return [] if steps else [json.loads(Path(f"{results}.{rank}").read_text()) for rank in range(2)]


def steps_of(results: list[Any]) -> list[list[int]]:
    """Returns the examples of each step, of both processes together."""
    return [sorted(one + other) for one, other in zip(results[0]["trained"], results[1]["trained"], strict=True)]


def test_two_processes_train_on_what_one_trains_on(system: LocalSystem, tmp_path: Path) -> None:
    run_id = name("two")
    results = two(system, tmp_path, run_id, "random")
    alone = Training(examples=301)
    run = run_of(alone, system, POLICIES["random"], batch_size=60)
    train(alone, run)
    assert steps_of(results) == [sorted(step) for step in alone.trained]
    assert results[0]["weights"] == results[1]["weights"]
    shown = event(system, run_id)
    assert [epoch.selected for epoch in shown.epochs] == [epoch.selected for epoch in event(system, run.run_id).epochs]
    assert [epoch.backward_examples for epoch in shown.epochs] == [epoch.selected for epoch in shown.epochs]


def test_two_processes_resume_to_the_same_weights(system: LocalSystem, tmp_path: Path) -> None:
    whole = two(system, tmp_path, name("two"), "selective")
    interrupted = name("two")
    two(system, tmp_path, interrupted, "selective", steps=3)
    resumed = two(system, tmp_path, interrupted, "selective", begin=str(tmp_path / "state"))
    assert [len(step) for step in steps_of(whole)] == [30, 30, 30, 30, 30, 1] * 2
    assert steps_of(whole)[3:] == steps_of(resumed)
    assert whole[0]["weights"] == resumed[0]["weights"] == resumed[1]["weights"]


def test_two_processes_report_the_losses_of_all(system: LocalSystem, tmp_path: Path) -> None:
    run_id = name("two")
    results = two(system, tmp_path, run_id, "infobatch")
    reported: list[int] = []
    for message in messages(system, "batch-losses", run_id):
        event = batch_losses_pb2.LossMessage.FromString(message)
        for step in [event.trained_losses, *event.trained_steps.steps]:
            reported += step.indices
    assert sorted(reported) == sorted(itertools.chain(*steps_of(results)))
    assert results[0]["weights"] == results[1]["weights"]

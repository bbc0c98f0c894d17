"""Runs in two processes of torch.distributed."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from dietsb.wire import batch_losses_pb2, run_events_pb2
from local_system import LocalSystem, free_port
from test_run import POLICIES, Training, event, messages, name, run_of, train

pytestmark = [pytest.mark.system, pytest.mark.torch]


def arguments(system: LocalSystem, folder: Path, run_id: str, policy: str, leave: int, dies: str) -> list[str]:
    """Returns script and arguments of a process, see there."""
    script = Path(__file__).with_name("two_processes.py")
    return [str(script), system.kafka, run_id, policy, str(folder / "state"), str(leave), dies, str(folder / "results")]


def ends_of(system: LocalSystem, folder: Path, run_id: str, policy: str, leave: int = 0, dies: str = "-") -> list[tuple[int, str]]:
    """Runs two processes until both have ended; returns exit code and output of each."""
    shared = {**os.environ, "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *arguments(system, folder, run_id, policy, leave, dies)]
    processes = [
        subprocess.Popen(command, env={**shared, "RANK": str(rank)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for rank in range(2)
    ]
    try:
        return [(process.returncode, output.decode()) for process in processes for output, _ in [process.communicate(timeout=120)]]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def results_of(folder: Path) -> list[Any]:
    return [json.loads((folder / f"results.{rank}").read_text()) for rank in range(2)]


def two(system: LocalSystem, folder: Path, run_id: str, policy: str, leave: int = 0) -> list[Any]:
    """Runs two processes to their end, and returns their results; none if they leave after a number of steps."""
    for code, output in ends_of(system, folder, run_id, policy, leave):
        assert code == 0, output
    return [] if leave else results_of(folder)


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


@pytest.fixture(scope="module")
def whole(system: LocalSystem, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Results of two processes that are not disturbed."""
    results = two(system, tmp_path_factory.mktemp("whole"), name("two"), "selective")
    assert [len(step) for step in steps_of(results)] == [30, 30, 30, 30, 30, 1] * 2
    return results


def test_two_processes_resume_to_the_same_weights(system: LocalSystem, tmp_path: Path, whole: list[Any]) -> None:
    run_id = name("two")
    two(system, tmp_path, run_id, "selective", leave=3)
    resumed = two(system, tmp_path, run_id, "selective")
    assert steps_of(whole)[3:] == steps_of(resumed)
    assert whole[0]["weights"] == resumed[0]["weights"] == resumed[1]["weights"]


@pytest.mark.parametrize("rank", [0, 1])
def test_death_of_a_process_ends_the_other(system: LocalSystem, tmp_path: Path, rank: int) -> None:
    run_id = name("two")
    ends = ends_of(system, tmp_path, run_id, "selective", dies=f"{rank},5")
    assert ends[rank][0] == -signal.SIGKILL
    code, output = ends[1 - rank]
    assert code == 1
    assert "DietsbError: a process of the run is gone: " in output
    shown = event(system, run_id)
    assert shown.state == (run_events_pb2.Run.FAILED if rank == 1 else run_events_pb2.Run.RUNNING)


def test_torchrun_resumes_a_run_of_which_a_process_has_died(system: LocalSystem, tmp_path: Path, whole: list[Any]) -> None:
    run_id = name("two")
    rendezvous = ["--rdzv_backend=c10d", f"--rdzv_endpoint=127.0.0.1:{free_port()}", f"--rdzv_id={run_id}"]
    # The torchrun of PyTorch 1.13 does not start under Python 3.11 unless it is told where the output goes.
    output = ["--redirects=1", "--tee=1", f"--log_dir={tmp_path / 'log'}"]
    torchrun = ["-m", "torch.distributed.run", "--nproc_per_node=2", "--max_restarts=1", "--monitor_interval=0.2", *rendezvous, *output]
    command = [sys.executable, *torchrun, *arguments(system, tmp_path, run_id, "selective", 0, "0,9")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    ended = subprocess.run(command, capture_output=True, timeout=120, env=environment)
    assert ended.returncode == 0, ended.stderr.decode()
    resumed = results_of(tmp_path)
    assert [one["again"] for one in resumed] == [1, 1]
    assert steps_of(whole)[8:] == steps_of(resumed)
    assert whole[0]["weights"] == resumed[0]["weights"] == resumed[1]["weights"]
    assert event(system, run_id).state == run_events_pb2.Run.COMPLETED


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

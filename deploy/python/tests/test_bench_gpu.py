"""The benchmark for GPUs, with a small network on the CPU."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from local_system import ROOT, LocalSystem

pytestmark = [pytest.mark.torch, pytest.mark.system]

PROGRAM = ROOT / "deploy" / "python" / "bench_gpu.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(PROGRAM), "--device", "cpu", "--network", "resnet8", *options]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_costs_of_every_policy_are_printed_beside_their_limits(system: LocalSystem) -> None:
    done = run("--sizes", "4", "--precisions", "fp32", "--batches", "2", "--rounds", "1", "--epochs", "0", "--kafka", system.kafka)
    assert done.returncode == 0, done.stderr
    rows = [re.split(r"\s{2,}", line) for line in done.stdout.splitlines() if line.startswith("fp32 ")]
    assert [row[2] for row in rows] == ["baseline", "random 50 %", "selective 50 %", "by half the side", "replay"]
    for row in rows:
        seconds, p99, ratio, wait = (float(cell.split()[0]) for cell in row[3:])
        assert 0 < seconds <= p99
        assert ratio > 0
        assert 0 <= wait <= 100


@pytest.mark.long
def test_nothing_begins_when_the_time_is_over(system: LocalSystem) -> None:
    done = run("--sizes", "4", "--precisions", "fp32", "--batches", "2", "--epochs", "1", "--seconds", "0", "--kafka", system.kafka)
    assert done.returncode == 0, done.stderr
    assert "left out, the time was over: round 0 of fp32, batches of 4" in done.stdout
    assert "left out, the time was over: accuracy of baseline, seed 0" in done.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--sizes", "1"], "1 is not allowed here, allowed is a size in [2, 65536]"),
        (["--batches", "40", "--sizes", "4096"], "--batches 40 is not allowed here, allowed is [1, 2]: 10000 images"),
    ],
)
def test_options_out_of_range_are_named(options: list[str], complaint: str) -> None:
    done = run(*options)
    assert done.returncode == 1
    assert complaint in done.stderr

"""The script of helm/examples, as torchrun starts it there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from dietsb.wire import run_events_pb2  # noqa: E402
from local_system import ROOT, LocalSystem  # noqa: E402
from test_run import Training, event  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.system]


def started(system: LocalSystem, folder: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DIETSB_KAFKA": system.kafka,
        "DATA": str(folder / "train.pt"),
        "STATE": str(folder / "state"),
        "EPOCHS": "3",
        "BATCH_SIZE": "60",
    }
    # The torchrun of PyTorch 1.13 does not start under Python 3.11 unless it is told where the output goes.
    output = ["--redirects=1", "--tee=1", "--log_dir", str(folder / "logs")]
    line = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", *output]
    return subprocess.Popen(
        [*line, str(ROOT / "helm" / "examples" / "train.py")],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.mark.long
def test_script_goes_on_where_its_state_was_saved(system: LocalSystem, tmp_path: Path) -> None:
    torch.save(Training(examples=301).set.tensors, tmp_path / "train.pt")
    first = started(system, tmp_path)
    deadline = time.monotonic() + 120
    while not (tmp_path / "state").exists():
        assert first.poll() is None, first.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    second = started(system, tmp_path)
    output, _ = second.communicate(timeout=240)
    assert second.returncode == 0, output
    over = re.search("run (.*) is over", output)
    assert over is not None, output
    run = event(system, over.group(1))
    assert run.state == run_events_pb2.Run.COMPLETED
    assert len(run.epochs) == 3
    assert run.resumed_from.epoch >= 1

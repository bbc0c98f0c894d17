"""The adapter for Lightning, with its example."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

lightning = pytest.importorskip("lightning", reason="there is no lightning: see deploy/python/README.md#test")
pytest.importorskip("sklearn")

import torch  # noqa: E402

import dietsb  # noqa: E402
from dietsb.lightning import RunLoader  # noqa: E402
from dietsb.wire import run_events_pb2  # noqa: E402
from local_system import LocalSystem, Service  # noqa: E402
from test_run import POLICIES, cancel, event, name  # noqa: E402

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))
import lightning_digits as example  # noqa: E402

torch.set_num_threads(1)
pytestmark = [
    pytest.mark.system,
    pytest.mark.torch,
    pytest.mark.filterwarnings(
        "ignore:.*does not have many workers", "ignore:.*Checkpoint directory", "ignore:.*LeafSpec", "ignore:You defined a"
    ),
]


class Watches(lightning.Callback):  # type: ignore[misc]
    """Counts validations and steps, and ends the training before a step."""

    def __init__(self, before: int | None = None) -> None:
        self.before = before
        self.validations = 0

    def on_validation_end(self, trainer: Any, module: Any) -> None:
        self.validations += not trainer.sanity_checking

    def on_train_batch_start(self, trainer: Any, module: Any, batch: Any, number: int) -> None:
        if trainer.global_step == self.before:
            raise InterruptedError("as asked for")


def train(system: LocalSystem, folder: Path, kind: str, run_id: str, watches: Watches, resumed: bool = False, epochs: int = 3) -> Any:
    trainer, network, loader, test = example.parts_of(str(folder), epochs, POLICIES[kind], watches, kafka=system.kafka, run_id=run_id)
    trainer.fit(network, loader, test, ckpt_path="last" if resumed else None)
    weights = b"".join(tensor.numpy().tobytes() for tensor in network.state_dict().values())
    return trainer, weights


@pytest.mark.parametrize("kind", ["selective", "infobatch", "diet-random"])
def test_training_resumed_from_a_checkpoint_ends_in_the_same_weights(system: LocalSystem, tmp_path: Path, kind: str) -> None:
    run_id, watches = name("pl"), Watches()
    whole, weights = train(system, tmp_path / "whole", kind, run_id, watches)
    end = event(system, run_id)
    assert end.state == run_events_pb2.Run.COMPLETED
    assert watches.validations == len(end.epochs) == 3
    assert end.accuracy == pytest.approx(float(whole.callback_metrics["accuracy"]))
    assert sum(epoch.steps for epoch in end.epochs) == whole.global_step

    run_id = name("pl")
    with pytest.raises(InterruptedError):
        train(system, tmp_path / "first", kind, run_id, Watches(before=whole.global_step - 2))
    assert "as asked for" in event(system, run_id).reason
    resumed, resumed_weights = train(system, tmp_path / "first", kind, run_id, Watches(), resumed=True)
    assert resumed.global_step == whole.global_step
    assert resumed_weights == weights
    found = event(system, run_id)
    assert found.state == run_events_pb2.Run.COMPLETED
    assert [(one.seen, one.selected, one.steps) for one in found.epochs] == [(one.seen, one.selected, one.steps) for one in end.epochs]


def test_killed_process_is_resumed_to_the_same_weights(system: LocalSystem, tmp_path: Path) -> None:
    _, weights = train(system, tmp_path / "whole", "selective", name("pl"), Watches())
    run_id = name("pl")
    code = """
import os, signal, sys
sys.path[:0] = sys.argv[1:2]
import lightning
import dietsb, lightning_digits
class Kill(lightning.Callback):
    def on_train_batch_start(self, trainer, module, batch, number):
        if trainer.global_step == 35:
            os.kill(os.getpid(), signal.SIGKILL)
folder, kafka, run_id = sys.argv[2:]
trainer, network, loader, test = lightning_digits.parts_of(folder, 3, dietsb.selective(keep=.5), Kill(), kafka=kafka, run_id=run_id)
trainer.fit(network, loader, test)
"""
    arguments = [str(EXAMPLES), str(tmp_path / "killed"), system.kafka, run_id]
    died = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, timeout=120, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert event(system, run_id).state == run_events_pb2.Run.RUNNING
    _, resumed = train(system, tmp_path / "killed", "selective", run_id, Watches(), resumed=True)
    assert resumed == weights
    assert event(system, run_id).state == run_events_pb2.Run.COMPLETED


def test_training_is_cancelled_from_outside(system: LocalSystem, trainer: Service, tmp_path: Path) -> None:
    run_id = name("pl")

    class Cancels(Watches):
        def on_validation_end(self, pl_trainer: Any, module: Any) -> None:
            if pl_trainer.global_step == 24:
                cancel(trainer, run_id)

    with pytest.raises(dietsb.Cancelled, match=f"run {run_id} was cancelled by"):
        train(system, tmp_path, "selective", run_id, Cancels(), epochs=1000)
    assert event(system, run_id).state == run_events_pb2.Run.CANCELLED


@pytest.mark.parametrize(("setting", "value"), [("accumulate_grad_batches", 2), ("max_steps", 10)])
def test_what_a_run_cannot_do_is_refused(tmp_path: Path, setting: str, value: int) -> None:
    train_set, _ = example.digits()
    network = example.Digits()
    loader = RunLoader(train_set, dietsb.baseline(), network.losses, batch_size=64)
    settings: dict[str, Any] = {"max_epochs": 1, setting: value}
    trainer = lightning.Trainer(
        accelerator="cpu", callbacks=[loader], logger=False, enable_checkpointing=False, default_root_dir=tmp_path, **settings
    )
    with pytest.raises(dietsb.InvalidArgument, match=f"^{setting} is {value}, allowed is "):
        trainer.fit(network, loader)


def test_batches_that_are_put_together_are_refused() -> None:
    with pytest.raises(dietsb.InvalidArgument, match=r"^batching is accumulate, allowed is "):
        RunLoader([], dietsb.selective(keep=0.5, batching="accumulate"), lambda x, y: x, batch_size=64)


def test_loader_that_is_no_callback_is_refused(tmp_path: Path) -> None:
    train_set, _ = example.digits()
    network = example.Digits()
    loader = RunLoader(train_set, dietsb.baseline(), network.losses, batch_size=64)
    trainer = lightning.Trainer(max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False, default_root_dir=tmp_path)
    with pytest.raises(dietsb.InvalidArgument, match=r"^callbacks is "):
        trainer.fit(network, loader)


def test_example_runs(system: LocalSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DIETSB_KAFKA", system.kafka)
    monkeypatch.setattr(sys, "argv", ["lightning_digits.py", "--epochs", "2", "--folder", str(tmp_path)])
    example.main()
    assert float(capsys.readouterr().out.split()[-1]) > 0.6

"""The adapter for Hugging Face's Trainer, with its example."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

transformers = pytest.importorskip("transformers", reason="there is no transformers: see deploy/python/README.md#test")
pytest.importorskip("sklearn")

import torch  # noqa: E402

import dietsb  # noqa: E402
from dietsb.huggingface import RunTrainer, class_losses  # noqa: E402
from dietsb.wire import run_events_pb2  # noqa: E402
from local_system import LocalSystem, Service  # noqa: E402
from test_run import POLICIES, cancel, event, name  # noqa: E402

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))
import huggingface_digits as example  # noqa: E402

torch.set_num_threads(1)
pytestmark = [pytest.mark.system, pytest.mark.torch]


class Dies(transformers.TrainerCallback):  # type: ignore[misc]
    """Ends the training before a step."""

    def __init__(self, before: int) -> None:
        self.before = before

    def on_step_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        if state.global_step == self.before:
            raise InterruptedError("as asked for")


def weights(trainer: RunTrainer) -> bytes:
    return b"".join(tensor.numpy().tobytes() for tensor in trainer.model.state_dict().values())


def trainer_of(system: LocalSystem, folder: Path, kind: str, run_id: str, epochs: int = 3) -> RunTrainer:
    return example.trainer_of(str(folder), epochs, POLICIES[kind], kafka=system.kafka, run_id=run_id)


@pytest.mark.parametrize("kind", ["selective", "accumulate", "infobatch", "diet-random"])
def test_training_resumed_from_a_checkpoint_ends_in_the_same_weights(system: LocalSystem, tmp_path: Path, kind: str) -> None:
    whole = trainer_of(system, tmp_path / "whole", kind, name("hf"))
    whole.train()
    assert whole.run is not None
    end = event(system, whole.run.run_id)
    assert end.state == run_events_pb2.Run.COMPLETED
    assert len(end.epochs) == 3
    assert end.accuracy == pytest.approx(whole.evaluate()["eval_accuracy"])

    run_id = name("hf")
    first = trainer_of(system, tmp_path / "first", kind, run_id)
    first.add_callback(Dies(before=whole.state.global_step - 2))
    with pytest.raises(InterruptedError):
        first.train()
    assert "as asked for" in event(system, run_id).reason
    second = trainer_of(system, tmp_path / "first", kind, run_id)
    second.train(resume_from_checkpoint=True)
    assert second.state.global_step == whole.state.global_step
    assert weights(second) == weights(whole)
    resumed = event(system, run_id)
    assert resumed.state == run_events_pb2.Run.COMPLETED
    assert [(one.seen, one.selected, one.steps) for one in resumed.epochs] == [(one.seen, one.selected, one.steps) for one in end.epochs]


def test_killed_process_is_resumed_to_the_same_weights(system: LocalSystem, tmp_path: Path) -> None:
    whole = trainer_of(system, tmp_path / "whole", "selective", name("hf"))
    whole.train()
    run_id = name("hf")
    code = """
import os, signal, sys
sys.path[:0] = sys.argv[1:3]
from transformers import TrainerCallback
import dietsb, huggingface_digits
class Kill(TrainerCallback):
    def on_step_begin(self, args, state, control, **more):
        if state.global_step == 35:
            os.kill(os.getpid(), signal.SIGKILL)
folder, kafka, run_id = sys.argv[3:]
trainer = huggingface_digits.trainer_of(folder, 3, dietsb.selective(keep=.5), kafka=kafka, run_id=run_id)
trainer.add_callback(Kill())
trainer.train()
"""
    arguments = [str(EXAMPLES), str(Path(__file__).parent), str(tmp_path / "killed"), system.kafka, run_id]
    died = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, timeout=120, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert event(system, run_id).state == run_events_pb2.Run.RUNNING
    second = trainer_of(system, tmp_path / "killed", "selective", run_id)
    second.train(resume_from_checkpoint=True)
    assert weights(second) == weights(whole)
    assert event(system, run_id).state == run_events_pb2.Run.COMPLETED


def test_training_is_cancelled_from_outside(system: LocalSystem, trainer: Service, tmp_path: Path) -> None:
    run_id = name("hf")
    training = trainer_of(system, tmp_path, "selective", run_id, epochs=1000)

    class Cancels(transformers.TrainerCallback):  # type: ignore[misc]
        def on_epoch_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            if state.global_step < 25:
                cancel(trainer, run_id)

    training.add_callback(Cancels())
    with pytest.raises(dietsb.Cancelled, match=f"run {run_id} was cancelled by"):
        training.train()
    assert event(system, run_id).state == run_events_pb2.Run.CANCELLED


@pytest.mark.parametrize(
    ("setting", "value"),
    [("gradient_accumulation_steps", 2), ("max_steps", 10), ("num_train_epochs", 1.5), ("label_smoothing_factor", 0.1)],
)
def test_what_a_run_cannot_do_is_refused(tmp_path: Path, setting: str, value: Any) -> None:
    settings: dict[str, Any] = {setting: value}
    arguments = transformers.TrainingArguments(str(tmp_path), use_cpu=True, report_to=[], **settings)
    model = example.trainer_of(str(tmp_path), 1, dietsb.baseline()).model
    with pytest.raises(dietsb.InvalidArgument, match=f"^{setting} is {value}, allowed is "):
        RunTrainer(model=model, args=arguments, policy=dietsb.baseline())


def test_checkpoint_of_another_trainer_is_refused(tmp_path: Path) -> None:
    arguments = transformers.TrainingArguments(str(tmp_path), use_cpu=True, report_to=[])
    trainer = RunTrainer(model=torch.nn.Linear(1, 1), args=arguments, policy=dietsb.baseline())
    with pytest.raises(dietsb.InvalidArgument, match=r"^resume_from_checkpoint is "):
        trainer.train(resume_from_checkpoint=str(tmp_path))


def test_losses_of_tokens_are_not_guessed() -> None:
    def model(ids: Any) -> dict[str, Any]:
        return {"logits": torch.zeros(2, 3, 4)}

    with pytest.raises(dietsb.InvalidArgument, match=r"^losses is missing"):
        class_losses(model, {"ids": torch.zeros(2), "labels": torch.zeros(2, 3, dtype=torch.int64)})


def test_example_runs(system: LocalSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DIETSB_KAFKA", system.kafka)
    monkeypatch.setattr(sys, "argv", ["huggingface_digits.py", "--epochs", "2", "--folder", str(tmp_path)])
    example.main()
    assert float(capsys.readouterr().out.split()[-1]) > 0.6

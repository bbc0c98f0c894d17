#!/usr/bin/env python3
"""Measures, on a GPU or on the CPU, what each policy costs and what it trains to, through a real broker and selector on the same machine.

For each precision and batch size, in interleaved rounds: seconds of a batch under the baseline, random 50 %, selective 50 %, selective
50 % by images of half the side, and the replay of the selective run, each relative to its limit, the sum of its own parts timed plainly
in the same round; the share of time that it waits for masks; the 99th percentile of the seconds of a batch. After that the accuracy of
each policy after a few epochs. Prints each figure as soon as there is one, and leaves out what would begin after --seconds.

Broker and selector are started from the checkout, or from a bundle that bundle.sh made, unless --kafka names a running system. Without
--data it trains on fashion-mini. A CUDA device computes fp32 with TF32.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from bench_cost import Block, images_of, spread
from torch import nn

import dietsb
from dietsb.data import scaled

HERE = Path(__file__).resolve().parent
WARM_BATCHES = 3
REPLAYED = "selective 50 %"
#: What is measured, by the id of a run under REPLAYED, which comes before its replay.
POLICIES: dict[str, Callable[[str], dietsb.Policy]] = {
    "baseline": lambda _: dietsb.baseline(),
    "random 50 %": lambda _: dietsb.random(keep=0.5),
    REPLAYED: lambda _: dietsb.selective(keep=0.5),
    "by half the side": lambda _: dietsb.selective(keep=0.5, selection_scale=0.5),
    "replay": lambda of: dietsb.replay(of=of),
}
CHUNK = 500


class Images(NamedTuple):
    """Images uint8 [N, C, H, W] and their classes int64 [N], on the device."""

    pixels: torch.Tensor
    classes: torch.Tensor

    def batch(self, places: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns inputs float32 [B, C, H, W], about of mean 0 and deviation 1, and classes [B]."""
        chosen = torch.tensor(places, device=self.classes.device)
        return (self.pixels[chosen].float() - 120) / 64, self.classes[chosen]


class Places(torch.utils.data.Dataset[int]):
    """A dataset whose examples are their own places: a whole batch is looked up at once, where the images are."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, place: int) -> int:
        return place


def cifar10(folder: Path, train: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns images and classes of CIFAR-10 in its binary layout: a byte of class, 3072 of pixels, for each image."""
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] if train else ["test_batch.bin"]
    inner = folder / "cifar-10-batches-bin"
    files = [(inner if inner.is_dir() else folder) / name for name in names]
    missing = [file for file in files if not file.is_file()]
    if missing:
        sys.exit(f"--data: {missing[0]} is missing; allowed is a folder of CIFAR-10 in its binary layout")
    rows = np.concatenate([np.fromfile(file, np.uint8).reshape(-1, 3073) for file in files])
    return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()), torch.from_numpy(rows[:, 0].astype(np.int64))


def fashion(train: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns images and classes of the dataset that the trainer ships."""
    pixels, classes = images_of("train" if train else "t10k", 10_000)
    return (pixels * 255).to(torch.uint8), classes


def network(name: str, channels: int) -> nn.Module:
    """Returns a residual network for small images, with shortcuts that pad channels (He et al. 2015, option A)."""
    blocks, widths = {"resnet8": (1, (16, 32, 64)), "resnet20": (3, (16, 32, 64)), "resnet18": (2, (64, 128, 256, 512))}[name]
    layers: list[nn.Module] = [nn.Conv2d(channels, widths[0], 3, 1, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()]
    before = widths[0]
    for width in widths:
        for i in range(blocks):
            layers.append(Block(before, width, 2 if i == 0 and width > widths[0] else 1))
            before = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))


class Clock:
    """Measures batch by batch. On a GPU its events wait for nothing, and are read at the end."""

    def __init__(self, device: torch.device) -> None:
        self._events: list[Any] = []
        self._cuda = device.type == "cuda"

    def tick(self) -> None:
        """Marks the end of a batch, or the begin of the first one."""
        if self._cuda:
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            self._events.append(event)
        else:
            self._events.append(time.monotonic())

    def seconds(self) -> list[float]:
        """Returns the seconds of each batch, without the first ones."""
        if self._cuda:
            torch.cuda.synchronize()
        found = [
            first.elapsed_time(then) / 1000 if self._cuda else then - first
            for first, then in zip(self._events, self._events[1:], strict=False)
        ]
        return found[WARM_BATCHES:] if len(found) > 2 * WARM_BATCHES else found


class Training:
    """A network with its optimizer in one precision, and the images that it trains on."""

    def __init__(self, given: argparse.Namespace, train: Images, precision: str, size: int, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.images, self.size = train, size
        self.device = train.pixels.device
        self.model = network(given.network, train.pixels.shape[1]).to(self.device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=given.learning_rate, momentum=0.9, weight_decay=5e-4, nesterov=True)
        self.criterion = nn.CrossEntropyLoss(reduction="none")
        self.low = precision == "bf16"
        self.epochs, self.peak = given.epochs, given.learning_rate

    def losses(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Returns the losses float32 [B] of a batch."""
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.low):
            logits = self.model(x)
        losses: torch.Tensor = self.criterion(logits.float(), y)
        return losses

    def step(self, loss: torch.Tensor) -> None:
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def at(self, progress: float) -> float:
        """Sets the learning rate of a place in the run: up in the first tenth, then down along half a cosine; returns it."""
        rate: float = self.peak * (progress / 0.1 if progress < 0.1 else 0.5 * (1 + math.cos(math.pi * (progress - 0.1) / 0.9)))
        for group in self.optimizer.param_groups:
            group["lr"] = max(rate, 1e-4)
        return max(rate, 1e-4)

    def accuracy(self, test: Images) -> float:
        """Returns the share of test images whose class is found, in [0, 1]."""
        self.model.eval()
        right = 0
        with torch.no_grad(), torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.low):
            for first in range(0, len(test.classes), CHUNK):
                x, y = test.batch(list(range(first, min(first + CHUNK, len(test.classes)))))
                right += int((self.model(x).argmax(1) == y).sum())
        self.model.train()
        return right / len(test.classes)


class Bench:
    """What is timed. Each figure is of one epoch of a number of batches."""

    def __init__(self, given: argparse.Namespace, train: Images, test: Images, kafka: str) -> None:
        self.given, self.train, self.test, self.kafka = given, train, test, kafka
        self.deadline = time.monotonic() + given.seconds
        self.left_out: list[str] = []

    def has_time_for(self, what: str) -> bool:
        """Whether the time is not over; notes what is left out."""
        if time.monotonic() < self.deadline:
            return True
        self.left_out.append(what)
        return False

    def _plain(self, training: Training, body: Callable[[torch.Tensor, torch.Tensor], None]) -> list[float]:
        clock = Clock(training.device)
        order = torch.randperm(training.size * self.given.batches).tolist()
        clock.tick()
        for first in range(0, len(order), training.size):
            body(*training.images.batch(order[first : first + training.size]))
            clock.tick()
        return clock.seconds()

    def steps(self, training: Training, size: int) -> list[float]:
        """Returns the seconds of plain steps of a size."""
        return self._plain(training, lambda x, y: training.step(training.losses(x[:size], y[:size]).mean()))

    def passes(self, training: Training, scale: float) -> list[float]:
        """Returns the seconds of plain selection passes by images of a scale."""

        def judge(x: torch.Tensor, y: torch.Tensor) -> None:
            training.losses(scaled(x, scale), y).cpu()

        training.model.eval()
        with torch.no_grad():
            seconds = self._plain(training, judge)
        training.model.train()
        return seconds

    def loader(self, images: Images, count: int) -> torch.utils.data.DataLoader[int]:
        return torch.utils.data.DataLoader(Places(count), batch_size=1, collate_fn=images.batch)

    def over_kafka(self, training: Training, policy: dietsb.Policy) -> tuple[list[float], float, str]:
        """Returns the seconds of each batch, the share of time spent waiting for masks, and the id of the run."""
        count = training.size * self.given.batches
        loader = self.loader(training.images, count)
        clock = Clock(training.device)
        with dietsb.Run(count, policy, epochs=1, batch_size=training.size, kafka=self.kafka, dataset_name="bench-gpu") as run:
            for epoch in run.epochs():
                clock.tick()
                started = time.monotonic()
                for batch in epoch.batches(loader, losses=training.losses, model=training.model):
                    training.step(batch.reduce(training.losses(batch.x, batch.y)))
                    clock.tick()
                seconds = clock.seconds()
                waited = run.mask_wait_seconds / (time.monotonic() - started)
        return seconds, waited, run.run_id

    def costs(self, precision: str, size: int) -> None:
        """Times each policy in one setting, and prints a row for each."""
        training = Training(self.given, self.train, precision, size)
        ratios: dict[str, list[float]] = {}
        batches: dict[str, list[float]] = {}
        waits: dict[str, list[float]] = {}
        for number in range(self.given.rounds + 1):
            if not self.has_time_for(f"round {number} of {precision}, batches of {size}"):
                break
            whole, half = statistics.mean(self.steps(training, size)), statistics.mean(self.steps(training, size // 2))
            judged, small = statistics.mean(self.passes(training, 1)), statistics.mean(self.passes(training, 0.5))
            limits = {
                "baseline": whole,
                "random 50 %": half,
                REPLAYED: half + judged,
                "by half the side": half + small,
                "replay": half,
            }
            of = ""
            for name, policy in POLICIES.items():
                limit = limits[name]
                seconds, waited, run_id = self.over_kafka(training, policy(of))
                of = run_id if name == REPLAYED else of
                if number:
                    ratios.setdefault(name, []).append(statistics.mean(seconds) / limit)
                    batches.setdefault(name, []).extend(seconds)
                    waits.setdefault(name, []).append(100 * waited)
        for name in ratios:
            p99 = sorted(batches[name])[min(len(batches[name]) - 1, int(0.99 * len(batches[name])))]
            print(
                f"{precision:5} {size:4}  {name:17} {statistics.mean(batches[name]):9.5f}  {p99:9.5f}"
                f"  {spread(ratios[name]):24} {statistics.median(waits[name]):6.2f}",
                flush=True,
            )

    def trained(self, precision: str, size: int) -> None:
        """Trains under each policy, and prints accuracy and seconds."""
        for seed in range(self.given.seeds):
            of = ""
            for name, policy in POLICIES.items():
                if not self.has_time_for(f"accuracy of {name}, seed {seed}"):
                    continue
                run_id, seconds, accuracy = self._train(Training(self.given, self.train, precision, size, seed), policy(of), seed)
                of = run_id if name == REPLAYED else of
                print(f"{precision:5} {size:4}  {name:17} seed {seed}  {accuracy:.4f}  {seconds:8.2f}", flush=True)

    def _train(self, training: Training, policy: dietsb.Policy, seed: int) -> tuple[str, float, float]:
        count = len(training.images.classes)
        loader = self.loader(training.images, count)
        with dietsb.Run(
            count,
            policy,
            epochs=self.given.epochs,
            batch_size=training.size,
            seed=seed,
            kafka=self.kafka,
            dataset_name="bench-gpu",
        ) as run:
            started = time.monotonic()
            for epoch in run.epochs():
                for batch in epoch.batches(loader, losses=training.losses, model=training.model):
                    run.report(learning_rate=training.at(batch.progress))
                    training.step(batch.reduce(training.losses(varied(batch.x), batch.y)))
            if training.device.type == "cuda":
                torch.cuda.synchronize()
            seconds = time.monotonic() - started
            accuracy = training.accuracy(self.test)
            run.report(accuracy=accuracy)
        return run.run_id, seconds, accuracy


def varied(x: torch.Tensor) -> torch.Tensor:
    """Returns images moved by up to 4 pixels each way, all of a batch alike, and every other one mirrored."""
    padded = nn.functional.pad(x, (4, 4, 4, 4))
    top, left = torch.randint(0, 9, (2,)).tolist()
    moved = padded[:, :, top : top + x.shape[2], left : left + x.shape[3]].clone()
    moved[::2] = moved[::2].flip(3)
    return moved


@contextlib.contextmanager
def system(kafka: str | None) -> Iterator[str]:
    """Starts a broker and a selector unless one is named, and ends them; the value is the address of the broker."""
    if kafka is not None:
        yield kafka
        return
    sys.path.insert(0, str(HERE / "tests"))
    import local_system  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory(prefix="dietsb-bench") as folder:
        started = local_system.LocalSystem(Path(folder))
        try:
            print("starting broker and selector", flush=True)
            started.start()
            yield started.kafka
        finally:
            started.close()


def chosen(text: str, allowed: Callable[[str], bool], what: str) -> list[str]:
    """Returns the values of an option, which are separated by commas."""
    values = text.split(",")
    for value in values:
        if not allowed(value):
            sys.exit(f"{value} is not allowed here, allowed is {what}")
    return values


def main() -> None:
    parser = argparse.ArgumentParser(description="Cost and accuracy of each policy on this machine's GPU, or on its CPU.")
    parser.add_argument("--data", type=Path, help="folder of CIFAR-10 in its binary layout; without it: fashion-mini")
    parser.add_argument("--device", help="device of PyTorch (default: cuda if there is one, else cpu)")
    parser.add_argument("--network", default="resnet18", choices=("resnet8", "resnet20", "resnet18"), help="default resnet18")
    parser.add_argument("--sizes", default="128,512", help="batch sizes (default 128,512)")
    parser.add_argument("--precisions", default="fp32,bf16", help="of fp32 and bf16 (default both)")
    parser.add_argument("--batches", type=int, default=40, help="batches of a timed epoch (default 40)")
    parser.add_argument("--rounds", type=int, default=3, help="timed rounds, after one to warm up (default 3)")
    parser.add_argument("--epochs", type=int, default=5, help="epochs of a run whose accuracy is measured; 0 = none (default 5)")
    parser.add_argument("--seeds", type=int, default=1, help="seeds of these runs (default 1)")
    parser.add_argument("--learning-rate", type=float, default=0.1, help="at its peak (default .1)")
    parser.add_argument("--seconds", type=float, default=330, help="begins nothing later than this (default 330)")
    parser.add_argument("--kafka", help="host:port of the broker of a running system; without it one is started")
    given = parser.parse_args()
    sizes = [int(size) for size in chosen(given.sizes, lambda one: one.isdigit() and 2 <= int(one) <= 65_536, "a size in [2, 65536]")]
    precisions = chosen(given.precisions, lambda one: one in ("fp32", "bf16"), "fp32 or bf16")
    device = torch.device(given.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    if device.type == "cuda" and not torch.cuda.is_available():
        sys.exit("--device cuda: PyTorch sees no CUDA device here, allowed is cpu")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    sets = [cifar10(given.data, train) if given.data else fashion(train) for train in (True, False)]
    train, test = (Images(pixels.to(device), classes.to(device)) for pixels, classes in sets)
    most = len(train.classes) // max(sizes)
    if not 1 <= given.batches <= most:
        sys.exit(f"--batches {given.batches} is not allowed here, allowed is [1, {most}]: {len(train.classes)} images")
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{torch.get_num_threads()} threads"
    print(f"{device} ({name}), torch {torch.__version__}, {given.network}, {'CIFAR-10' if given.data else 'fashion-mini'}", flush=True)
    with system(given.kafka) as kafka:
        bench = Bench(given, train, test, kafka)
        print(f"{'':5} {'size':>4}  {'policy':17} {'s a batch':>9}  {'p99':>9}  {'relative to its limit':24} wait, %", flush=True)
        for precision in precisions:
            for size in sizes:
                bench.costs(precision, size)
        if given.epochs:
            print(f"accuracy after {given.epochs} epochs, and their seconds", flush=True)
            bench.trained(precisions[-1], sizes[-1])
        for what in bench.left_out:
            print(f"left out, the time was over: {what}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measures what the client costs: a loop over dietsb beside the plain PyTorch loop, in interleaved rounds.

Needs a running system (deploy/dietsb up), torch, and the root of the checkout as working directory. Each round trains the same number
of batches of 128 in the same process and threads: plainly, with the baseline, random 50 %, selective 50 %, and selective 50 % by images
of half the side. It prints the seconds of an epoch, and the seconds of processor time that this process needs for it, relative to their
limit (median, smallest and largest). The limit of the baseline is the plain loop; that of another policy is the sum of its own parts,
timed plainly directly before it and directly after it. The last line compares these two, which do the same: it is the noise. The wall clock
also shows what else the machine does; the processor time shows what the client adds.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import time
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

import dietsb
from dietsb.data import scaled

FOLDER = "trainer-service/src/main/resources/datasets/fashion-mini/"
SIZE = 128


def images_of(split: str, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the first images [N, 1, 28, 28] of fashion-mini, in [0, 1], and their classes [N]."""
    with gzip.open(f"{FOLDER}{split}-images-idx3-ubyte.gz") as images, gzip.open(f"{FOLDER}{split}-labels-idx1-ubyte.gz") as labels:
        pixels = np.frombuffer(images.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28)[:count]
        classes = np.frombuffer(labels.read(), np.uint8, offset=8)[:count]
    return torch.from_numpy(pixels / np.float32(255)), torch.from_numpy(classes.astype(np.int64))


class Block(nn.Module):
    """Two convolutions and a shortcut, which pads the channels (He et al. 2015, option A)."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after))
        self.stride, self.more = stride, after - before

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        short = nn.functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))
        return torch.relu(self.second(self.first(x)) + short)


def resnet(blocks: int) -> nn.Module:
    """Returns the network of 6 blocks + 2 layers for images of one channel."""
    layers: list[nn.Module] = [nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    for before, after in ((16, 16), (16, 32), (32, 64)):
        layers += [Block(before if i == 0 else after, after, 2 if i == 0 and after > 16 else 1) for i in range(blocks)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class Seconds(NamedTuple):
    """A stretch of time: of the wall clock, and of the processor by all threads of this process."""

    wall: float
    processor: float

    def __sub__(self, other: Seconds) -> Seconds:
        return Seconds(self.wall - other.wall, self.processor - other.processor)

    def and_then(self, other: Seconds) -> Seconds:
        """Returns the sum of two stretches."""
        return Seconds(self.wall + other.wall, self.processor + other.processor)


def now() -> Seconds:
    """Returns the two clocks."""
    return Seconds(time.monotonic(), time.process_time())


class Bench:
    """The network, its data, and what is timed."""

    def __init__(self, blocks: int, batches: int) -> None:
        self.set = torch.utils.data.TensorDataset(*images_of("train", SIZE * batches))
        torch.manual_seed(0)
        self.model = resnet(blocks)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9)
        self.criterion = nn.CrossEntropyLoss(reduction="none")
        self.batches = batches

    def losses(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.criterion(self.model(x), y)

    def step(self, loss: torch.Tensor) -> None:
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()

    def plain(self, size: int = SIZE) -> Seconds:
        """Returns the time of steps of a size, one for each batch."""
        loader = torch.utils.data.DataLoader(self.set, batch_size=SIZE, shuffle=True)
        started = now()
        for x, y in loader:
            self.step(self.losses(x[:size], y[:size]).mean())
        return now() - started

    def half(self) -> Seconds:
        """Returns the time of steps of half a batch."""
        return self.plain(SIZE // 2)

    def passes(self, scale: float = 1) -> Seconds:
        """Returns the time of the selection passes of all batches, by images whose side is scaled."""
        started = now()
        self.model.eval()
        with torch.no_grad():
            for first in range(0, len(self.set), SIZE):
                self.losses(*scaled(self.set[first : first + SIZE], scale))
        self.model.train()
        return now() - started

    def over_kafka(self, policy: dietsb.Policy) -> tuple[Seconds, float]:
        """Returns the time of an epoch, and how many seconds of it were spent waiting for masks."""
        with dietsb.Run(self.set, policy, epochs=2, batch_size=SIZE) as run:
            for epoch in run.epochs():
                started = now()
                for batch in epoch.batches(self.set, losses=self.losses):
                    self.step(batch.reduce(self.losses(batch.x, batch.y)))
                seconds = now() - started
                waited = run.mask_wait_seconds
        return seconds, waited


def main() -> None:
    parser = argparse.ArgumentParser(description="Cost of the client beside the plain loop, in interleaved rounds.")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, after one to warm up (default 5)")
    parser.add_argument("--batches", type=int, default=24, help="batches of an epoch (default 24, at most 78)")
    parser.add_argument("--blocks", type=int, default=3, help="blocks of each width: 3 = resnet20 (default), 1 = resnet8")
    given = parser.parse_args()
    bench = Bench(given.blocks, given.batches)
    turns = {
        "baseline": (dietsb.baseline(), bench.plain),
        "random 50 %": (dietsb.random(keep=0.5), bench.half),
        "selective 50 %": (dietsb.selective(keep=0.5), lambda: bench.half().and_then(bench.passes())),
        "by half the side": (dietsb.selective(keep=0.5, selection_scale=0.5), lambda: bench.half().and_then(bench.passes(0.5))),
    }
    walls: dict[str, list[float]] = {}
    processors: dict[str, list[float]] = {}
    waits: dict[str, list[float]] = {}
    repeats: list[float] = []
    for number in range(given.rounds + 1):
        print(f"round {number} of {given.rounds}" if number else "warming up", flush=True)
        for name, (policy, limit) in turns.items():
            before = limit()
            seconds, waited = bench.over_kafka(policy)
            after = limit()
            if number:
                walls.setdefault(name, []).append(2 * seconds.wall / (before.wall + after.wall))
                processors.setdefault(name, []).append(2 * seconds.processor / (before.processor + after.processor))
                waits.setdefault(name, []).append(100 * waited / seconds.wall)
                repeats.append(after.wall / before.wall)
    print(f"{'policy':18}{'wall clock / limit':24}{'processor time / limit':24}mask wait, %")
    for name in walls:
        print(f"{name:18}{spread(walls[name]):24}{spread(processors[name]):24}{statistics.median(waits[name]):.2f}")
    print(f"limits, after / before: {spread(repeats)}")


def spread(ratios: list[float]) -> str:
    """Returns median, smallest and largest."""
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f} - {max(ratios):.3f})"


if __name__ == "__main__":
    main()

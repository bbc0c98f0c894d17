#!/usr/bin/env python3
"""Compares Selective-Backprop over dietsb with that of MosaicML Composer, in interleaved rounds of one process.

Needs mosaicml (tried: 0.32.1 with torch 2.7.0), dietsb, a running system (deploy/dietsb up), and the root of the checkout as working
directory. Both train the same network from the same initial weights on the same examples with the same optimizer, threads, batch size
128 and keep 1/2, in every batch from the first to the last. Each round is a seed. It prints the seconds of a batch of dietsb relative to
Composer's, and the accuracy of both on 2,000 test images.
"""

from __future__ import annotations

import argparse
import copy
import logging
import statistics
import time
import warnings

import torch
from bench_cost import SIZE, images_of, resnet
from torch import nn

import dietsb

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def accuracy(model: nn.Module, test: tuple[torch.Tensor, torch.Tensor]) -> float:
    model.eval()
    with torch.no_grad():
        right = (model(test[0]).argmax(1) == test[1]).double().mean().item()
    model.train()
    return right


def optimizer_of(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def with_composer(model: nn.Module, data: torch.utils.data.TensorDataset, epochs: int, seed: int) -> float:
    """Trains, and returns the seconds."""
    from composer import Trainer
    from composer.algorithms import SelectiveBackprop
    from composer.models import ComposerClassifier

    trainer = Trainer(
        model=ComposerClassifier(model, num_classes=10),
        train_dataloader=torch.utils.data.DataLoader(data, batch_size=SIZE, shuffle=True),
        max_duration=f"{epochs}ep",
        algorithms=[SelectiveBackprop(start=0.0, end=1.0, keep=0.5, interrupt=0)],
        optimizers=optimizer_of(model),
        device="cpu",
        seed=seed,
        progress_bar=False,
        log_to_console=False,
    )
    started = time.monotonic()
    trainer.fit()
    seconds = time.monotonic() - started
    trainer.close()
    return seconds


def with_dietsb(model: nn.Module, data: torch.utils.data.TensorDataset, epochs: int, seed: int) -> float:
    """Trains, and returns the seconds."""
    optimizer = optimizer_of(model)
    criterion = nn.CrossEntropyLoss(reduction="none")
    model.train()
    with dietsb.Run(data, dietsb.selective(keep=0.5), epochs=epochs, batch_size=SIZE, seed=seed) as run:
        started = time.monotonic()
        for epoch in run.epochs():
            for batch in epoch.batches(data, losses=lambda x, y: criterion(model(x), y)):
                batch.reduce(criterion(model(batch.x), batch.y)).backward()
                optimizer.step()
                optimizer.zero_grad()
        return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description="dietsb beside Composer's SelectiveBackprop, in interleaved rounds.")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, after one to warm up (default 5)")
    parser.add_argument("--batches", type=int, default=24, help="batches of an epoch (default 24, at most 78)")
    parser.add_argument("--epochs", type=int, default=2, help="epochs of a round (default 2)")
    parser.add_argument("--blocks", type=int, default=3, help="blocks of each width: 3 = resnet20 (default), 1 = resnet8")
    given = parser.parse_args()
    data = torch.utils.data.TensorDataset(*images_of("train", SIZE * given.batches))
    test = images_of("t10k", 2_000)
    ratios, ours, theirs = [], [], []
    for number in range(given.rounds + 1):
        print(f"round {number} of {given.rounds}" if number else "warming up", flush=True)
        torch.manual_seed(number)
        first = resnet(given.blocks)
        second = copy.deepcopy(first)
        composer = with_composer(first, data, given.epochs, number)
        own = with_dietsb(second, data, given.epochs, number)
        if number:
            ratios.append(own / composer)
            ours.append(accuracy(second, test))
            theirs.append(accuracy(first, test))
    print(f"seconds relative to Composer: {statistics.median(ratios):.3f} ({min(ratios):.3f} - {max(ratios):.3f})")
    for name, values in (("dietsb", ours), ("Composer", theirs)):
        spread = statistics.stdev(values) if len(values) > 1 else float("nan")
        print(f"accuracy, {name}: {statistics.mean(values):.3f} +- {spread:.3f} (n = {len(values)})")


if __name__ == "__main__":
    main()

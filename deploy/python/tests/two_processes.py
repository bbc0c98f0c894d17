"""One of the processes of a data-parallel run: trains under torch.distributed, and writes what it did.

Arguments: address of the broker, run id, policy, file of the state to begin from or "-", file to write a state to, steps until then (0 =
none), file of the results.
"""

from __future__ import annotations

import json
import sys

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

import dietsb
from test_run import POLICIES, Training


def main(kafka: str, run_id: str, policy: str, begin: str, save: str, steps: str, results: str) -> None:
    dist.init_process_group("gloo")
    training = Training(examples=301)
    torch.manual_seed(0)
    training.model = DistributedDataParallel(
        torch.nn.Sequential(
            torch.nn.Conv2d(1, 4, 3, stride=2), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(4), torch.nn.Flatten(), torch.nn.Linear(64, 10)
        )
    )
    training.optimizer = torch.optim.SGD(training.model.parameters(), lr=0.05, momentum=0.9)
    state = None
    if begin != "-":
        with open(begin, "rb") as file:
            state = training.load(file.read())
    run = dietsb.Run(training.set, POLICIES[policy], epochs=2, batch_size=60, kafka=kafka, run_id=run_id, state=state)
    taken = 0
    for epoch in run.epochs():
        for batch in epoch.batches(training.set, losses=training.losses):
            training.step(batch)
            if batch.weights is not None and not batch.weights.any():
                training.trained[-1] = []
            taken += 1
            if taken == int(steps):
                saved = training.saved(run)
                if dist.get_rank() == 0:
                    with open(save, "wb") as file:
                        file.write(saved)
                dist.barrier()
                run.detach()
                return
        run.report(accuracy=0.5)
    with open(f"{results}.{dist.get_rank()}", "w", encoding="utf-8") as file:
        json.dump({"run": run.run_id, "trained": training.trained, "weights": training.weights().hex()}, file)
    dist.barrier()


if __name__ == "__main__":
    main(*sys.argv[1:])

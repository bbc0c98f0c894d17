"""One of the processes of a data-parallel run: trains under torch.distributed, and writes what it did.

It saves a state before the first step and after every second one, and goes on from the one that it finds. Arguments: address of the
broker, run id, policy, file of the state, steps after which all processes leave the run (0 = none), rank that dies once and the
number of steps after which it does ("-" = none), file of the results.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

import dietsb
from test_run import POLICIES, Training


def main(kafka: str, run_id: str, policy: str, state: str, leave: str, dies: str, results: str) -> None:
    dist.init_process_group("gloo")
    rank = dist.get_rank()
    again = int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"))
    dying = [-1, -1] if dies == "-" or again else [int(one) for one in dies.split(",")]
    training = Training(examples=301)
    torch.manual_seed(0)
    training.model = DistributedDataParallel(
        torch.nn.Sequential(
            torch.nn.Conv2d(1, 4, 3, stride=2), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(4), torch.nn.Flatten(), torch.nn.Linear(64, 10)
        )
    )
    training.optimizer = torch.optim.SGD(training.model.parameters(), lr=0.05, momentum=0.9)
    file = Path(state)
    saved = training.load(file.read_bytes()) if file.exists() else None
    taken = 0
    with dietsb.Run(training.set, POLICIES[policy], epochs=2, batch_size=60, kafka=kafka, run_id=run_id, state=saved) as run:

        def save() -> None:
            content = training.saved(run)
            if rank == 0:
                file.with_suffix(".new").write_bytes(content)
                file.with_suffix(".new").replace(file)

        save()
        for epoch in run.epochs():
            for batch in epoch.batches(training.set, losses=training.losses):
                training.step(batch)
                if batch.weights is not None and not batch.weights.any():
                    training.trained[-1] = []
                taken += 1
                if [rank, taken] == dying:
                    os.kill(os.getpid(), signal.SIGKILL)
                if taken % 2 == 0 or taken == int(leave):
                    save()
                if taken == int(leave):
                    dist.barrier()
                    run.detach()
                    return
            run.report(accuracy=0.5)
    with open(f"{results}.{rank}", "w", encoding="utf-8") as written:
        json.dump({"run": run.run_id, "trained": training.trained, "weights": training.weights().hex(), "again": again}, written)
    dist.barrier()


if __name__ == "__main__":
    main(*sys.argv[1:])

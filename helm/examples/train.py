"""Trains a PyTorch network with masks from the selector, in any number of processes; a restart goes on where the state was saved last.

From the environment: DIETSB_KAFKA, the brokers; KAFKA_SETTINGS, further settings of librdkafka as JSON, such as a login; DATA, a file that
torch.save made of images float32 [N, C, H, W] and classes int64 [N]; STATE, the file of the state; EPOCHS and BATCH_SIZE, of all processes.
"""

import json
import os
from pathlib import Path

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import TensorDataset

import dietsb

SAVE_EVERY = 200  # batches

gpu = torch.cuda.is_available()
torch.distributed.init_process_group("nccl" if gpu else "gloo")
leads = torch.distributed.get_rank() == 0
device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if gpu else torch.device("cpu")
if gpu:
    torch.cuda.set_device(device)

train_set = TensorDataset(*torch.load(os.environ["DATA"]))
torch.manual_seed(0)
network = nn.Sequential(
    nn.Conv2d(train_set[0][0].shape[0], 32, 3, stride=2), nn.ReLU(), nn.Conv2d(32, 64, 3, stride=2), nn.ReLU(),
    nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(256, int(train_set.tensors[1].max()) + 1),
).to(device)
model = DistributedDataParallel(network)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
criterion = nn.CrossEntropyLoss(reduction="none")

file = Path(os.environ["STATE"])
saved = torch.load(file, map_location=device) if file.exists() else None
if saved:
    network.load_state_dict(saved["network"])
    optimizer.load_state_dict(saved["optimizer"])

run = dietsb.Run(
    train_set,
    dietsb.selective(keep=0.5),
    epochs=int(os.environ.get("EPOCHS", "30")),
    batch_size=int(os.environ.get("BATCH_SIZE", "512")),
    kafka_settings=json.loads(os.environ.get("KAFKA_SETTINGS", "{}")),
    state=saved["run"] if saved else None,
)


def save() -> None:
    """Replaces the file of the state as a whole. Every process calls it, the first one writes."""
    state = run.state_dict()
    if leads:
        partial = file.with_suffix(".partial")
        torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "run": state}, partial)
        os.replace(partial, file)


with run:
    for epoch in run.epochs():
        for number, batch in enumerate(epoch.batches(train_set, losses=lambda x, y: criterion(model(x), y), device=device)):
            batch.reduce(criterion(model(batch.x), batch.y)).backward()
            optimizer.step()
            optimizer.zero_grad()
            if number % SAVE_EVERY == SAVE_EVERY - 1:
                save()
        save()
if leads:
    print(f"run {run.run_id} is over")

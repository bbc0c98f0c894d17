"""Trains a small network with Lightning on handwritten digits, with Selective-Backprop.

Needs a running system (deploy/dietsb up), and: pip install 'deploy/python[lightning]' scikit-learn

The digits come with scikit-learn: 1,797 images of 8 x 8, Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI
Machine Learning Repository, CC BY 4.0. Nothing is downloaded.
"""

from __future__ import annotations

import argparse
from typing import Any

import lightning
import numpy as np
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import dietsb
from dietsb.lightning import RunLoader


class Digits(lightning.LightningModule):
    """A network with one convolution and BatchNorm."""

    def __init__(self) -> None:
        super().__init__()
        self.model = nn.Sequential(nn.Conv2d(1, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.Flatten(), nn.Linear(576, 10))

    def losses(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(self.model(x), y, reduction="none")

    def training_step(self, batch: dietsb.Batch, number: int) -> torch.Tensor:
        return batch.reduce(self.losses(batch.x, batch.y))

    def validation_step(self, batch: Any, number: int) -> None:
        x, y = batch
        self.log("accuracy", (self.model(x).argmax(1) == y).float().mean(), batch_size=len(y))

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=0.05, momentum=0.9)


def digits() -> tuple[TensorDataset, TensorDataset]:
    """Returns 1,500 examples to train on and 297 to evaluate with."""
    images, classes = load_digits(return_X_y=True)
    pixels = torch.from_numpy(images.astype(np.float32) / 16).reshape(-1, 1, 8, 8)
    labels = torch.from_numpy(classes.astype(np.int64))
    return TensorDataset(pixels[:1500], labels[:1500]), TensorDataset(pixels[1500:], labels[1500:])


def parts_of(
    folder: str, epochs: int, policy: dietsb.Policy, *callbacks: Any, **run: Any
) -> tuple[Any, Digits, RunLoader, DataLoader[Any]]:
    """Returns a Trainer that saves a checkpoint every 10 steps, its network, and the loaders of training and validation.

    Args:
        folder: of the checkpoints.
        epochs: to train.
        policy: what to leave out.
        callbacks: further ones of the Trainer.
        run: arguments of ``dietsb.Run``.
    """
    train, test = digits()
    torch.manual_seed(0)
    network = Digits()
    loader = RunLoader(train, policy, network.losses, batch_size=64, accuracy="accuracy", dataset_name="digits", learning_rate=0.05, **run)
    checkpoints = ModelCheckpoint(folder, every_n_train_steps=10, save_last=True, save_top_k=-1)
    trainer = lightning.Trainer(
        max_epochs=epochs, accelerator="cpu", devices=1, callbacks=[loader, checkpoints, *callbacks], default_root_dir=folder,
        logger=False, enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    return trainer, network, loader, DataLoader(test, batch_size=297)


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains a small network on handwritten digits.")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--keep", type=float, default=0.5, help="share of each batch that is backpropagated (default 0.5)")
    parser.add_argument("--folder", default="digits-lightning", help="of the checkpoints")
    parser.add_argument("--resume", action="store_true", help="from the last checkpoint in the folder")
    given = parser.parse_args()
    trainer, network, loader, test = parts_of(given.folder, given.epochs, dietsb.selective(keep=given.keep))
    trainer.fit(network, loader, test, ckpt_path="last" if given.resume else None)
    assert loader.run is not None
    print(f"run {loader.run.run_id}: accuracy {float(trainer.callback_metrics['accuracy']):.3f}")


if __name__ == "__main__":
    main()

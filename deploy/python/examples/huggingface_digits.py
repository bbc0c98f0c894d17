"""Trains a small residual network of Hugging Face on handwritten digits, with Selective-Backprop.

Needs a running system (deploy/dietsb up), and: pip install 'deploy/python[huggingface]' scikit-learn

The digits come with scikit-learn: 1,797 images of 8 x 8, Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI
Machine Learning Repository, CC BY 4.0. Nothing is downloaded.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_digits
from transformers import ResNetConfig, ResNetForImageClassification, TrainingArguments

import dietsb
from dietsb.huggingface import RunTrainer


def digits() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Returns 1,500 examples to train on and 297 to evaluate with."""
    images, classes = load_digits(return_X_y=True)
    pixels = torch.from_numpy(images.astype(np.float32) / 16).reshape(-1, 1, 8, 8)
    examples = [{"pixel_values": one, "labels": int(label)} for one, label in zip(pixels, classes, strict=True)]
    return examples[:1500], examples[1500:]


def trainer_of(folder: str, epochs: int, policy: dietsb.Policy, **run: Any) -> RunTrainer:
    """Returns a Trainer that evaluates each epoch, and saves a checkpoint every 10 steps.

    Args:
        folder: of the checkpoints.
        epochs: to train.
        policy: what to leave out.
        run: arguments of ``dietsb.Run``.
    """
    train, test = digits()
    torch.manual_seed(0)
    config = ResNetConfig(
        num_channels=1, num_labels=10, embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic"
    )  # fmt: skip
    arguments = TrainingArguments(
        folder, num_train_epochs=epochs, per_device_train_batch_size=64, learning_rate=1e-2, eval_strategy="epoch", save_strategy="steps",
        save_steps=10, logging_strategy="epoch", report_to=[], disable_tqdm=True, use_cpu=True,
    )  # fmt: skip
    return RunTrainer(
        model=ResNetForImageClassification(config),
        args=arguments,
        train_dataset=train,
        eval_dataset=test,
        compute_metrics=lambda found: {"accuracy": float((found.predictions.argmax(1) == found.label_ids).mean())},
        policy=policy,
        run={"dataset_name": "digits", **run},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains a small residual network on handwritten digits.")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--keep", type=float, default=0.5, help="share of each batch that is backpropagated (default 0.5)")
    parser.add_argument("--folder", default="digits-huggingface", help="of the checkpoints")
    parser.add_argument("--resume", action="store_true", help="from the last checkpoint in the folder")
    given = parser.parse_args()
    trainer = trainer_of(given.folder, given.epochs, dietsb.selective(keep=given.keep))
    trainer.train(resume_from_checkpoint=given.resume)
    print(f"run {trainer.run.run_id}: accuracy {trainer.evaluate()['eval_accuracy']:.3f}")


if __name__ == "__main__":
    main()

"""What a PyTorch data loader yields: taken apart, put together, and loaded by the run's own batches."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.utils.data import DataLoader, IterableDataset

from dietsb.errors import InvalidArgument

Indices = npt.NDArray[np.int64]


class RunBatches:
    """A batch sampler whose batches the run sets before each epoch.

    Attributes:
        batches: places in the training set of each.
        generator: of the seeds of the loader's workers. Without it, each beginning of an epoch, also of a resumed one, would draw a number
            of PyTorch's generator, and so change the dropout that follows.
    """

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.generator = torch.Generator()

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)


def loader_by(loader: Any, batches: RunBatches, examples: int) -> DataLoader[Any]:
    """Returns a loader with the dataset, the collation and the workers of another one, and with the run's batches.

    Args:
        loader: a :class:`torch.utils.data.DataLoader`, or a map-style dataset.
        batches: of the run.
        examples: size of the training set.

    Raises:
        InvalidArgument: if it loads another number of examples, or cannot load them by index.
    """
    given = loader if isinstance(loader, DataLoader) else None
    dataset = loader.dataset if given is not None else loader
    if isinstance(dataset, IterableDataset) or not hasattr(dataset, "__getitem__"):
        raise InvalidArgument("loader has a dataset without indices, allowed is a map-style dataset: masks name examples by index")
    if len(dataset) != examples:
        raise InvalidArgument(f"loader has {len(dataset)} examples, allowed are the {examples} of the run's dataset")
    if given is None:
        return DataLoader(dataset, batch_sampler=batches, generator=batches.generator)
    more: dict[str, Any] = {}
    if given.num_workers > 0:
        more = {
            "prefetch_factor": given.prefetch_factor,
            "persistent_workers": given.persistent_workers,
            "multiprocessing_context": given.multiprocessing_context,
        }
    return DataLoader(
        dataset,
        batch_sampler=batches,
        num_workers=given.num_workers,
        collate_fn=given.collate_fn,
        pin_memory=given.pin_memory,
        timeout=given.timeout,
        worker_init_fn=given.worker_init_fn,
        generator=given.generator or batches.generator,
        **more,
    )


def moved(data: Any, device: torch.device | str | None) -> Any:
    """Returns the data on a device; None = where it is."""
    if device is None:
        return data
    return mapped(data, lambda tensor: tensor.to(device, non_blocking=True))


def mapped(data: Any, change: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """Returns the data with each of its tensors changed."""
    if isinstance(data, torch.Tensor):
        return change(data)
    if isinstance(data, Mapping):
        return {key: mapped(value, change) for key, value in data.items()}
    if isinstance(data, (str, bytes)) or not isinstance(data, Sequence):
        return data
    return _like(data, [mapped(one, change) for one in data])


def _like(data: Sequence[Any], items: list[Any]) -> Any:
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*items)
    return tuple(items) if isinstance(data, tuple) else items


def picked(data: Any, places: Indices, size: int) -> Any:
    """Returns the given examples of a batch.

    Args:
        data: a tensor [B, ...], or a nesting of mappings and sequences of such tensors, and of lists of B values.
        places: [K] places in the batch, in [0, B).
        size: B.
    """
    if isinstance(data, torch.Tensor):
        if data.dim() == 0 or len(data) != size:
            return data
        return data[torch.from_numpy(places).to(data.device)]
    if isinstance(data, Mapping):
        return {key: picked(value, places, size) for key, value in data.items()}
    if isinstance(data, (str, bytes)) or not isinstance(data, Sequence):
        return data
    if len(data) == size and not any(isinstance(one, (torch.Tensor, Mapping)) for one in data):
        return _like(data, [data[place] for place in places])
    return _like(data, [picked(one, places, size) for one in data])


def joined(first: Any, second: Any) -> Any:
    """Returns the examples of two batches behind one another."""
    if isinstance(first, torch.Tensor):
        return torch.cat([first, second]) if first.dim() else first
    if isinstance(first, Mapping):
        return {key: joined(value, second[key]) for key, value in first.items()}
    if isinstance(first, (str, bytes)) or not isinstance(first, Sequence):
        return first
    if any(isinstance(one, (torch.Tensor, Mapping)) for one in first):
        return _like(first, [joined(one, other) for one, other in zip(first, second, strict=True)])
    return _like(first, [*first, *second])


def cut(data: Any, first: int, end: int, size: int) -> Any:
    """Returns the examples [first, end) of a batch of a size."""
    return picked(data, np.arange(first, end, dtype=np.int64), size)


def scaled(data: Any, scale: float) -> Any:
    """Returns the data with its images [B, C, H, W] scaled down, bilinearly and anti-aliased.

    Args:
        data: of a batch.
        scale: side as a share of full size, in (0, 1].
    """

    def smaller(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.dim() != 4 or not tensor.is_floating_point():
            return tensor
        size = [max(1, int(scale * side + 0.5)) for side in tensor.shape[2:]]
        return torch.nn.functional.interpolate(tensor, size, mode="bilinear", align_corners=False, antialias=True)

    return data if scale == 1 else mapped(data, smaller)


@contextlib.contextmanager
def selection_pass(model: torch.nn.Module | None) -> Iterator[None]:
    """Runs forward passes that only judge: without gradients, and with every module in eval mode, restored afterwards.

    In train mode the pass would move the running statistics of BatchNorm, and draw dropout masks.

    Args:
        model: to be put in eval mode; None = every module as it is called.
    """
    changed: list[torch.nn.Module] = []

    def before(module: torch.nn.Module, _: Any) -> None:
        if module.training:
            module.training = False
            changed.append(module)

    if model is not None:
        for module in model.modules():
            before(module, None)
    hook = register_module_forward_pre_hook(before) if model is None else None
    try:
        with torch.no_grad():
            yield
    finally:
        if hook is not None:
            hook.remove()
        for module in changed:
            module.training = True


def call(function: Callable[..., Any], data: Any) -> Any:
    """Calls a function with a batch: with its items if it is a tuple or list, else with the batch itself."""
    return function(*data) if isinstance(data, (tuple, list)) else function(data)


def labels_of(dataset: Any) -> npt.NDArray[np.int64] | None:
    """Returns the class [N] of each example of a dataset, if it names them as ``targets`` or ``labels``; else None."""
    for name in ("targets", "labels"):
        found = getattr(dataset, name, None)
        if found is None:
            continue
        try:
            labels = np.asarray(found)
        except (TypeError, ValueError):
            continue
        if labels.shape == (len(dataset),) and np.issubdtype(labels.dtype, np.integer) and (labels >= 0).all():
            return labels.astype(np.int64)
    tensors = getattr(dataset, "tensors", None)
    if isinstance(tensors, tuple) and len(tensors) == 2 and not tensors[1].is_floating_point() and tensors[1].dim() == 1:
        classes: Indices = tensors[1].cpu().numpy().astype(np.int64)
        return classes
    return None


def name_of(dataset: Any) -> str:
    """Returns a name for a dataset: of its class, in lower case, of letters, digits, points and dashes."""
    inner = dataset
    while hasattr(inner, "dataset"):
        inner = inner.dataset
    return plain(re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", type(inner).__name__))[:60]


def plain(name: str) -> str:
    """Returns a name in lower case, of letters, digits, points and dashes."""
    return re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-.") or "dataset"


def fingerprint(name: str, examples: int, labels: npt.NDArray[np.int64] | None) -> str:
    """Returns SHA-256 in hex over name, number and labels of the training examples, which tells datasets from one another."""
    digest = hashlib.sha256(f"{name}\n{examples}\n".encode())
    if labels is not None:
        digest.update(labels.astype("<i8").tobytes())
    return digest.hexdigest()
